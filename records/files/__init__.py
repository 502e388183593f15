"""Uploaded files: received sealed, recognised, made harmless, kept under opaque names, scanned, shown by page."""
