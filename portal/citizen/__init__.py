"""The signed-in person's pages: applying, following a case, certificates, messages."""
