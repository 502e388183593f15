"""Case references (件号): division, day, serial: 20 digits, read in groups of four."""

from __future__ import annotations

from datetime import date

from django.db import connection


def new_reference(*, division: str, on: date) -> str:
    """Return the next reference. A sequence, not a counter row: submitting never queues behind itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('approvals_reference')")
        (serial,) = cursor.fetchone() or (0,)
    return f"{division}{on:%Y%m%d}{serial % 1_000_000:06d}"
