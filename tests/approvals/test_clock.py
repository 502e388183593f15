"""Due dates follow from the ledger and the calendar (行政许可法 art. 42, 45, 82)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.clock import Line, due_date
from approvals.states import ClockKind as K
from common import workdays

FRIDAY = date(2026, 11, 20)
DAYS = st.integers(0, 300).map(lambda days: date(2026, 1, 1) + timedelta(days=days))


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        (date(2026, 2, 13), 1, date(2026, 2, 14)),  # a make-up Saturday
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 4, 30), 5, date(2026, 5, 11)),
        (date(2026, 9, 30), 3, date(2026, 10, 10)),
        (FRIDAY, 5, date(2026, 11, 27)),
        (FRIDAY, 0, FRIDAY),
    ],
)
def test_the_day_after_acceptance_is_day_one(start: date, limit: int, due: date) -> None:
    assert due_date([Line(K.START, start, limit)]) == due


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        ([], None),
        ([Line(K.START, FRIDAY, 5), Line(K.PAUSE, FRIDAY)], None),
        ([Line(K.START, FRIDAY, 5), Line(K.PAUSE, FRIDAY), Line(K.RESUME, FRIDAY)], date(2026, 11, 27)),
        (
            [Line(K.START, FRIDAY, 5), Line(K.PAUSE, FRIDAY), Line(K.RESUME, date(2026, 11, 24))],
            date(2026, 12, 1),
        ),
        ([Line(K.START, FRIDAY, 5), Line(K.EXTEND, FRIDAY, 10)], date(2026, 12, 11)),
        ([Line(K.START, FRIDAY, 5), Line(K.STOP, FRIDAY)], date(2026, 11, 27)),
    ],
)
def test_the_ledger_moves_the_date(lines: list[Line], due: date | None) -> None:
    assert due_date(lines) == due


@given(start=DAYS, limit=st.integers(1, 40), waited=st.integers(0, 40), pause=st.integers(0, 30))
def test_a_pause_never_shortens_and_moves_by_its_working_days(
    start: date, limit: int, waited: int, pause: int
) -> None:
    paused, resumed = start + timedelta(days=waited), start + timedelta(days=waited + pause)
    plain = due_date([Line(K.START, start, limit)])
    moved = due_date([Line(K.START, start, limit), Line(K.PAUSE, paused), Line(K.RESUME, resumed)])
    assert plain is not None
    assert moved is not None
    assert workdays.workdays_between(plain, moved) == workdays.workdays_between(paused, resumed)


@given(start=DAYS, limit=st.integers(1, 60))
def test_a_due_date_is_a_working_day(start: date, limit: int) -> None:
    due = due_date([Line(K.START, start, limit)])
    assert due is not None
    assert workdays.is_workday(due)
