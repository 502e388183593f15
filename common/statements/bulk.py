"""Rows by the thousand: ids that lie together in every index, thousands of values in one parameter of a statement."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import datetime


def ids(at: datetime) -> Iterator[str]:
    """Give UUIDs (RFC 9562, version 7) as text without end: a moment in milliseconds, then 74 random bits.

    A random one for each row touches another page of every index it stands in; these touch a few pages for thousands
    of rows. They tell when a row was entered, which the row says too.
    """
    moment = f"{int(at.timestamp() * 1000):012x}"
    begins = f"{moment[:8]}-{moment[8:]}-7"
    while True:
        digits = os.urandom(10).hex()
        variant = "89ab"[int(digits[3], 16) & 3]
        yield f"{begins}{digits[:3]}-{variant}{digits[4:7]}-{digits[7:19]}"


def array(values: Iterable[object]) -> str:
    """Return values as an array literal of PostgreSQL, to be cast to the array's type; none of them may be None.

    The driver writes a list as an expression, whose constants the server reads one by one: both take longer.
    """
    quoted = [str(value).replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"
