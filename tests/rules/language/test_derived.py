"""Derived facts: counted the administrative way, unknown where their origin is."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Fact, Source, SourceKind, UnknownReason, age_on, parse_vocabulary
from rules.language.derived import derive, months_between
from tests.rules.making import ON, SOURCE

DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("birth", "day", "age"),
    [
        ("1946-11-20", "2026-11-19", 79),
        ("1946-11-20", "2026-11-20", 80),
        ("1946-11-20", "2026-11-21", 80),
        ("2026-11-20", "2026-11-20", 0),
        ("1948-02-29", "2027-02-27", 78),
        ("1948-02-29", "2027-02-28", 79),
        ("1948-02-29", "2028-02-28", 79),
        ("1948-02-29", "2028-02-29", 80),
    ],
)
def test_an_age_is_reached_on_the_birthday_and_of_29_february_on_the_28th(
    birth: str, day: str, age: int
) -> None:
    assert age_on(date.fromisoformat(birth), date.fromisoformat(day)) == age


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-31", "2026-02-27", 0),
        ("2026-01-31", "2026-02-28", 1),
        ("2026-01-15", "2026-11-14", 9),
        ("2026-01-15", "2026-11-15", 10),
        ("2026-11-15", "2026-01-15", -10),
        ("2026-11-15", "2026-11-14", 0),
    ],
)
def test_months_are_full_on_the_corresponding_day(start: str, end: str, months: int) -> None:
    assert months_between(date.fromisoformat(start), date.fromisoformat(end)) == months


@given(DAYS, DAYS)
def test_age_grows_by_one_on_one_day_of_each_year(birth: date, day: date) -> None:
    if day > birth:
        grown = age_on(birth, day) - age_on(birth, day - timedelta(days=1))
        assert grown in {0, 1}
        assert abs(age_on(birth, day) - (day - birth).days / 365.2425) < 1.01


def derived(kind: str, value: Any, **more: Any) -> Fact:
    kinds = {"count": "list", "division_prefix": "division"}
    spec: dict[str, Any] = {"name": "own.origin", "type": kinds.get(kind, "date"), "label": "起点"}
    spec |= {"fields": {}} if kind == "count" else {}
    declared = {"name": "derived.it", "kind": kind, "of": "own.origin", "label": "它"} | more
    vocabulary = parse_vocabulary({"specs": [spec], "derived": [declared]})
    known = {} if value is ... else {"own.origin": value if isinstance(value, Fact) else Fact.known(value)}
    return derive(known, derivations=vocabulary.derived, on=ON)["derived.it"]


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("age", date(1946, 11, 20), 80),
        ("months_since", date(2026, 8, 21), 2),
        ("days_since", date(2026, 11, 10), 10),
        ("days_until", date(2026, 11, 30), 10),
        ("days_until", date(2026, 11, 10), -10),
        ("count", ({}, {}), 2),
        ("count", (), 0),
        ("division_prefix", "440507001", "440507"),
    ],
)
def test_each_kind(kind: str, value: Any, expected: Any) -> None:
    assert derived(kind, value).value == expected


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("age", ..., UnknownReason.NOT_ASKED),
        ("age", None, UnknownReason.NOT_ASKED),
        ("age", date(2026, 11, 21), UnknownReason.UNREADABLE),
        ("age", "1946-11-20", UnknownReason.UNREADABLE),
        ("age", Fact.unknown(UnknownReason.UNAUTHORISED), UnknownReason.UNAUTHORISED),
        ("count", Fact.unknown(UnknownReason.UNREACHABLE), UnknownReason.UNREACHABLE),
        ("count", 3, UnknownReason.UNREADABLE),
        ("division_prefix", "4405", UnknownReason.UNREADABLE),
    ],
)
def test_what_cannot_be_derived_is_unknown(kind: str, value: Any, reason: UnknownReason) -> None:
    fact = derived(kind, value)
    assert (fact.value, fact.missing) == (None, reason)


def test_a_derived_fact_names_the_paper_it_was_read_from() -> None:
    source = derived("age", Fact.known(date(1946, 1, 1), SOURCE)).source
    assert source == Source(SourceKind.DERIVED, "derived.it", "居民户口簿", "H-1", 2, "division")


def test_one_derived_fact_may_follow_from_an_earlier_one() -> None:
    document = {
        "specs": [{"name": "own.place", "type": "division", "label": "地"}],
        "derived": [
            {
                "name": "derived.county",
                "kind": "division_prefix",
                "of": "own.place",
                "label": "县",
                "length": 6,
            },
            {
                "name": "derived.city",
                "kind": "division_prefix",
                "of": "derived.county",
                "label": "市",
                "length": 4,
            },
        ],
    }
    vocabulary = parse_vocabulary(document)
    found = derive({"own.place": Fact.known("440507001")}, derivations=vocabulary.derived, on=ON)
    assert found["derived.city"].value == "4405"
