"""The demo district; present only with DEMO=1."""
