"""Quiet hours and tries, as tables and as properties."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.telling.sending import planning
from common.clock import SHANGHAI

DAY = datetime(2026, 11, 20, tzinfo=SHANGHAI)


def on(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "hours", "until"),
    [
        (on(20, 20, 59), (21, 8), None),
        (on(20, 21), (21, 8), on(21, 8)),
        (on(20, 23, 59), (21, 8), on(21, 8)),
        (on(21, 0), (21, 8), on(21, 8)),
        (on(21, 7, 59), (21, 8), on(21, 8)),
        (on(21, 8), (21, 8), None),
        (on(30, 22), (21, 8), datetime(2026, 12, 1, 8, tzinfo=SHANGHAI)),
        (on(20, 13), (12, 14), on(20, 14)),
        (on(20, 14), (12, 14), None),
        (on(20, 11, 59), (12, 14), None),
        (on(20, 23), None, None),
        (datetime(2026, 11, 20, 13, 0, tzinfo=UTC), (21, 8), on(21, 8)),  # 21:00 in Shanghai
        (datetime(2026, 11, 20, 12, 59, tzinfo=UTC), (21, 8), None),
    ],
)
def test_quiet_hours(moment: datetime, hours: tuple[int, int] | None, until: datetime | None) -> None:
    assert planning.quiet_until(moment, hours) == until


@given(
    minutes=st.integers(0, 3 * 24 * 60),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)).filter(lambda pair: pair[0] != pair[1]),
)
def test_the_end_of_the_quiet_is_near_and_not_quiet_itself(minutes: int, hours: tuple[int, int]) -> None:
    at = DAY + timedelta(minutes=minutes)
    until = planning.quiet_until(at, hours)
    if until is not None:
        assert at < until <= at + timedelta(hours=24)
        assert planning.quiet_until(until, hours) is None
        assert until.astimezone(SHANGHAI).hour == hours[1]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(1, 30), (2, 120), (3, 600), (4, 3600), (5, 14400), (6, None), (7, None)]
)
def test_tries_further_and_further_apart(attempts: int, seconds: int | None) -> None:
    again = planning.next_try(attempts, at=DAY)
    assert again == (None if seconds is None else DAY + timedelta(seconds=seconds))
