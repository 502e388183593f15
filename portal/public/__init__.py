"""The pages everyone may read: catalogue, guides, figures, checking a certificate, signing in."""
