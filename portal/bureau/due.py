"""Remaining time in words that need no colour: 超期 2 个工作日, 今天到期, 剩 3 个工作日."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from common import workdays
from portal.web.components.wording import overdue

SOON = 1  # working days left from which a case is marked


@dataclass(frozen=True, slots=True)
class Due:
    """The due date of a case as a row of the queue shows it; `kind` is late, soon or empty."""

    words: str
    kind: str
    icon: str
    day: date | None


def due(day: date | None, *, on: date) -> Due:
    """Return how much time is left or by how much it is late, in working days."""
    if day is None:
        return Due("暂停计时", "", "clock", None)
    if day < on:
        return Due(f"超期{overdue(workdays.workdays_between(day, on))}", "late", "alert-circle", day)
    if day == on:
        return Due("今天到期", "soon", "clock", day)
    left = workdays.workdays_between(on, day)
    return Due(f"剩 {left} 个工作日", "soon" if left <= SOON else "", "clock", day)
