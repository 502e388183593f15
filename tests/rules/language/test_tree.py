"""Parsing is strict, bounded, and never crashes."""

import random
import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rules import InvalidTree, condition_schema, dump_condition, json_document, parse_condition
from rules.language.tree import MAX_DEPTH, MAX_NODES
from tests.rules.making import json_values, trees

LEAF = {"fact": "form.rooms", "op": "eq", "value": 3}


def refused(document: object) -> list[tuple[str, str]]:
    with pytest.raises(InvalidTree) as caught:
        parse_condition(document)
    return caught.value.problems


NOT_A_CONDITION = "认不出是哪种条件"
VALUE = "值应为不过长的文字、整数、true、false 或它们的列表"
PERIOD = "within_days 和 within_months 的 value 应为 1 到 36500 的整数"
ONE_OPERAND = "value 和 other 要填一个，并且只能填一个"


@pytest.mark.parametrize(
    ("document", "path", "message"),
    [
        (None, "", NOT_A_CONDITION),
        (5, "", NOT_A_CONDITION),
        ("all", "", NOT_A_CONDITION),
        ([], "", NOT_A_CONDITION),
        ({}, "", NOT_A_CONDITION),
        ({"op": "eq", "value": 1}, "", NOT_A_CONDITION),
        ({"all": [LEAF, 7]}, "all[1]", NOT_A_CONDITION),
        ({"all": []}, "all", "至少要有一项"),
        ({"any": {}}, "any", "应为列表"),
        ({"not": [LEAF]}, "not", NOT_A_CONDITION),
        ({"all": [LEAF], "any": [LEAF]}, "any", "不认识的键“any”"),
        ({"not": {"any": [LEAF, LEAF | {"hint": 1}]}}, "not.any[1].hint", "不认识的键“hint”"),
        (LEAF | {"op": "is"}, "op", "不认识的写法，只能用规定的几种"),
        (LEAF | {"op": None}, "op", "不认识的写法，只能用规定的几种"),
        (LEAF | {"fact": "rooms"}, "fact", "名称写法不符合规定"),
        (LEAF | {"fact": "form.Rooms"}, "fact", "名称写法不符合规定"),
        (LEAF | {"fact": "form.rooms\n"}, "fact", "名称写法不符合规定"),
        (LEAF | {"fact": "cert.hukou"}, "fact", "名称写法不符合规定"),
        (LEAF | {"fact": "__class__"}, "fact", "名称写法不符合规定"),
        (LEAF | {"fact": 3}, "fact", "应为文字"),
        ({"fact": "form.rooms", "value": 1}, "op", "缺少“op”"),
        ({"fact": "form.rooms", "op": "eq"}, "", ONE_OPERAND),
        (LEAF | {"other": "form.floors"}, "", ONE_OPERAND),
        (LEAF | {"value": None}, "", ONE_OPERAND),
        (LEAF | {"value": 1.0}, "value", '数值只能是整数；金额请写成文字，例如 "100.00"'),
        (LEAF | {"value": float("nan")}, "value", '数值只能是整数；金额请写成文字，例如 "100.00"'),
        (LEAF | {"value": {}}, "value", VALUE),
        (LEAF | {"value": "字" * 201}, "value", VALUE),
        (LEAF | {"value": 10**16}, "value", VALUE),
        (LEAF | {"value": ""}, "value", VALUE),
        (LEAF | {"op": "in", "value": []}, "value", VALUE),
        (LEAF | {"op": "in", "value": [[1]]}, "value", VALUE),
        (LEAF | {"op": "in", "value": [1.5]}, "value", VALUE),
        (LEAF | {"op": "in"}, "", "in 和 not_in 的 value 应为列表"),
        (LEAF | {"value": [3]}, "", "只有 in、not_in、within 的 value 可以是列表"),
        (LEAF | {"op": "present"}, "", "present 和 absent 不带 value 或 other"),
        ({"fact": "form.rooms", "op": "absent", "value": None}, "", "present 和 absent 不带 value 或 other"),
        (LEAF | {"op": "within_days"} | {"value": "3"}, "", PERIOD),
        (LEAF | {"op": "within_days", "value": True}, "", PERIOD),
        (LEAF | {"op": "within_months", "value": 0}, "", PERIOD),
        (LEAF | {"op": "within_months", "value": 36_501}, "", PERIOD),
        (LEAF | {"op": "within_months", "value": [3]}, "", PERIOD),
        ({"fact": "form.start", "op": "within_days", "other": "form.end"}, "", PERIOD),
        (
            LEAF | {"op": "within_days", "other": None},
            "",
            "other 不能是 null；不与别的日期比就不要写",
        ),
        ({"some": "own.open"}, "where", "缺少“where”"),
        ({"count": "own.open", "op": "in", "value": 1}, "", "条数只能用 eq、ne、lt、le、gt、ge 比较"),
        ({"count": "own.open", "op": "eq", "value": True}, "value", "应为整数"),
        ({"count": "own.open", "op": "eq", "value": -1}, "value", "数值过小"),
        ({"all": [{"fact": "item.age", "op": "present"}]}, "all[0]", "item. 只能写在列表条件的 where 里"),
        (LEAF | {"value": "\ud800"}, "value", VALUE),
        (LEAF | {"\ud800": 1}, "", "文字里有无法识别的字符"),
        (LEAF | {7: 1}, "[7]", "键应为文字"),
    ],
)
def test_each_fault_is_named_with_its_path(document: object, path: str, message: str) -> None:
    assert refused(document) == [(path, message)]


