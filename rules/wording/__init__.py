"""Conditions and values as people read them, in Chinese."""
