"""Checks are strict, and the path of a fault leads to it."""

from typing import Any

import pytest

from rules import (
    Action,
    InvalidTree,
    Truth,
    dump_checks,
    judge,
    parse_checks,
    verdict_from_json,
    verdict_to_json,
)
from tests.rules.making import ON, VOCABULARY, facts

CHECK: dict[str, Any] = {
    "code": "aged",
    "name": "年龄达到要求",
    "condition": {"fact": "derived.age", "op": "ge", "value": 80},
    "basis": {"law": "发放办法", "article": "第四条", "text": "年满八十周岁"},
    "told": {"pass": "您已满80周岁。", "fail": "您未满80周岁。", "unknown": "没能核实您的年龄。"},
    "on_fail": "supplement",
    "on_unknown": "refer",
    "opens": ["form.birth", "material.proof"],
}
DEEP: Any = {"fact": "form.a", "op": "present"}
for _ in range(5_000):
    DEEP = {"not": DEEP}


@pytest.mark.parametrize(
    ("change", "path", "message"),
    [
        ({"code": "Aged"}, "[0].code", "名称写法不符合规定"),
        ({"name": ""}, "[0].name", "不能为空"),
        ({"condition": {"all": [{"fact": "derived.age"}]}}, "[0].condition.all[0].op", "缺少“op”"),
        ({"condition": DEEP}, "[0].condition", "条件嵌套超过 8 层"),
        (
            {"condition": {"fact": "item.a", "op": "present"}},
            "[0].condition",
            "item. 只能写在列表条件的 where 里",
        ),
        ({"basis": {}}, "[0].basis.law", "缺少“law”"),
        ({"basis": "某法"}, "[0].basis", "应为对象"),
        ({"basis": None}, "[0].basis", "应为对象"),
        ({"basis": []}, "[0].basis", "至少要有一项"),
        ({"basis": [{"law": "某法"}, {"article": "第一条"}]}, "[0].basis[1].law", "缺少“law”"),
        ({"basis": [{"law": "某法"}] * 11}, "[0].basis", "项数过多"),
        ({"told": {"fail": "没过"}}, "[0].told.unknown", "缺少“unknown”"),
        ({"told": {"fail": "没过", "unknown": ""}}, "[0].told.unknown", "不能为空"),
        ({"on_fail": "refuse"}, "[0].on_fail", "不认识的写法，只能用规定的几种"),
        ({"opens": ["cert.a.b"]}, "[0].opens[0]", "名称写法不符合规定"),
        ({"opens": []}, "[0]", "选择补正的核验项要写明可以补正哪些内容（opens）"),
        ({"hint": 1}, "[0].hint", "不认识的键“hint”"),
    ],
)
def test_faults_are_named(change: dict[str, Any], path: str, message: str) -> None:
    with pytest.raises(InvalidTree) as caught:
        parse_checks([CHECK | change])
    assert caught.value.problems == [(path, message)]


def test_a_code_is_used_once() -> None:
    with pytest.raises(InvalidTree) as caught:
        parse_checks([CHECK, CHECK | {"code": "other"}, CHECK])
    assert caught.value.problems == [("[2].code", "核验项编码重复")]
    assert caught.value.under("checks").problems == [("checks[2].code", "核验项编码重复")]


def test_they_come_back_unchanged() -> None:
    checks = parse_checks([CHECK])
    assert dump_checks(checks) == [CHECK]


def test_what_each_outcome_leads_to() -> None:
    one = parse_checks([CHECK])[0]
    assert [one.action(truth) for truth in Truth] == [Action.NONE, Action.SUPPLEMENT, Action.REFER]


ONE = {"law": "某法", "article": "第一条", "text": "应当"}
OTHER = {"law": "某办法", "article": "第二条", "text": ""}


@pytest.mark.parametrize("several", [[ONE], [ONE, OTHER]])
def test_a_check_may_stand_on_several_articles(several: list[dict[str, str]]) -> None:
    (parsed,) = parse_checks([CHECK | {"basis": several}])
    assert [basis.cited for basis in parsed.basis] == [one["law"] + one["article"] for one in several]
    dumped = dump_checks((parsed,))
    assert dumped[0]["basis"] == (several if len(several) > 1 else ONE)
    assert parse_checks(dumped) == (parsed,)


def test_a_single_article_may_be_written_alone_as_older_editions_do() -> None:
    assert parse_checks([CHECK | {"basis": ONE}]) == parse_checks([CHECK | {"basis": [ONE]}])


def test_a_finding_keeps_each_article() -> None:
    (parsed,) = parse_checks([CHECK | {"basis": [ONE, OTHER]}])
    verdict = judge((parsed,), facts(), vocabulary=VOCABULARY, on=ON)
    stored = verdict_to_json(verdict)
    assert stored["findings"][0]["basis"] == [ONE, OTHER]
    assert verdict_from_json(stored) == verdict
