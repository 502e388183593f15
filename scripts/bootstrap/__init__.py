"""Brings the portal up on a bare machine: environment, PostgreSQL, broker, processes. Standard library only."""
