"""Requests of the store's pages."""
