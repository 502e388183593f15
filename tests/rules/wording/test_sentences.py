"""Conditions read as an officer would write them."""

from datetime import date
from typing import Any

import pytest

from rules import (
    Fact,
    FactSpec,
    FactType,
    PreparedCondition,
    Vocabulary,
    parse_condition,
    parse_vocabulary,
    sentence,
)
from rules.language.tree import Compare
from rules.wording.sentences import compare_texts
from tests.rules.making import ON, VOCABULARY

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
    (leaf("own.open", "eq", 0), "没有在办的申请", "有在办的申请"),
    (leaf("own.open", "gt", 0), "有在办的申请", "没有在办的申请"),
    (leaf("own.open", "lt", 2), "在办的申请不到2件", "在办的申请至少2件"),
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


DAYS = [
    {"name": "cert.a.until", "type": "date", "label": "有效期至", "source_label": "某证"},
    {"name": "register.b.count", "type": "integer", "label": "正在发放的津贴", "unit": "项"},
    {"name": "register.b.number", "type": "integer", "label": "行政处罚次数", "unit": "次"},
    {
        "name": "form.how",
        "type": "code",
        "label": "缴费档次",
        "codes": {"low": "低档，每月900元", "high": "高档"},
    },
]
FAR = parse_vocabulary(
    {
        "specs": DAYS,
        "derived": [
            {"name": "derived.left", "kind": "days_until", "of": "cert.a.until", "label": "离有效期届满"},
            {"name": "derived.gone", "kind": "days_since", "of": "cert.a.until", "label": "距有效期届满"},
            {"name": "derived.plain", "kind": "days_since", "of": "cert.a.until", "label": "届满天数"},
        ],
    }
)
PLAIN = [
    (leaf("derived.left", "ge", 30), "离有效期届满至少30天", "至少30天"),
    (leaf("derived.left", "lt", 30), "离有效期届满不到30天", "不到30天"),
    (leaf("derived.left", "ge", 0), "还没有过有效期届满", "还没有过有效期届满"),
    (leaf("derived.left", "lt", 0), "已经过了有效期届满", "已经过了有效期届满"),
    (leaf("derived.left", "ge", -90), "有效期届满过后不超过90天", "有效期届满过后不超过90天"),
    (leaf("derived.left", "lt", -90), "有效期届满过后超过90天", "有效期届满过后超过90天"),
    (leaf("derived.gone", "ge", 0), "已经到了有效期届满", "已经到了有效期届满"),
    (leaf("derived.gone", "lt", 0), "还没有到有效期届满", "还没有到有效期届满"),
    (leaf("derived.gone", "ge", -30), "到有效期届满不超过30天", "到有效期届满不超过30天"),
    (leaf("derived.plain", "ge", 0), "届满天数至少0天", "至少0天"),
    (leaf("register.b.count", "eq", 0), "没有正在发放的津贴", "没有"),
    (leaf("register.b.count", "lt", 1), "没有正在发放的津贴", "没有"),
    (leaf("register.b.count", "le", 2), "正在发放的津贴不超过2项", "不超过2项"),
    (leaf("register.b.number", "eq", 0), "行政处罚次数是0次", "是0次"),
    (leaf("form.how", "eq", "low"), "缴费档次是“低档，每月900元”", "是“低档，每月900元”"),
    (leaf("form.how", "eq", "high"), "缴费档次是高档", "是高档"),
]


@pytest.mark.parametrize(("condition", "text", "expected"), PLAIN)
def test_numbers_and_days_are_said_as_people_say_them(condition: Any, text: str, expected: str) -> None:
    node = parse_condition(condition)
    assert isinstance(node, Compare)
    assert compare_texts(node, vocabulary=FAR, negated=False) == (text, expected)


@pytest.mark.parametrize(
    ("name", "value", "seen"),
    [
        ("derived.left", date(2026, 12, 30), "还有40天"),
        ("derived.left", date(2026, 11, 20), "就在当天"),
        ("derived.left", date(2026, 11, 10), "已经过了10天"),
        ("derived.gone", date(2026, 11, 10), "10天"),
        ("derived.gone", date(2026, 11, 30), "还有10天"),
        ("register.b.count", 0, "没有"),
        ("register.b.count", 2, "有2项"),
        ("register.b.number", 0, "0次"),
    ],
)
def test_what_was_seen_is_said_the_same_way(name: str, value: Any, seen: str) -> None:
    known = {"cert.a.until" if name.startswith("derived.") else name: Fact.known(value)}
    prepared = PreparedCondition(parse_condition(leaf(name, "ge", 1)), vocabulary=FAR)
    assert prepared.trace(known, on=ON)[1][0].seen == seen


EXPECTED = [
    (LOCAL, "在龙湖区", "不在龙湖区"),
    (AGED, "年满80周岁", "未满80周岁"),
    (leaf("derived.age", "le", 60), "不超过60周岁", "超过60周岁"),
    (leaf("derived.age_at_start", "lt", 18), "未满18周岁", "年满18周岁"),
    (ALIVE, "没有死亡登记", "有死亡登记"),
    (leaf("form.agrees", "eq", value=True), "选“是”", "选“否”"),
    (leaf("form.capital", "ge", "30000"), "至少30000元", "不到30000元"),
    (leaf("form.rooms", "in", [1, 2]), "是1间或2间", "不是1间或2间中的任何一个"),
    (
        leaf("form.level", "in", ["1", "2", "3"]),
        "是“一级”、“二级”或“三级”",
        "不是“一级”、“二级”或“三级”中的任何一个",
    ),
    (leaf("form.level", "not_in", ["1"]), "不是一级", "是一级"),
    (leaf("form.note", "contains", "食品"), "包含“食品”", "不包含“食品”"),
    (leaf("form.start", "le", "2026-11-20"), "不晚于2026年11月20日", "晚于2026年11月20日"),
    (leaf("form.start", "within_days", 30), "在最近30天内", "不在最近30天内"),
    (
        leaf("form.start", "within_months", 6, other="cert.id.birth"),
        "在出生日期前6个月内",
        "不在出生日期前6个月内",
    ),
    (leaf("cert.bank.name", "same_as", other="cert.id.name"), "与姓名一致", "与姓名不一致"),
    (leaf("form.rooms", "gt", other="form.floors"), "多于楼层数", "不多于楼层数"),
    (leaf("form.capital", "le", other="form.capital"), "不高于注册资本", "高于注册资本"),
    (leaf("own.open", "eq", 0), "没有", "有"),
    (leaf("cert.id.name", "present"), "有", "没有"),
    (leaf("form.note", "present"), "已填写", "未填写"),
]


@pytest.mark.parametrize(("condition", "expected", "opposite"), EXPECTED)
def test_what_a_line_of_the_trace_expects(condition: Any, expected: str, opposite: str) -> None:
    node = parse_condition(condition)
    assert isinstance(node, Compare)
    assert compare_texts(node, vocabulary=VOCABULARY, negated=False)[1] == expected
    assert compare_texts(node, vocabulary=VOCABULARY, negated=True)[1] == opposite
