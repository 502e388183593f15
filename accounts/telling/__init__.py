"""Telling people: messages in the portal, and what goes out by SMS and e-mail."""
