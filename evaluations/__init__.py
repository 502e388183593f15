"""Judging the service: ratings."""
