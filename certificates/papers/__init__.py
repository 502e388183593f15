"""Sealed papers: set, stamped, kept, opened again."""
