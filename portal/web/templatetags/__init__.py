"""Template libraries of the web app."""
