"""Whole stores come in and go out (存量证照): importing files, exporting them, holding a file against the store."""
