"""Working days (行政许可法 82): weekends and the State Council's yearly notice, with its make-up days.

`data/calendar/<year>.json` overrides `chinesecalendar`. A year that neither knows follows the weekly rule alone and is
PROVISIONAL: due dates in it may move when the notice comes out in October or November of the year before.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from chinese_calendar.constants import holidays as library_holidays
from chinese_calendar.constants import workdays as library_make_up

FOLDER = Path(__file__).resolve().parent.parent / "data" / "calendar"
ONE_DAY = timedelta(days=1)
_LIBRARY_YEARS = frozenset(day.year for day in library_holidays)
_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


class YearStatus(StrEnum):
    """Whether the State Council's notice for a year is known here."""

    PUBLISHED = "published"
    PROVISIONAL = "provisional"


class DayKind(StrEnum):
    """Why a day counts or does not."""

    WORKDAY = "workday"
    MAKE_UP = "make_up"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"


class CalendarError(ValueError):
    """A calendar file that contradicts itself or its name."""


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's exceptions from the weekly rule: days off with their Chinese name, and make-up working days."""

    status: YearStatus
    holidays: Mapping[date, str]
    make_up: frozenset[date]


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a deadline strip; `number` counts working days from 1, None on a day that does not count."""

    day: date
    kind: DayKind
    number: int | None
    holiday: str = ""


def is_workday(day: date) -> bool:
    """Return whether offices work on this day."""
    return kind_of(day) in {DayKind.WORKDAY, DayKind.MAKE_UP}


def kind_of(day: date) -> DayKind:
    """Return why a day counts or not; a weekend day inside a holiday is HOLIDAY."""
    year = calendar_year(day.year)
    if day in year.holidays:
        return DayKind.HOLIDAY
    if day in year.make_up:
        return DayKind.MAKE_UP
    return DayKind.WORKDAY if day.weekday() < 5 else DayKind.WEEKEND


def add_workdays(start: date, n: int) -> date:
    """Return the n-th working day after `start` (the next working day is 1); 0 is `start` itself."""
    if n < 0:
        raise ValueError("a period of law runs forward")
    day = start
    for _ in range(n):
        day = next_workday(day)
    return day


def next_workday(day: date) -> date:
    """Return the first working day after this one."""
    day += ONE_DAY
    while not is_workday(day):
        day += ONE_DAY
    return day


def workdays_between(start: date, end: date) -> int:
    """Return how many working days lie after `start` up to and with `end`; negative when `end` is earlier."""
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + ONE_DAY * offset) for offset in range(1, (end - start).days + 1))


def days_of(start: date, due: date) -> list[CalendarDay]:
    """Return every day from `start` (not counted) to `due`, for the strip that shows how a deadline came about."""
    days = [CalendarDay(start, kind_of(start), None, holiday_name(start))]
    number = 0
    for offset in range(1, (due - start).days + 1):
        day = start + ONE_DAY * offset
        counts = is_workday(day)
        number += counts
        days.append(CalendarDay(day, kind_of(day), number if counts else None, holiday_name(day)))
    return days


def holiday_name(day: date) -> str:
    """Return the Chinese name of the holiday a day off belongs to, or nothing."""
    return calendar_year(day.year).holidays.get(day, "")


def year_status(year: int) -> YearStatus:
    """Return whether the notice for a year is known; PROVISIONAL must be said wherever a due date falls in it."""
    return calendar_year(year).status


@lru_cache(maxsize=128)
def calendar_year(year: int, *, folder: Path = FOLDER) -> CalendarYear:
    """Return a year's exceptions: our own table, else the library's, else none."""
    path = folder / f"{year}.json"
    if path.is_file():
        return _read(path, year=year)
    if year not in _LIBRARY_YEARS:
        return CalendarYear(YearStatus.PROVISIONAL, {}, frozenset())
    return CalendarYear(
        YearStatus.PUBLISHED,
        {day: _NAMES.get(str(name), str(name)) for day, name in library_holidays.items() if day.year == year},
        frozenset(day for day in library_make_up if day.year == year),
    )


def _read(path: Path, *, year: int) -> CalendarYear:
    table = json.loads(path.read_text(encoding="utf-8"))
    holidays = {date.fromisoformat(day): str(name) for day, name in table["holidays"].items()}
    make_up = frozenset(date.fromisoformat(day) for day in table["make_up"])
    if table["year"] != year or any(day.year != year for day in (*holidays, *make_up)):
        raise CalendarError(f"{path}: a day or the year does not belong to {year}")
    if both := make_up & holidays.keys():
        raise CalendarError(f"{path}: {min(both)} is a holiday and a make-up day")
    if idle := [day for day in make_up if day.weekday() < 5]:
        raise CalendarError(f"{path}: {min(idle)} is a weekday, so it needs no make-up")
    return CalendarYear(YearStatus(table["status"]), holidays, make_up)
