"""Requests of signing in."""
