"""The demo district: its lives and invented people, what its registers know, loading it, and the page about it."""
