"""Requests to the catalogue's pages."""
