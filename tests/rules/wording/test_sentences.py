"""Conditions read as an officer would write them."""

from typing import Any

import pytest

from rules import FactSpec, FactType, Vocabulary, parse_condition, sentence
from rules.language.tree import Compare
from rules.wording.sentences import compare_texts
from tests.rules.making import VOCABULARY

LOCAL = {"fact": "cert.hukou.division", "op": "within", "value": "440507"}
AGED = {"fact": "derived.age", "op": "ge", "value": 80}
ALIVE = {"fact": "register.civil.dead", "op": "eq", "value": False}
MEMBERS = "register.family.members"
GROWN = {"fact": "item.age", "op": "ge", "value": 18}
KIND = {"fact": "item.kind", "op": "eq", "value": "a"}


def leaf(fact: str, op: str, value: Any = None, **more: Any) -> dict[str, Any]:
    return {"fact": fact, "op": op} | ({} if value is None else {"value": value}) | more


LEAVES = [
    (LOCAL, "户籍所在地在龙湖区", "户籍所在地不在龙湖区"),
    (
        leaf("cert.hukou.division", "within", ["440507", "4401"]),
        "户籍所在地在龙湖区或4401",
        "户籍所在地不在龙湖区或4401",
    ),
    (AGED, "年满80周岁", "未满80周岁"),
    (leaf("form.capital", "lt", "100.5"), "注册资本不到100.50元", "注册资本至少100.50元"),
    (leaf("derived.age", "lt", 60), "未满60周岁", "年满60周岁"),
    (leaf("derived.age", "gt", 60), "年龄超过60周岁", "年龄不超过60周岁"),
    (leaf("form.capital", "ge", "30000"), "注册资本至少30000元", "注册资本不到30000元"),
    (leaf("form.start", "ge", "2026-11-20"), "开始日期不早于2026年11月20日", "开始日期早于2026年11月20日"),
    (leaf("form.start", "gt", "2026-11-20"), "开始日期晚于2026年11月20日", "开始日期不晚于2026年11月20日"),
    (leaf("form.level", "eq", "1"), "等级是一级", "等级不是一级"),
    (
        leaf("form.level", "in", ["1", "2", "3"]),
        "等级是“一级”、“二级”或“三级”",
        "等级不是“一级”、“二级”或“三级”中的任何一个",
    ),
    (leaf("form.level", "not_in", ["1"]), "等级不是一级", "等级是一级"),
    (leaf("form.note", "contains", "食品"), "说明包含“食品”", "说明不包含“食品”"),
    (leaf("form.note", "starts_with", "食品"), "说明以“食品”开头", "说明不以“食品”开头"),
    (leaf("form.note", "eq", "好"), "说明是“好”", "说明不是“好”"),
    (leaf("form.note", "present"), "已填写说明", "未填写说明"),
    (leaf("cert.id.name", "absent"), "没有姓名", "有姓名"),
    (ALIVE, "没有死亡登记", "有死亡登记"),
    (leaf("form.agrees", "eq", value=True), "“是否同意”选“是”", "“是否同意”选“否”"),
    (leaf("cert.bank.name", "same_as", other="cert.id.name"), "户名与姓名一致", "户名与姓名不一致"),
    (leaf("cert.bank.name", "ne", other="cert.id.name"), "户名与姓名不同", "户名与姓名相同"),
    (leaf("form.rooms", "ge", other="form.floors"), "房间数不少于楼层数", "房间数少于楼层数"),
    (leaf("form.start", "gt", other="cert.id.birth"), "开始日期晚于出生日期", "开始日期不晚于出生日期"),
    (leaf("form.start", "within_months", 6), "开始日期在最近6个月内", "开始日期不在最近6个月内"),
    (leaf("form.start", "within_days", 30), "开始日期在最近30天内", "开始日期不在最近30天内"),
    (
        leaf("form.start", "within_days", 30, other="cert.id.birth"),
        "开始日期在出生日期前30天内",
        "开始日期不在出生日期前30天内",
    ),
    (leaf("own.open", "eq", 0), "没有在办数量", "有在办数量"),
    (leaf("own.open", "gt", 0), "有在办数量", "没有在办数量"),
    (leaf("own.open", "lt", 2), "在办数量不到2件", "在办数量至少2件"),
    (leaf("derived.age_at_start", "ge", 18), "开始那天年满18周岁", "开始那天未满18周岁"),
    (leaf("derived.workdays", "le", 20), "距开始日期不超过20个工作日", "距开始日期超过20个工作日"),
    (leaf("derived.income", "lt", "900"), "家庭收入不到900元", "家庭收入至少900元"),
    ({"count": MEMBERS, "op": "eq", "value": 0}, "没有家庭成员", "有家庭成员"),
    (
        {"count": MEMBERS, "where": GROWN, "op": "ge", "value": 1},
        "家庭成员中有年满18周岁的",
        "家庭成员中没有年满18周岁的",
    ),
    ({"some": MEMBERS, "where": GROWN}, "家庭成员中有年满18周岁的", "家庭成员中没有年满18周岁的"),
    ({"none": MEMBERS, "where": GROWN}, "家庭成员中没有年满18周岁的", "家庭成员中有年满18周岁的"),
    (
        {"every": MEMBERS, "where": GROWN},
        "家庭成员都符合（年满18周岁）",
        "家庭成员不是都符合（年满18周岁）",
    ),
    (
        {"some": MEMBERS, "where": {"all": [GROWN, KIND]}},
        "家庭成员中有（年满18周岁，且种类是甲类）的",
        "家庭成员中没有（年满18周岁，且种类是甲类）的",
    ),
    ({"count": MEMBERS, "op": "ge", "value": 2}, "家庭成员至少2人", "家庭成员不到2人"),
    (
        {"count": MEMBERS, "where": GROWN, "op": "le", "value": 2},
        "家庭成员中年满18周岁的不超过2人",
        "家庭成员中年满18周岁的超过2人",
    ),
]


