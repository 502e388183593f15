"""Drafts without JSON: a form for every part of a package, and the builder of conditions."""
