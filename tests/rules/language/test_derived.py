"""Derived facts: counted the administrative way, unknown where their origin is."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import Fact, FactType, InvalidTree, Source, SourceKind, UnknownReason, age_on, parse_vocabulary
from rules.language.derived import derive, months_after, months_between
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


@given(DAYS, st.integers(0, 1200))
def test_months_after_is_the_day_on_which_the_months_are_full(start: date, months: int) -> None:
    day = months_after(start, months)
    assert months_between(start, day) == months
    assert months == 0 or months_between(start, day - timedelta(days=1)) == months - 1


def test_months_after_stays_within_what_a_date_can_be() -> None:
    assert months_after(date(9999, 12, 1), 1) == date.max
    assert months_after(date(1, 1, 1), -1) == date.min


SPECS: list[dict[str, Any]] = [
    {"name": "own.origin", "type": "date", "label": "起点"},
    {"name": "own.day", "type": "date", "label": "那天"},
    {
        "name": "own.many",
        "type": "list",
        "label": "家人",
        "fields": {
            "income": {"type": "money", "label": "收入", "unit": "元"},
            "name": {"type": "text", "label": "姓名"},
        },
    },
]


def second(declared: dict[str, Any], known: dict[str, Fact]) -> Fact:
    vocabulary = parse_vocabulary(
        {"specs": SPECS, "derived": [{"name": "derived.it", "label": "它"} | declared]}
    )
    return derive(known, derivations=vocabulary.derived, on=ON)["derived.it"]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("age", 79), ("months_since", 959), ("days_since", 29219), ("days_until", -29219)],
)
def test_another_date_may_stand_for_the_day_of_judging(kind: str, expected: int) -> None:
    """A birthday the day after: on that other day it had not come, on the day of judging it had."""
    declared = {"kind": kind, "of": "own.origin", "at": "own.day"}
    known = {"own.origin": Fact.known(date(1946, 11, 20)), "own.day": Fact.known(date(2026, 11, 19))}
    assert second(declared, known).value == expected
    for reason in UnknownReason:
        assert second(declared, known | {"own.day": Fact.unknown(reason)}).missing is reason
        assert second(declared, known | {"own.origin": Fact.unknown(reason)}).missing is reason
    assert second(declared, known | {"own.day": Fact.known(None)}).missing is UnknownReason.NOT_ASKED
    assert second(declared, known | {"own.day": Fact.known("x")}).missing is UnknownReason.UNREADABLE
    del known["own.day"]
    assert second(declared, known).missing is UnknownReason.NOT_ASKED


@pytest.mark.parametrize("kind", ["workdays_since", "workdays_until"])
def test_working_days_are_taken_as_they_were_counted(kind: str) -> None:
    declared = {"kind": kind, "of": "own.origin"}
    known = {"own.origin": Fact.known(date(2026, 11, 2), SOURCE)}
    assert second(declared, known).missing is UnknownReason.NOT_ASKED
    counted = second(declared, known | {"derived.it": Fact.known(14)})
    assert (counted.value, counted.missing) == (14, None)
    assert counted.source is not None
    assert counted.source.label == SOURCE.label
    told = known | {"derived.it": Fact.unknown(UnknownReason.UNREACHABLE)}
    assert second(declared, told).missing is UnknownReason.UNREACHABLE
    assert second(declared, known | {"derived.it": Fact.known("14")}).missing is UnknownReason.UNREADABLE
    forgotten = {"own.origin": Fact.unknown(UnknownReason.EXPIRED), "derived.it": Fact.known(14)}
    assert second(declared, forgotten).missing is UnknownReason.EXPIRED


def test_no_other_derived_fact_counts_when_it_is_handed_in() -> None:
    known = {"own.origin": Fact.known(date(1946, 11, 20)), "derived.it": Fact.known(7)}
    assert second({"kind": "age", "of": "own.origin"}, known).value == 80


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ((), Decimal(0)),
        (({"income": Decimal("0.10")}, {"income": Decimal("0.20")}), Decimal("0.30")),
        (({"income": Decimal("0.10")}, {"income": None}), None),
        (({"income": Decimal("0.10")}, {}), None),
        (({"income": UnknownReason.UNREACHABLE},), None),
        (({"income": 5},), None),
        (({"income": Decimal("NaN")},), None),
        (("a man",), None),
    ],
)
def test_a_sum_is_known_when_every_part_is(records: Any, expected: Decimal | None) -> None:
    fact = second({"kind": "sum", "of": "own.many", "field": "income"}, {"own.many": Fact.known(records)})
    assert (fact.value, fact.missing) == (expected, None if records == () or expected else fact.missing)
    assert (fact.missing is None) == (expected is not None)


@pytest.mark.parametrize(
    ("declared", "part"),
    [
        ({"kind": "age", "of": "own.many"}, "只能由日期算出"),
        ({"kind": "count", "of": "own.day"}, "只能由列表算出"),
        ({"kind": "division_prefix", "of": "own.day"}, "只能由行政区划算出"),
        ({"kind": "age", "of": "own.origin", "at": "own.many"}, "at 应为日期"),
        ({"kind": "age", "of": "own.origin", "at": "own.nothing"}, "不在前面的数据项里"),
        ({"kind": "count", "of": "own.many", "at": "own.day"}, "可以写 at"),
        ({"kind": "sum", "of": "own.many"}, "sum 要写 field"),
        ({"kind": "age", "of": "own.day", "field": "income"}, "sum 要写 field"),
        ({"kind": "sum", "of": "own.many", "field": "name"}, "要用 field 写明列表里的哪个金额"),
        ({"kind": "sum", "of": "own.many", "field": "wealth"}, "要用 field 写明列表里的哪个金额"),
    ],
)
def test_a_derivation_that_does_not_fit_is_refused(declared: dict[str, Any], part: str) -> None:
    with pytest.raises(InvalidTree) as caught:
        second(declared, {})
    assert part in str(caught.value)


def test_units_come_with_the_kind() -> None:
    kinds = [("workdays_since", "own.origin", {}), ("sum", "own.many", {"field": "income"})]
    derivations = [
        {"name": f"derived.{kind}", "kind": kind, "of": of, "label": "它"} | more for kind, of, more in kinds
    ]
    specs = parse_vocabulary({"specs": SPECS, "derived": derivations}).by_name
    assert (specs["derived.workdays_since"].type, specs["derived.workdays_since"].unit) == (
        FactType.INTEGER,
        "个工作日",
    )
    assert (specs["derived.sum"].type, specs["derived.sum"].unit) == (FactType.MONEY, "元")
