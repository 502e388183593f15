"""Signing in: identity sources, second factor, brakes, the record of sign-ins."""
