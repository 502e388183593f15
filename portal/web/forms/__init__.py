"""What a form of the portal looks like: its renderer, its fields, its own widgets."""