def test_a_list_condition_within_a_list_condition_is_refused() -> None:
    inner = {"all": [{"some": "own.open", "where": {"fact": "item.age", "op": "present"}}]}
    assert refused({"every": "own.open", "where": inner}) == [("where.all[0]", "列表条件里不能再写列表条件")]


def test_all_faults_are_told_at_once() -> None:
    document = {"all": [LEAF | {"op": "is"}, {"not": LEAF | {"fact": "?"}}, LEAF | {"extra": 1}]}
    assert [path for path, _ in refused(document)] == ["all[0].op", "all[1].not.fact", "all[2].extra"]
    assert "all[1].not.fact：名称写法不符合规定" in str(InvalidTree(refused(document)))


def nested(levels: int) -> Any:
    document: Any = LEAF
    for _ in range(levels - 1):
        document = {"not": document}
    return document


def test_a_condition_written_as_null_is_not_one_left_out() -> None:
    count: dict[str, Any] = {"count": "register.family.members", "op": "eq", "value": 0}
    parse_condition(count)
    assert refused(count | {"where": None}) == [("", "where 不能是 null；数全部就不要写 where")]


def test_depth_is_bounded_exactly() -> None:
    parse_condition(nested(MAX_DEPTH))
    assert refused(nested(MAX_DEPTH + 1)) == [("", "条件嵌套超过 8 层")]


def test_size_is_bounded_exactly() -> None:
    parse_condition({"all": [LEAF] * (MAX_NODES - 1)})
    assert refused({"all": [LEAF] * MAX_NODES}) == [("", "条件超过 200 个节点")]


def test_a_bottomless_document_is_refused_without_going_down() -> None:
    assert refused(nested(100_000)) == [("", "条件嵌套超过 8 层")]
    circle: dict[str, Any] = {}
    circle["all"] = [circle, circle]
    assert refused(circle) in ([("", "条件嵌套超过 8 层")], [("", "条件超过 200 个节点")])
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]
    for document in (deep, {"all": deep}, LEAF | {"value": deep}, {"not": {"where": deep, "fact": deep}}):
        assert refused(document)


def test_bottomless_or_tricky_json_text_is_refused() -> None:
    for text in (
        "[" * 200_000,
        '{"not":' * 200_000,
        "{",
        '{"a": NaN}',
        '{"a": 1, "a": 2}',
        "9" * 5000,
        b"\xff\xfe\x00",
    ):
        with pytest.raises(InvalidTree):
            json_document(text)
    assert json_document(b'{"all": [1]}') == {"all": [1]}


@given(trees)
def test_dump_and_parse_give_the_same_tree(document: Any) -> None:
    condition = parse_condition(document)
    assert dump_condition(condition) == document
    assert parse_condition(dump_condition(condition)) == condition


@given(trees)
@settings(max_examples=40)
def test_the_schema_accepts_what_the_parser_accepts(document: Any) -> None:
    Draft202012Validator(condition_schema()).validate(document)


@given(json_values)
def test_any_json_is_parsed_or_refused(document: Any) -> None:
    assert_parsed_or_refused(document)


@given(trees, st.randoms(use_true_random=False))
@settings(max_examples=2 * settings().max_examples)
def test_a_damaged_tree_is_parsed_or_refused(document: Any, chance: random.Random) -> None:
    assert_parsed_or_refused(damaged(document, chance))


def assert_parsed_or_refused(document: Any) -> None:
    """What is accepted says exactly what was written; what is not is refused by name only."""
    try:
        condition = parse_condition(document)
    except InvalidTree as refusal:
        told = [message for _, message in refusal.problems]
    else:
        told = ["accepted"]
        assert dump_condition(condition) == document
    assert told
    assert all(told)


def damaged(node: Any, chance: random.Random) -> Any:
    """Return the document with about one thing in eight dropped, doubled, swapped or replaced."""
    if chance.random() < 0.05:
        return chance.choice([None, 1.5, "", [], {}, True, -1, "item.x", "form.rooms", [[]], {"all": 3}])
    if isinstance(node, dict):
        kept = {key: damaged(value, chance) for key, value in node.items() if chance.random() > 0.06}
        if chance.random() < 0.06:
            kept[chance.choice(["all", "not", "where", "other", "op", chance.choice(string.printable)])] = 1
        return kept
    if isinstance(node, list):
        return [damaged(value, chance) for value in node for _ in range(chance.choice([1] * 9 + [0, 2]))]
    return node
