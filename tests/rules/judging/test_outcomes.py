"""Outcome tables: strictly typed, first row that holds."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules import InvalidTree, Outcome, UnknownReason, dump_outcome_table, parse_outcome_table
from rules.judging.outcomes import PreparedTable
from rules.language.values import Scalar
from tests.rules.making import ON, VOCABULARY, facts

COLUMNS: dict[str, Any] = {
    "amount": {"type": "money", "label": "每月津贴"},
    "until": {"type": "date", "label": "有效期至"},
}
LOW = {"amount": "100.00", "until": "2027-11-20"}
HIGH = {"amount": 200, "until": "2029-11-20"}
MANY = {"fact": "form.rooms", "op": "ge", "value": 5}
TABLE: dict[str, Any] = {"columns": COLUMNS, "rows": [{"when": MANY, "values": HIGH}, {"values": LOW}]}


@pytest.mark.parametrize(
    ("rooms", "row", "amount"),
    [(5, 0, Decimal(200)), (4, 1, Decimal("100.00")), (UnknownReason.NOT_ASKED, None, None)],
)
def test_the_first_row_that_holds(rooms: Any, row: int | None, amount: Decimal | None) -> None:
    prepared = PreparedTable(parse_outcome_table(TABLE), vocabulary=VOCABULARY)
    outcome, leaves = prepared.choose(facts(form__rooms=rooms), on=ON)
    assert len(leaves) == 1
    assert (outcome and (outcome.row, outcome.values["amount"])) == (None if row is None else (row, amount))


def test_values_are_typed_and_shown() -> None:
    prepared = PreparedTable(parse_outcome_table(TABLE), vocabulary=VOCABULARY)
    values: dict[str, Scalar] = {"amount": Decimal("100.00"), "until": date(2027, 11, 20)}
    lines = (("每月津贴", "100元"), ("有效期至", "2027年11月20日"))
    assert prepared.choose(facts(), on=ON)[0] == Outcome(1, values, lines)


def test_no_row_may_hold() -> None:
    prepared = PreparedTable(parse_outcome_table(TABLE | {"rows": TABLE["rows"][:1]}), vocabulary=VOCABULARY)
    assert prepared.choose(facts(), on=ON)[0] is None


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"rows": []}, "rows", "至少要有一项"),
        ({"columns": {}}, "columns", "至少要有一项"),
        ({"more": 1}, "more", "不认识的键“more”"),
        ({"rows": [{"values": LOW}, {"values": {"amount": "1"}}]}, "rows[1].values.until", "缺少这一列的值"),
        ({"rows": [{"values": LOW | {"x": 1}}]}, "rows[0].values.x", "没有这一列"),
        (
            {"rows": [{"values": LOW | {"amount": "1,5"}}]},
            "rows[0].values.amount",
            "金额应写成 100.00 的样子（写 JSON 的，加引号）",
        ),
        (
            {"rows": [{"values": LOW | {"until": "2027-02-29"}}]},
            "rows[0].values.until",
            "日期应写成 2026-11-20 的样子",
        ),
        ({"rows": [{"when": {"fact": "?"}, "values": LOW}]}, "rows[0].when.fact", "名称写法不符合规定"),
        (
            {"columns": {"a": {"type": "list", "label": "甲"}}, "rows": [{"values": {"a": 1}}]},
            "rows[0].values.a",
            "结果表的列不能是列表",
        ),
        (
            {
                "columns": {"a": {"type": "code", "label": "{甲}", "codes": {"x": "乙"}}},
                "rows": [{"values": {"a": "{}"}}],
            },
            "rows[0].values.a",
            "“（甲）”的代码表里没有“（）”",
        ),
    ],
)
def test_faults_are_named(change: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(InvalidTree) as caught:
        parse_outcome_table(TABLE | change)
    assert (path, message) in caught.value.problems


def test_it_comes_back_unchanged() -> None:
    table = parse_outcome_table(TABLE)
    assert parse_outcome_table(dump_outcome_table(table)) == table
