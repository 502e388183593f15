"""The demo's time: so many days ahead, the same in web server, worker and timetable within a second.

The mark in the database keeps the number; the broker carries it, because time is asked where no query may run.
"""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

import redis
from django.db import Error

from common import clock
from common.redis import connection
from portal.demo import marking

log = logging.getLogger(__name__)
KEY = "demo:clock:days"
LOOK_EVERY_MS = 500.0
REST_MS = 5_000.0  # after a broker that did not answer: each look at one that hangs takes half a second


class _Seen:
    """What this process last saw of the shift, and when."""

    days = 0
    looked_at = float("-inf")
    marked = False


def shifted_time() -> datetime:
    """Return the machine's time plus the shift; for `clock.set_source`."""
    return clock.system_time() + timedelta(days=days_ahead())


def days_ahead() -> int:
    """Return how many days the clock is ahead, 0 on a database that is not marked. Looks twice a second at most."""
    moment = clock.monotonic_ms()
    if moment - _Seen.looked_at >= LOOK_EVERY_MS:
        _Seen.looked_at = moment
        _Seen.days = _look()
    return _Seen.days


def day_after(days: int) -> date:
    """Return the calendar day that is so many days after the machine's own."""
    return (clock.system_time() + timedelta(days=days)).astimezone(clock.SHANGHAI).date()


def tell(days: int) -> None:
    """Let every process know the shift."""
    connection().set(KEY, days)
    forget()


def forget() -> None:
    """Look again the next time, and ask the database again whether it is marked."""
    _Seen.looked_at, _Seen.marked = float("-inf"), False


def _look() -> int:
    """Ask the broker; one that is down changes nothing. A shift counts only on a marked database."""
    try:
        days = int(str(connection().get(KEY) or 0))
        _Seen.marked = _Seen.marked or (days != 0 and marking.is_marked())
    except (redis.RedisError, ValueError, Error) as error:
        log.warning("the demo clock cannot be read: %s", type(error).__name__)
        _Seen.looked_at = clock.monotonic_ms() + REST_MS
        return _Seen.days
    return days if _Seen.marked else 0
