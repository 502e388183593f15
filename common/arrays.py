"""Thousands of values in one parameter of a statement."""

from __future__ import annotations

from collections.abc import Iterable


def literal(values: Iterable[object]) -> str:
    """Return values as an array literal of PostgreSQL, to be cast to the array's type; none of them may be None.

    The driver writes a list as an expression, whose constants the server reads one by one: both take longer.
    """
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
