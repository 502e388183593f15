"""The one place that knows the time, so that demo mode and tests can shift it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

Source = Callable[[], datetime]


def system_time() -> datetime:
    """Return the machine's own time: what a shifted clock is shifted from."""
    return datetime.now(UTC)


_source: Source = system_time


def set_source(source: Source | None) -> None:
    """Install where the time comes from (aware datetimes); None returns to the system's clock."""
    global _source  # noqa: PLW0603 -- one clock per process is the purpose of this module
    _source = source or system_time


def now() -> datetime:
    """Return the present moment, aware, in Chinese standard time."""
    moment = _source()
    if moment.tzinfo is None:
        raise ValueError("The time source returned a datetime without a time zone.")
    return moment.astimezone(SHANGHAI)


def today() -> date:
    """Return the calendar day in China, on which every period of law is counted."""
    return now().date()


def day_of(at: datetime) -> date:
    """Return the calendar day in China of a moment."""
    return at.astimezone(SHANGHAI).date()


def monotonic_ms() -> float:
    """Return milliseconds that never run backwards: for durations only, never shifted."""
    return time.monotonic() * 1000
