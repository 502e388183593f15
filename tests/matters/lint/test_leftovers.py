"""A text that still names what a condition no longer asks for is found; other numbers are left alone."""

from __future__ import annotations

from typing import Any

import pytest

from matters.lint import mentions
from matters.lint.leftovers import leftovers
from rules import FactType, FieldSpec, Vocabulary
from tests.matters import documents

AGE = FieldSpec(type=FactType.INTEGER, label="年龄", unit="周岁")
NOTHING = Vocabulary()


def to_75(document: dict[str, Any]) -> dict[str, Any]:
    return documents.changed(document, "checks[1].condition.value", 75)


def found(new: dict[str, Any]) -> set[str]:
    old = documents.read(documents.ALLOWANCE)
    vocabulary = documents.compiled(old).vocabulary
    return {one.path for one in leftovers(old, new, vocabulary=vocabulary)}


def test_an_age_that_was_changed_is_found_wherever_people_read_it() -> None:
    paths = found(to_75(documents.read(documents.ALLOWANCE)))
    assert paths >= {
        "summary",
        "guide.conditions[1]",
        "guide.in_short.who.text",
        "guide.faq[0].q",
        "guide.legal_basis[0].text",
        "checks[1].told.pass",
        "checks[1].told.fail",
        "checks[1].basis[0].text",
        "outcome.rows[2].values.age_group",
    }
    assert {path.partition("[")[0].partition(".")[0] for path in paths} <= {
        "summary",
        "everyday_words",
        "guide",
        "checks",
        "outcome",
        "examples",
    }
    assert not {path for path in paths if "phone" in path or "places" in path or "facts" in path}


def test_nothing_is_said_where_no_condition_changed() -> None:
    same = documents.read(documents.ALLOWANCE)
    assert found(same) == set()
    assert found(documents.changed(same, "summary", "年满 80 周岁的老人")) == set()


def test_a_text_that_names_both_has_been_looked_at() -> None:
    new = to_75(documents.read(documents.ALLOWANCE))
    assert "summary" in found(documents.changed(new, "summary", "年满 80 周岁的老人可以领。"))
    assert "summary" not in found(documents.changed(new, "summary", "由 80 周岁放宽到 75 周岁。"))
    assert "summary" not in found(documents.changed(new, "summary", "年满 75 周岁的老人可以领。"))


def test_a_row_of_its_own_age_may_go_on_naming_it() -> None:
    new = to_75(documents.read(documents.ALLOWANCE))
    row = {"when": {"fact": "derived.age", "op": "ge", "value": 75}, "values": {"monthly_amount": "80"}}
    new["outcome"]["rows"].append(row | {"values": {"monthly_amount": "80", "age_group": "75—79 周岁"}})
    assert not {path for path in found(new) if path.startswith("outcome")}


def test_it_says_what_was_changed_and_quotes_the_place() -> None:
    old = documents.read(documents.ALLOWANCE)
    vocabulary = documents.compiled(old).vocabulary
    one = next(x for x in leftovers(old, to_75(old), vocabulary=vocabulary) if x.path == "summary")
    assert (one.change.part, one.change.old, one.change.new) == ("年龄达到要求", "80周岁", "75周岁")
    assert one.around.startswith("年满 80 周岁的本区户籍老人")
    assert one.problem.warning
    assert "还写着“80 周岁”" in one.problem.message


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("年满 80 周岁", "80 周岁"),
        ("年满八十周岁", "八十周岁"),
        ("80岁以上", "80岁"),
        ("80—89 周岁每月 100 元", "80—89 周岁"),
        ("八十至八十九周岁", "八十至八十九周岁"),
        ("75—80 周岁", "80 周岁"),
        ("年满80的", "80"),
        ("每月 80 元", ""),
        ("第八十条", ""),
        ("第80条", ""),
        ("八十九周岁", ""),
        ("一百八十周岁", ""),
        ("180 周岁", ""),
        ("80.5", ""),
        ("0754-80", ""),
        ("80 万元", ""),
        ("示府〔2026〕80号", ""),
    ],
)
def test_a_number_is_read_with_what_follows_it(text: str, named: str) -> None:
    value = mentions.of(80, op="ge", spec=AGE, vocabulary=NOTHING)
    assert value is not None
    assert value.named_in(text) == named


def kind(of: FactType, **more: Any) -> FieldSpec:
    return FieldSpec(type=of, label="项", **more)


@pytest.mark.parametrize(
    ("value", "op", "spec", "text", "named"),
    [
        (2, "le", kind(FactType.INTEGER, unit="人"), "不超过 2 人", "2 人"),
        (2, "le", kind(FactType.INTEGER, unit="人"), "中心 2 楼", ""),
        (2, "le", kind(FactType.INTEGER), "带 2 样", ""),
        (6, "within_months", kind(FactType.DATE), "6个月内，6元", "6个月"),
        (30, "within_days", kind(FactType.DATE), "三十日内", "三十日"),
        ("1200.00", "le", kind(FactType.MONEY), "每月 1,200 元以下", "1,200 元"),
        ("1200", "le", kind(FactType.MONEY), "1200.00元", "1200.00元"),
        ("2026-01-05", "ge", kind(FactType.DATE), "自2026年1月5日起", "2026年1月5"),
        ("2026-01-05", "ge", kind(FactType.DATE), "自2026年1月15日起", ""),
        ("one", "in", kind(FactType.CODE, codes={"one": "一级"}), "残疾等级为一级、二级", "一级"),
        ("f", "eq", kind(FactType.CODE, codes={"f": "女"}), "女方", ""),
        (True, "eq", kind(FactType.BOOLEAN), "是", None),
    ],
)
def test_values_of_every_type(value: object, op: str, spec: FieldSpec, text: str, named: str | None) -> None:
    read = mentions.of(value, op=op, spec=spec, vocabulary=NOTHING)
    assert (read.named_in(text) if read else named if named is None else "") == named


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (8, "八"),
        (10, "十"),
        (12, "十二"),
        (80, "八十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (2026, "二千零二十六"),
    ],
)
def test_numbers_in_chinese(number: int, words: str) -> None:
    assert mentions.numeral(number) == words


def test_half_written_drafts_do_not_break_it() -> None:
    old = documents.read(documents.ALLOWANCE)
    vocabulary = documents.compiled(old).vocabulary
    halves: tuple[dict[str, Any], ...] = (
        {},
        {"checks": "x"},
        {"checks": [{"condition": [1, None]}]},
        {"outcome": []},
        {"form": 3},
    )
    for broken in halves:
        assert leftovers(old, broken, vocabulary=vocabulary) == ()
        assert leftovers(broken, old, vocabulary=vocabulary) == ()
    del old["checks"][1]["name"]
    assert leftovers(old, to_75(old), vocabulary=vocabulary)
