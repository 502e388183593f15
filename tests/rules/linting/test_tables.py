"""Gaps, overlaps and unreachable rows of an outcome table, against every case there is."""

from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rules import (
    Check,
    Fact,
    OutcomeTable,
    PreparedCondition,
    Truth,
    check_problems,
    parse_condition,
    parse_outcome_table,
)
from rules.linting import tables
from rules.linting.tables import table_flaws
from tests.rules.making import ON, VOCABULARY, check

MEMBERS = "register.family.members"
GAP = "有的情形没有一行适用，例如："
NEVER = "没有一种情形轮得到这一行：前面的行已经都取走，或者核验项不会让它通过"


def leaf(fact: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | ({} if value is None else {"value": value}) | more


def aged(years: int) -> dict[str, Any]:
    return leaf("derived.age", "ge", years)


def table(rows: list[Any], *, values: list[int] | None = None) -> OutcomeTable:
    given = values or list(range(len(rows)))
    return parse_outcome_table(
        {
            "columns": {"a": {"type": "integer", "label": "甲"}},
            "rows": [
                ({} if when is None else {"when": when}) | {"values": {"a": value}}
                for when, value in zip(rows, given, strict=True)
            ],
        }
    )


def checks(*conditions: Any) -> tuple[Check, ...]:
    return tuple(check(condition, code=f"c{at}") for at, condition in enumerate(conditions))


def flaws(rows: list[Any], *conditions: Any, values: list[int] | None = None) -> list[tuple[int | None, str]]:
    found = table_flaws(table(rows, values=values), checks(*conditions), VOCABULARY)
    assert all(flaw.bars == flaw.message.startswith(GAP) for flaw in found)
    return [(flaw.row, flaw.message) for flaw in found]


ONE, TWO = leaf("form.level", "eq", "1"), leaf("form.level", "eq", "2")
AGREES = leaf("form.agrees", "eq", value=True)
WITHIN = leaf("cert.hukou.division", "within", "440507")
SAME = leaf("cert.id.name", "same_as", other="cert.bank.name")
RECENT = leaf("form.start", "within_months", 6)
GROWN = {"some": MEMBERS, "where": leaf("item.age", "ge", 18)}


@pytest.mark.parametrize(
    ("rows", "conditions", "expected"),
    [
        ([aged(90), aged(80)], [aged(80)], []),
        ([aged(90), aged(80)], [], [(None, f"{GAP}年龄是79周岁")]),
        ([aged(80), aged(90)], [aged(80)], [(1, NEVER)]),
        ([aged(80), None], [], []),
        ([aged(90), aged(80)], [aged(95)], [(1, NEVER)]),
        ([ONE, TWO], [], [(None, f"{GAP}等级是三级")]),
        ([ONE, TWO], [leaf("form.level", "ne", "3")], []),
        (
            [ONE, TWO],
            [{"any": [ONE, leaf("form.rooms", "gt", 3)]}, leaf("form.rooms", "le", 3)],
            [(1, NEVER)],
        ),
        (
            [ONE, AGREES, {"not": ONE}],
            [],
            [
                (1, "与第 1 行有重叠，重叠时取第 1 行，例如：“是否同意”为“是”，等级是一级"),
                (2, "与第 2 行有重叠，重叠时取第 2 行，例如：“是否同意”为“是”，等级是二级"),
            ],
        ),
        ([WITHIN, leaf("cert.hukou.division", "within", "4405")], [], [(None, f"{GAP}户籍所在地是999999")]),
        (
            [WITHIN, leaf("cert.hukou.division", "within", "4405")],
            [leaf("cert.hukou.division", "within", "44")],
            [(None, f"{GAP}户籍所在地是4499")],
        ),
        ([SAME, {"not": SAME}], [], []),
        ([SAME], [], [(None, f"{GAP}姓名是某某，户名是另一个")]),
        ([RECENT, {"not": RECENT}], [], []),
        ([RECENT], [], [(None, f"{GAP}开始日期是2025年12月14日")]),
        (
            [leaf("form.capital", "lt", "100"), leaf("form.capital", "gt", "100")],
            [],
            [(None, f"{GAP}注册资本是100元")],
        ),
        (
            [leaf("derived.income", "lt", "1000"), leaf("derived.income", "gt", "1000")],
            [],
            [(None, f"{GAP}家庭收入是1000元")],
        ),
        (
            [leaf("derived.workdays", "le", 20), leaf("derived.workdays", "ge", 22)],
            [],
            [(None, f"{GAP}距开始日期是21个工作日")],
        ),
        ([GROWN, {"count": MEMBERS, "op": "eq", "value": 0}], [], [(None, f"{GAP}家庭成员是共1人")]),
        ([leaf("form.note", "present"), leaf("form.note", "absent")], [], []),
        ([leaf("form.note", "absent")], [], [(None, f"{GAP}说明是某某")]),
        ([leaf("form.note", "present")], [], [(None, f"{GAP}说明是空的")]),
    ],
)
def test_what_is_found(
    rows: list[Any], conditions: list[Any], expected: list[tuple[int | None, str]]
) -> None:
    found = flaws(rows, *conditions)
    assert [one for one in found if one[1] != NEVER or one in expected] == expected


def test_two_rows_that_meet_and_say_the_same_are_no_overlap() -> None:
    assert flaws([ONE, AGREES, None], values=[5, 5, 6]) == []


def test_an_exception_before_its_rule_is_no_overlap() -> None:
    assert flaws([{"all": [ONE, AGREES]}, ONE, None]) == []


def test_what_no_check_lets_through_is_silent() -> None:
    """That the checks contradict each other is told by itself."""
    assert flaws([ONE], ONE, TWO) == []


def test_too_many_cases_are_said_to_be_unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MOST_CASES", 3)
    ((row, message),) = flaws([aged(90), aged(80)])
    assert row is None
    assert message.startswith("情形太多")
    found = check_problems((), VOCABULARY, table([aged(90)]))
    assert [(one.path, one.severity) for one in found] == [("outcome_table.rows", "warning")]


def test_a_big_table_is_given_up_soon() -> None:
    rows = [
        {"all": [leaf("form.rooms", "eq", at), leaf("form.floors", "eq", at), leaf("own.open", "eq", at)]}
        for at in range(1, 40)
    ]
    assert [message[:4] for _, message in flaws(rows)] == ["情形太多"]


def test_a_gap_bars_publication_and_faulty_conditions_are_not_tried() -> None:
    gap = check_problems((), VOCABULARY, table([ONE]))
    assert [(one.path, one.severity) for one in gap] == [("outcome_table.rows", "error")]
    faulty = check_problems(checks(leaf("form.nothing", "present")), VOCABULARY, table([ONE]))
    assert [one.path for one in faulty] == ["checks[0].condition.fact"]


# --- every case there is ---------------------------------------------------------------------------------------------
WORLD: dict[str, list[Any]] = {
    "form.rooms": list(range(7)),
    "form.floors": list(range(7)),
    "form.level": ["1", "2", "3"],
    "form.agrees": [True, False],
}
_NUMBERS = st.builds(
    leaf,
    st.sampled_from(["form.rooms", "form.floors"]),
    st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
    st.integers(1, 5),
)
_CODES = st.builds(
    leaf, st.just("form.level"), st.sampled_from(["eq", "ne"]), st.sampled_from(["1", "2", "3"])
)
_YES = st.booleans().map(lambda value: leaf("form.agrees", "eq", value=value))
_CONDITIONS = st.recursive(
    st.one_of(_NUMBERS, _CODES, _YES),
    lambda parts: (
        st.builds(
            lambda key, inner: {key: inner},
            st.sampled_from(["all", "any"]),
            st.lists(parts, min_size=1, max_size=3),
        )
        | parts.map(lambda part: {"not": part})
    ),
    max_leaves=4,
)


@given(st.lists(_CONDITIONS, min_size=1, max_size=4), st.lists(_CONDITIONS, max_size=3))
def test_what_is_found_is_what_going_through_every_case_finds(rows: list[Any], conditions: list[Any]) -> None:
    prepared = [PreparedCondition(parse_condition(one), vocabulary=VOCABULARY) for one in rows]
    barred = [PreparedCondition(parse_condition(one), vocabulary=VOCABULARY) for one in conditions]
    classes = set()
    for values in product(*WORLD.values()):
        facts = {name: Fact.known(value) for name, value in zip(WORLD, values, strict=True)}
        if all(one.holds(facts, on=ON) is Truth.PASS for one in barred):
            classes.add(
                frozenset(at for at, one in enumerate(prepared) if one.holds(facts, on=ON) is Truth.PASS)
            )
    assume(classes)  # checks that contradict each other are told by themselves
    found = table_flaws(table(rows), checks(*conditions), VOCABULARY)
    assert any(flaw.bars for flaw in found) == (frozenset() in classes)
    first = {min(rows_held) for rows_held in classes if rows_held}
    never = {flaw.row for flaw in found if flaw.message == NEVER}
    assert never == set(range(len(rows))) - first
    meeting = {flaw.row for flaw in found if "重叠" in flaw.message}
    assert meeting == {
        later
        for later in range(len(rows))
        for earlier in range(later)
        if any({earlier, later} <= one for one in classes)
        and any(earlier in one and later not in one for one in classes)
        and any(later in one and earlier not in one for one in classes)
    }


@pytest.mark.parametrize(
    "condition",
    [
        leaf("cert.id.birth", "le", "9999-12-31"),
        leaf("cert.id.birth", "ge", "0001-01-01"),
        leaf("cert.id.birth", "within_days", 36_500),
        leaf("cert.id.birth", "within_months", 36_500),
        *[leaf("derived.age", op, years) for op in ("ge", "le") for years in (-(10**15), 2025, 9999, 10**15)],
        *[leaf("derived.workdays", "ge", days) for days in (-(10**15), 10**9, 10**15)],
        *[leaf("derived.income", "ge", amount) for amount in ("-999999999999999", "999999999999999.99")],
    ],
)
def test_the_ends_of_the_calendar_stop_nobody(condition: Any) -> None:
    found = check_problems(checks(condition), VOCABULARY, table([condition, None]))
    assert all(problem.message for problem in found)
    assert table_flaws(table([condition, None]), checks(condition), VOCABULARY) is not None
