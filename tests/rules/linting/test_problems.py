"""Faults an admin must see before any fact is known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import (
    PreparedCondition,
    Severity,
    Truth,
    check_problems,
    parse_condition,
    parse_outcome_table,
    problems,
)
from tests.rules.making import ON, VOCABULARY, check, trees, typed_facts

MEMBERS = "register.family.members"
NEVER = "与同组的其他条件矛盾，永远不能同时满足"


def leaf(fact: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | ({} if value is None else {"value": value}) | more


def found(condition: Any) -> list[tuple[str, str]]:
    return [(problem.path, problem.message) for problem in problems(parse_condition(condition), VOCABULARY)]


@pytest.mark.parametrize(
    ("condition", "path", "message"),
    [
        (leaf("form.nothing", "present"), "fact", "数据项目录里没有“form.nothing”"),
        (leaf("form.rooms", "contains", "3"), "op", "“房间数”是整数，不能用 contains 比较"),
        (leaf("form.level", "lt", "2"), "op", "“等级”是代码，不能用 lt 比较"),
        (leaf("form.agrees", "contains", "是"), "op", "“是否同意”是是非，不能用 contains 比较"),
        (leaf(MEMBERS, "eq", 1), "op", "“家庭成员”是列表，不能用 eq 比较"),
        (leaf("form.rooms", "eq", "3"), "value", "“房间数”的值应为整数"),
        (leaf("form.rooms", "eq", True), "value", "“房间数”的值应为整数"),
        (leaf("form.rooms", "in", [1, "2"]), "value[1]", "“房间数”的值应为整数"),
        (leaf("form.capital", "ge", "1,000"), "value", "金额应写成 100.00 的样子（写 JSON 的，加引号）"),
        (leaf("form.start", "ge", "20261120"), "value", "日期应写成 2026-11-20 的样子"),
        (leaf("form.level", "in", ["1", "9"]), "value[1]", "“等级”的代码表里没有“9”"),
        (leaf("form.agrees", "eq", "yes"), "value", "“是否同意”的值应为true 或 false"),
        (
            leaf("cert.hukou.division", "within", "龙湖"),
            "value",
            "“户籍所在地”的值应为2、4、6、9 或 12 位区划代码",
        ),
        (leaf("form.rooms", "within_days", 3), "op", "“房间数”是整数，不能用 within_days 比较"),
        (
            leaf("form.start", "within_days", 3, other="form.note"),
            "other",
            "“开始日期”是日期，“说明”是文字，不能比较",
        ),
        (leaf("form.rooms", "eq", other="form.nothing"), "other", "数据项目录里没有“form.nothing”"),
        (leaf("form.rooms", "eq", other="form.note"), "other", "“房间数”是整数，“说明”是文字，不能比较"),
        (leaf("form.rooms", "eq", other="form.rooms"), "other", "一个数据项不能与自己比较"),
        ({"some": "form.rooms", "where": leaf("form.note", "present")}, "some", "“房间数”不是列表"),
        (
            {"none": "own.nothing", "where": leaf("form.note", "present")},
            "none",
            "数据项目录里没有“own.nothing”",
        ),
        ({"every": MEMBERS, "where": leaf("item.x", "present")}, "where.fact", "数据项目录里没有“item.x”"),
        ({"count": MEMBERS, "op": "ge", "value": 0}, "value", "条数不会小于 0，这个比较没有意义"),
        (
            {"all": [leaf("form.note", "present"), {"not": leaf("form.rooms", "eq", "3")}]},
            "all[1].not.value",
            "“房间数”的值应为整数",
        ),
    ],
)
def test_what_does_not_fit_the_vocabulary(condition: Any, path: str, message: str) -> None:
    assert found(condition) == [(path, message)]


R, LEVEL, HOME = "form.rooms", "form.level", "cert.hukou.division"


@pytest.mark.parametrize(
    ("op", "value", "words"),
    [
        ("ge", 0, "怎样都满足"),
        ("gt", -1, "怎样都满足"),
        ("ne", 500, "怎样都满足"),
        ("le", 150, "怎样都满足"),
        ("lt", 0, "永远不能满足"),
        ("ge", 1946, "永远不能满足"),
        ("eq", -1, "永远不能满足"),
        ("gt", 150, "永远不能满足"),
        ("ge", 1, ""),
        ("gt", 0, ""),
        ("le", 0, ""),
        ("ge", 150, ""),
        ("eq", 80, ""),
    ],
)
def test_an_age_is_no_year_and_not_below_nothing(op: str, value: int, words: str) -> None:
    wanted = [("value", f"“年龄”在 0 到 150 之间，这个条件{words}")] if words else []
    assert found(leaf("derived.age", op, value)) == wanted


def test_nobody_has_fewer_than_no_cases() -> None:
    assert found(leaf("own.open", "ge", 0)) == [("value", "“在办的申请”不会小于 0，这个条件怎样都满足")]
    assert found(leaf("own.open", "gt", 10**6)) == []


@pytest.mark.parametrize(
    ("parts", "always"),
    [
        ([leaf(R, "ge", 5), leaf(R, "lt", 5)], True),
        ([leaf(R, "ge", 5), {"not": leaf(R, "ge", 5)}], True),
        ([leaf(R, "ge", 5), leaf(R, "lt", 6)], True),
        ([leaf("form.agrees", "eq", True), leaf("form.agrees", "eq", False)], True),
        ([leaf(R, "ge", 5), leaf(R, "lt", 4)], False),
        ([leaf(R, "ge", 5), leaf("form.note", "present")], False),
        ([leaf(LEVEL, "in", ["1"]), {"all": [leaf(LEVEL, "in", ["2", "3"]), leaf(R, "ge", 2)]}], False),
    ],
)
def test_alternatives_of_which_one_always_holds_are_no_condition(parts: list[Any], always: bool) -> None:
    wanted = [("", "这一组怎样都满足，等于没有条件")] if always else []
    assert found({"any": parts}) == wanted


@pytest.mark.parametrize(
    "parts",
    [
        [leaf(R, "gt", 5), leaf(R, "lt", 6)],
        [leaf(R, "ge", 5), leaf(R, "lt", 5)],
        [leaf(R, "eq", 5), leaf(R, "eq", 6)],
        [leaf(R, "eq", 5), leaf(R, "ne", 5)],
        [leaf(R, "in", [1, 2]), leaf(R, "gt", 2)],
        [leaf(R, "in", [1, 2]), leaf(R, "not_in", [2, 1])],
        [leaf(R, "eq", 5), leaf(R, "absent")],
        [leaf(R, "present"), leaf(R, "absent")],
        [leaf(R, "ge", 5), {"not": leaf(R, "ge", 5)}],
        [leaf("form.capital", "gt", "5"), leaf("form.capital", "lt", "5.00")],
        [leaf("form.start", "ge", "2026-11-20"), leaf("form.start", "lt", "2026-11-20")],
        [leaf("form.agrees", "eq", True), leaf("form.agrees", "eq", False)],
        [leaf("form.agrees", "ne", True), leaf("form.agrees", "ne", False)],
        [leaf(LEVEL, "not_in", ["1", "2"]), leaf(LEVEL, "ne", "3")],
        [leaf(HOME, "within", "440507"), leaf(HOME, "within", "4401")],
        [leaf(HOME, "within", "440507"), {"not": leaf(HOME, "within", "4405")}],
        [leaf("form.note", "eq", "药品"), leaf("form.note", "contains", "食品")],
        [leaf(R, "gt", 5), {"any": [leaf("form.note", "present"), leaf(R, "lt", 5)]}],
        [leaf(R, "gt", 5), {"all": [leaf("form.note", "present"), leaf(R, "lt", 5)]}],
        [{"not": {"any": [leaf(R, "gt", 5), leaf(R, "le", 5)]}}],
        [leaf("form.start", "within_months", 6), {"not": leaf("form.start", "within_months", 12)}],
        [leaf("form.start", "within_days", 6), {"not": leaf("form.start", "within_days", 6)}],
        [leaf("form.start", "within_days", 6), leaf("form.start", "absent")],
    ],
)
def test_what_can_never_hold(parts: list[Any]) -> None:
    assert [message for _, message in found({"all": parts})] == [NEVER]


@pytest.mark.parametrize(
    "parts",
    [
        [leaf(R, "ge", 5), leaf(R, "le", 5)],
        [leaf(R, "gt", 5), leaf(R, "lt", 7)],
        [leaf("form.capital", "gt", "5"), leaf("form.capital", "lt", "5.01")],
        [leaf(R, "eq", 5), leaf("form.floors", "eq", 6)],
        [leaf(LEVEL, "in", ["1", "2"]), leaf(LEVEL, "ne", "1")],
        [leaf(HOME, "within", "4405"), {"not": leaf(HOME, "within", "440507")}],
        [leaf(HOME, "within", ["4401", "4405"]), leaf(HOME, "within", "440507")],
        [leaf("form.note", "eq", "食品店"), leaf("form.note", "contains", "食品")],
        [{"any": [leaf(R, "gt", 5), leaf(R, "lt", 5)]}],
        [leaf(R, "absent"), leaf(R, "absent")],
        [leaf("form.start", "within_months", 12), {"not": leaf("form.start", "within_months", 6)}],
        [leaf("form.start", "within_months", 12), leaf("form.start", "eq", "1990-01-01")],
    ],
)
def test_what_can_hold_is_left_alone(parts: list[Any]) -> None:
    assert found({"all": parts}) == []


def test_a_contradiction_inside_a_list_is_found_there() -> None:
    where = {"all": [leaf("item.age", "ge", 18), leaf("item.age", "lt", 18)]}
    assert found({"some": MEMBERS, "where": where}) == [("where.all[1]", NEVER)]


@given(trees, st.lists(typed_facts, min_size=1, max_size=3))
def test_what_is_called_impossible_never_passes(document: Any, several: list[Any]) -> None:
    condition = parse_condition(document)
    together = {path for path, message in found(document) if message == NEVER}
    in_a_choice = any(part in path for path in together for part in ("any", "not", "where"))
    if together and not in_a_choice:
        prepared = PreparedCondition(condition, vocabulary=VOCABULARY)
        assert all(prepared.holds(known, on=ON) is not Truth.PASS for known in several)


def test_checks_and_table_together() -> None:
    checks = (
        check(leaf(R, "ge", 5), code="a"),
        check({"any": [leaf("form.nothing", "present")]}, code="b"),
        check({"all": [leaf(R, "lt", 5)]}, code="c"),
    )
    table = parse_outcome_table(
        {
            "columns": {"a": {"type": "integer", "label": "甲"}},
            "rows": [
                {"when": leaf("form.start", "eq", "x"), "values": {"a": 1}},
                {"values": {"a": 2}},
                {"values": {"a": 3}},
            ],
        }
    )
    seen = [(problem.path, problem.severity) for problem in check_problems(checks, VOCABULARY, table)]
    assert seen == [
        ("checks[1].condition.any[0].fact", Severity.ERROR),
        ("checks[2].condition.all[0]", Severity.ERROR),
        ("outcome_table.rows[0].when.value", Severity.ERROR),
        ("outcome_table.rows[2]", Severity.WARNING),
    ]


@given(trees)
def test_what_lint_accepts_is_never_unreadable_by_itself(document: Any) -> None:
    """No problem of names, operators or values: then the prepared condition has no unreadable part either."""
    condition = parse_condition(document)
    misfits = [
        path
        for path, message in found(document)
        if message != NEVER and not message.startswith(("条数", "一个数据项"))
    ]
    _, leaves = PreparedCondition(condition, vocabulary=VOCABULARY).trace({}, on=ON)
    unreadable = [leaf for leaf in leaves if leaf.reason == "UNREADABLE"]
    assert bool(unreadable) <= bool(misfits)


def test_checks_that_can_never_pass_together_name_each_other() -> None:
    old, young = (
        check(leaf("derived.age", "ge", 80), code="old"),
        check(leaf("derived.age", "lt", 60), code="young"),
    )
    between = check(leaf("form.note", "present"), code="between")
    (problem,) = check_problems([old, between, young], VOCABULARY)
    assert problem.path == "checks[2].condition"
    assert problem.message == f"与核验项“{old.name}”矛盾，永远不能都通过"
