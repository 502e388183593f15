"""Writing an edition: drafts, what is wrong with them, the second person, and what changes between two editions."""
