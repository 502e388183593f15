"""A stand-in for the SMS gateway and the mail server of a demo: shows what was sent, keeps it in memory only."""