@pytest.mark.parametrize(("condition", "text", "opposite"), LEAVES)
def test_one_condition_and_its_opposite(condition: Any, text: str, opposite: str) -> None:
    assert said(condition) == text
    assert said({"not": condition}) == opposite
    assert said({"not": {"all": [{"not": condition}]}}) == text


def said(condition: Any) -> str:
    return sentence(parse_condition(condition), vocabulary=VOCABULARY)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        ({"all": [LOCAL, AGED]}, "户籍所在地在龙湖区，且年满80周岁"),
        ({"any": [LOCAL, AGED]}, "户籍所在地在龙湖区，或年满80周岁"),
        (
            {"all": [LOCAL, {"any": [AGED, ALIVE]}]},
            "户籍所在地在龙湖区，且（年满80周岁，或没有死亡登记）",
        ),
        (
            {"any": [LOCAL, {"all": [AGED, ALIVE]}]},
            "户籍所在地在龙湖区，或（年满80周岁，且没有死亡登记）",
        ),
        ({"all": [LOCAL, {"all": [AGED, ALIVE]}]}, "户籍所在地在龙湖区，且年满80周岁，且没有死亡登记"),
        ({"all": [LOCAL, {"any": [AGED]}]}, "户籍所在地在龙湖区，且年满80周岁"),
        ({"not": {"all": [LOCAL, AGED]}}, "户籍所在地不在龙湖区，或未满80周岁"),
        (
            {"not": {"any": [LOCAL, {"all": [AGED, ALIVE]}]}},
            "户籍所在地不在龙湖区，且（未满80周岁，或有死亡登记）",
        ),
        (
            {"all": [LOCAL, {"not": {"all": [AGED, ALIVE]}}]},
            "户籍所在地在龙湖区，且（未满80周岁，或有死亡登记）",
        ),
    ],
)
def test_groups_are_bracketed_where_they_mix(condition: Any, text: str) -> None:
    assert said(condition) == text


def test_what_the_vocabulary_lacks_is_still_said() -> None:
    assert said(leaf("form.nothing", "eq", 3)) == "form.nothing是3"
    assert said({"some": "own.nothing", "where": leaf("item.x", "present")}) == "own.nothing中有有item.x的"
    assert said(leaf("form.start", "eq", "never")) == "开始日期是never"


def test_two_facts_of_one_label_are_told_apart_by_their_sources() -> None:
    vocabulary = Vocabulary(
        specs=(
            FactSpec(name="cert.card.name", type=FactType.TEXT, label="姓名", source_label="社会保障卡"),
            FactSpec(name="applicant.name", type=FactType.TEXT, label="姓名", source_label="实名账户"),
            FactSpec(name="form.nickname", type=FactType.TEXT, label="称呼", source_label="申请表"),
        )
    )
    same = parse_condition({"fact": "cert.card.name", "op": "same_as", "other": "applicant.name"})
    assert sentence(same, vocabulary=vocabulary) == "社会保障卡上的姓名与实名账户上的姓名一致"
    other = parse_condition({"fact": "cert.card.name", "op": "same_as", "other": "form.nickname"})
    assert sentence(other, vocabulary=vocabulary) == "姓名与称呼一致"


@pytest.mark.parametrize(("value", "expected"), [(True, "可以使用"), (False, "不可以使用")])
def test_what_is_expected_is_never_empty(value: bool, expected: str) -> None:
    """A register's own words may repeat the label."""
    words: dict[str, Any] = {"label": "可以使用", "true_text": "可以使用", "false_text": "不可以使用"}
    spec = FactSpec(name="register.names.free", type=FactType.BOOLEAN, **words)
    free = parse_condition({"fact": "register.names.free", "op": "eq", "value": value})
    assert isinstance(free, Compare)
    assert compare_texts(free, vocabulary=Vocabulary(specs=(spec,)), negated=False) == (expected, expected)
