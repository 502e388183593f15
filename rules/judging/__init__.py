"""Holding conditions against facts in three values: steps and their trace, outcome tables, the verdict."""
