import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.workdays import (
    CalendarError,
    DayKind,
    YearStatus,
    add_workdays,
    calendar_year,
    days_of,
    is_workday,
    kind_of,
    next_workday,
    workdays_between,
    year_status,
)

DAYS = st.dates(date(2004, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 2, "2026-02-24"),
        ("2026-04-30", 1, "2026-05-06"),
        ("2026-04-30", 5, "2026-05-11"),
        ("2026-09-30", 3, "2026-10-10"),
        ("2026-06-18", 1, "2026-06-22"),
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-12-31", 1, "2027-01-01"),  # provisional: the notice for 2027 will make this a holiday
    ],
)
def test_published_vectors(start: str, n: int, due: str) -> None:
    assert add_workdays(date.fromisoformat(start), n) == date.fromisoformat(due)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-01-04", DayKind.MAKE_UP),
        ("2026-02-14", DayKind.MAKE_UP),
        ("2026-02-28", DayKind.MAKE_UP),
        ("2026-05-09", DayKind.MAKE_UP),
        ("2026-09-20", DayKind.MAKE_UP),
        ("2026-10-10", DayKind.MAKE_UP),
        ("2026-02-15", DayKind.HOLIDAY),
        ("2026-02-23", DayKind.HOLIDAY),
        ("2026-02-24", DayKind.WORKDAY),
        ("2026-10-07", DayKind.HOLIDAY),
        ("2026-10-08", DayKind.WORKDAY),
        ("2026-11-21", DayKind.WEEKEND),
        ("2025-01-26", DayKind.MAKE_UP),
        ("2020-01-31", DayKind.HOLIDAY),
        ("2027-10-01", DayKind.WORKDAY),
    ],
)
def test_kinds_of_days(day: str, kind: DayKind) -> None:
    assert kind_of(date.fromisoformat(day)) is kind


@pytest.mark.parametrize(
    ("year", "status"),
    [
        (2003, YearStatus.PROVISIONAL),
        (2004, YearStatus.PUBLISHED),
        (2026, YearStatus.PUBLISHED),
        (2027, YearStatus.PROVISIONAL),
    ],
)
def test_years_without_a_notice_are_provisional(year: int, status: YearStatus) -> None:
    assert year_status(year) is status


def test_a_year_has_the_days_off_the_notice_gives() -> None:
    off = [date(2026, 1, 1) + timedelta(offset) for offset in range(365)]
    assert sum(kind_of(day) is DayKind.HOLIDAY for day in off) == 33
    assert sum(is_workday(day) for day in off) == 248


@given(DAYS, st.integers(0, 60))
def test_counting_there_and_back(start: date, n: int) -> None:
    due = add_workdays(start, n)
    assert workdays_between(start, due) == n
    assert workdays_between(due, start) == -n
    assert n == 0 or is_workday(due)


@given(DAYS, st.integers(0, 20), st.integers(0, 20))
def test_periods_add_up(start: date, first: int, second: int) -> None:
    assert add_workdays(add_workdays(start, first), second) == add_workdays(start, first + second)


@given(DAYS)
def test_the_next_working_day_is_the_first(day: date) -> None:
    following = next_workday(day)
    between = [day + timedelta(offset) for offset in range(1, (following - day).days)]
    assert is_workday(following)
    assert not any(is_workday(other) for other in between)


@given(DAYS, st.integers(1, 20))
def test_the_strip_counts_to_the_limit(start: date, n: int) -> None:
    strip = days_of(start, add_workdays(start, n))
    assert [day.number for day in strip if day.number] == list(range(1, n + 1))
    assert strip[0].number is None
    assert strip[-1].number == n


def test_the_strip_names_holidays() -> None:
    strip = {day.day: day for day in days_of(date(2026, 9, 30), date(2026, 10, 10))}
    assert strip[date(2026, 10, 1)].holiday == "国庆节"
    assert strip[date(2026, 10, 10)].kind is DayKind.MAKE_UP
    assert strip[date(2026, 10, 10)].number == 3


def test_every_holiday_of_every_year_is_named_in_chinese() -> None:
    names = {name for year in range(2004, 2027) for name in calendar_year(year).holidays.values()}
    assert names
    assert not [name for name in names if name.isascii()]


def test_a_period_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="forward"):
        add_workdays(date(2026, 1, 1), -1)


def table(folder: Path, **changes: Any) -> Path:
    said = {
        "year": 2027,
        "status": "published",
        "holidays": {"2027-01-01": "元旦"},
        "make_up": ["2027-01-03"],
    }
    (folder / "2027.json").write_text(json.dumps(said | changes), encoding="utf-8")
    return folder


def test_a_table_extends_the_library(tmp_path: Path) -> None:
    year = calendar_year(2027, folder=table(tmp_path))
    assert year.status is YearStatus.PUBLISHED
    assert year.holidays == {date(2027, 1, 1): "元旦"}
    assert year.make_up == {date(2027, 1, 3)}


def test_a_table_overrides_the_library(tmp_path: Path) -> None:
    text = json.dumps({"year": 2025, "status": "provisional", "holidays": {}, "make_up": []})
    (tmp_path / "2025.json").write_text(text, encoding="utf-8")
    assert calendar_year(2025, folder=tmp_path).holidays == {}
    assert calendar_year(2025, folder=tmp_path).status is YearStatus.PROVISIONAL


@pytest.mark.parametrize(
    "changes",
    [
        {"year": 2026},
        {"holidays": {"2026-01-01": "元旦"}},
        {"make_up": ["2028-01-01"]},
        {"holidays": {"2027-01-03": "元旦"}},
        {"make_up": ["2027-01-04"]},
    ],
    ids=["wrong year", "holiday elsewhere", "make-up elsewhere", "both at once", "make-up on a Monday"],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(CalendarError):
        calendar_year(2027, folder=table(tmp_path, **changes))
