"""Requests of the windows."""
