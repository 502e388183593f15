"""When what waits may go out: quiet hours, pauses between letters of one kind, tries further and further apart."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from common.clock import SHANGHAI

BACK_OFF = (30, 120, 600, 3600, 4 * 3600)  # seconds before each further try
TRIES = len(BACK_OFF) + 1


def quiet_until(at: datetime, hours: tuple[int, int] | None) -> datetime | None:
    """Return when the quiet hours end in which a moment falls (21-8: from 21:00 to 8:00 local time), else None."""
    if hours is None:
        return None
    first, last = hours
    local = at.astimezone(SHANGHAI)
    over_midnight = first > last
    quiet = local.hour >= first or local.hour < last if over_midnight else first <= local.hour < last
    if not quiet:
        return None
    day = local.date() + timedelta(days=1) if over_midnight and local.hour >= first else local.date()
    return datetime.combine(day, time(last), tzinfo=SHANGHAI)


def next_try(attempts: int, *, at: datetime) -> datetime | None:
    """Return when to try again after so many tries, None when it is given up."""
    return at + timedelta(seconds=BACK_OFF[attempts - 1]) if attempts < TRIES else None
