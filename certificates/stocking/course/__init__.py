"""The course of the work on one file: begun, begun again, released, told, forgotten."""
