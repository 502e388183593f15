"""How the encrypted fields are sealed, and whether the keys can do their work."""
