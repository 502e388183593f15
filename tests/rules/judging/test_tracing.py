"""The trace: one line for each compared fact, in words people read."""

from typing import Any

import pytest

from rules import PreparedCondition, Truth, UnknownReason, parse_condition
from tests.rules.making import ON, PERSON, VOCABULARY, facts

P, F = Truth.PASS, Truth.FAIL
R = UnknownReason
OLD, UNSURE = PERSON | {"age": 30}, PERSON | {"age": R.UNREACHABLE}
GROWN = {"fact": "item.age", "op": "ge", "value": 18}


def compare(fact: str, op: str, **against: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | against


def trace(condition: Any, given: dict[str, Any]) -> list[tuple[str, str, str, str, Truth]]:
    prepared = PreparedCondition(parse_condition(condition), vocabulary=VOCABULARY)
    _, leaves = prepared.trace(given, on=ON)
    return [(leaf.path, leaf.sentence, leaf.expected, leaf.seen, leaf.outcome) for leaf in leaves]


def test_each_line_says_what_was_asked_and_seen() -> None:
    condition = {
        "all": [
            compare("cert.hukou.division", "within", value="440507"),
            compare("derived.age", "ge", value=80),
            {
                "not": {
                    "any": [
                        compare("register.civil.dead", "eq", value=True),
                        compare("own.open", "gt", value=0),
                    ]
                }
            },
            compare("cert.bank.name", "same_as", other="cert.id.name"),
            {"none": "register.family.members", "where": GROWN},
        ]
    }
    assert trace(condition, facts()) == [
        ("all[0]", "户籍所在地在龙湖区", "在龙湖区", "珠池街道", P),
        ("all[1]", "年满80周岁", "年满80周岁", "80周岁", P),
        ("all[2].not.any[0]", "没有死亡登记", "没有死亡登记", "没有死亡登记", P),
        ("all[2].not.any[1]", "没有在办的申请", "没有", "没有", P),
        ("all[3]", "户名与姓名一致", "与姓名一致", "户名：陈**英；姓名：陈*英", P),
        (
            "all[4]",
            "家庭成员中没有年满18周岁的",
            "家庭成员中没有年满18周岁的",
            "共2人，其中1人符合",
            F,
        ),
    ]


@pytest.mark.parametrize(
    ("change", "condition", "seen"),
    [
        (
            {"cert__hukou__division": R.NOT_HELD},
            compare("cert.hukou.division", "within", value="44"),
            "证照库里没有",
        ),
        (
            {"register__civil__dead": R.UNREACHABLE},
            compare("register.civil.dead", "eq", value=False),
            "数据源未响应",
        ),
        ({"form__rooms": None}, compare("form.rooms", "eq", value=1), "未填写"),
        ({"own__open": None}, compare("own.open", "eq", value=1), "无"),
        ({"own__open": R.NOT_ASKED}, compare("own.open", "eq", value=1), "未查询到"),
        ({"form__rooms": 1.5}, compare("form.rooms", "eq", value=1), "数据无法识别"),
        (
            {"register__family__members": (OLD, UNSURE)},
            {"some": "register.family.members", "where": GROWN},
            "共2人，其中1人符合，1人未能核实",
        ),
        (
            {"register__family__members": R.UNREACHABLE},
            {"some": "register.family.members", "where": GROWN},
            "数据源未响应",
        ),
        ({}, compare("cert.id.number", "present"), "440507********9980"),
        ({}, compare("cert.id.birth", "lt", value="1950-01-01"), "1946年8月"),
    ],
)
def test_what_was_seen_is_said_in_words(change: dict[str, Any], condition: Any, seen: str) -> None:
    assert trace(condition, facts(**change))[0][3] == seen


def test_a_fact_that_is_missing_altogether_still_names_its_source() -> None:
    prepared = PreparedCondition(
        parse_condition(compare("cert.hukou.division", "within", value="44")), vocabulary=VOCABULARY
    )
    source = prepared.trace({}, on=ON)[1][0].source
    assert source is not None
    assert (source.kind, source.label) == ("certificate", "居民户口簿")
