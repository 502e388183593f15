"""A vocabulary with a fact of every type, facts that hold, and Hypothesis strategies for trees and facts."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from rules import Check, Fact, Source, SourceKind, UnknownReason, Vocabulary, parse_checks, parse_vocabulary

ON = date(2026, 11, 20)
SOURCE = Source(SourceKind.CERTIFICATE, "cert.hukou.division", "居民户口簿", "H-1", 2, "division")
FIELDS: dict[str, dict[str, Any]] = {
    "amount": {"type": "money", "label": "金额"},
    "age": {"type": "integer", "label": "年龄", "unit": "周岁"},
    "kind": {"type": "code", "label": "种类", "codes": {"a": "甲类", "b": "乙类"}},
    "name": {"type": "text", "label": "姓名", "personal": True},
    "local": {"type": "boolean", "label": "是否本地"},
    "since": {"type": "date", "label": "起始日期"},
    "place": {"type": "division", "label": "所在地"},
}
SPECS: list[dict[str, Any]] = [
    {"name": "form.note", "type": "text", "label": "说明"},
    {"name": "form.rooms", "type": "integer", "label": "房间数", "unit": "间"},
    {"name": "form.floors", "type": "integer", "label": "楼层数", "unit": "层"},
    {"name": "form.capital", "type": "money", "label": "注册资本"},
    {"name": "form.start", "type": "date", "label": "开始日期"},
    {"name": "form.agrees", "type": "boolean", "label": "是否同意"},
    {"name": "form.level", "type": "code", "label": "等级", "codes": {"1": "一级", "2": "二级", "3": "三级"}},
    {"name": "cert.hukou.division", "type": "division", "label": "户籍所在地", "source_label": "居民户口簿"},
    {
        "name": "cert.id.birth",
        "type": "date",
        "label": "出生日期",
        "personal": True,
        "source_label": "居民身份证",
    },
    {"name": "cert.id.name", "type": "text", "label": "姓名", "personal": True, "source_label": "居民身份证"},
    {"name": "cert.id.number", "type": "text", "label": "证件号码", "personal": True},
    {
        "name": "cert.bank.name",
        "type": "text",
        "label": "户名",
        "personal": True,
        "source_label": "社会保障卡",
    },
    {
        "name": "register.civil.dead",
        "type": "boolean",
        "label": "死亡登记",
        "true_text": "有死亡登记",
        "false_text": "没有死亡登记",
        "source_label": "民政婚丧登记",
    },
    {"name": "register.family.members", "type": "list", "label": "家庭成员", "unit": "人", "fields": FIELDS},
    {"name": "own.open", "type": "integer", "label": "在办的申请", "unit": "件"},
]
VOCABULARY: Vocabulary = parse_vocabulary(
    {
        "specs": SPECS,
        "derived": [
            {"name": "derived.age", "kind": "age", "of": "cert.id.birth", "label": "年龄"},
            {
                "name": "derived.city",
                "kind": "division_prefix",
                "of": "cert.hukou.division",
                "label": "市",
                "length": 4,
            },
            {
                "name": "derived.age_at_start",
                "kind": "age",
                "of": "cert.id.birth",
                "at": "form.start",
                "label": "开始那天的年龄",
            },
            {
                "name": "derived.workdays",
                "kind": "workdays_since",
                "of": "form.start",
                "label": "距开始日期",
            },
            {
                "name": "derived.income",
                "kind": "sum",
                "of": "register.family.members",
                "field": "amount",
                "label": "家庭收入",
            },
        ],
        "divisions": {"4405": "示例市", "440507": "龙湖区", "440507001": "珠池街道"},
        "version": "1",
    }
)
PERSON: dict[str, Any] = {
    "amount": Decimal("100.00"),
    "age": 20,
    "kind": "a",
    "name": "陈小明",
    "local": True,
    "since": date(2020, 1, 1),
    "place": "440507",
}
VALUES: dict[str, Any] = {
    "form.note": "仅销售预包装食品",
    "form.rooms": 3,
    "form.floors": 2,
    "form.capital": Decimal("30000.00"),
    "form.start": date(2026, 11, 1),
    "form.agrees": True,
    "form.level": "2",
    "cert.hukou.division": "440507001",
    "cert.id.birth": date(1946, 8, 20),
    "cert.id.name": "陈秀英",
    "cert.id.number": "440507194608209980",
    "cert.bank.name": "陈 秀英",
    "register.civil.dead": False,
    "register.family.members": (PERSON, PERSON | {"age": 10, "kind": "b"}),
    "own.open": 0,
    "derived.workdays": 14,
}


def facts(**changes: Any) -> dict[str, Fact]:
    """Return known facts of every name; changes are given with __ for the dot, a reason makes a fact unknown."""
    merged = VALUES | {name.replace("__", "."): value for name, value in changes.items()}
    return {
        name: Fact.unknown(value) if isinstance(value, UnknownReason) else Fact.known(value)
        for name, value in merged.items()
    }


def check(condition: Any, *, code: str = "one", **more: Any) -> Check:
    """Return a check with made-up words."""
    words = {"pass": "通过了", "fail": "没有通过", "unknown": "不能核实"}
    made = {"code": code, "name": f"核验{code}", "condition": condition, "told": words}
    basis = {"law": "某办法", "article": "第四条", "text": "应当"}
    return parse_checks([made | {"basis": basis} | more])[0]


# --- strategies ------------------------------------------------------------------------------------------------------
_CONSTANTS: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text("陈秀 ·Xx1", min_size=1, max_size=5).filter(lambda text: bool(text.strip())),
    "integer": st.integers(-3, 90),
    "money": st.decimals("-5", "99", places=2).map(str),
    "date": st.dates(date(1940, 1, 1), date(2030, 1, 1)).map(date.isoformat),
    "boolean": st.booleans(),
    "division": st.sampled_from(["44", "4405", "440507", "440507001", "440500", "4401"]),
}
_OPS = {
    "text": ["eq", "ne", "contains", "starts_with", "same_as"],
    "integer": ["eq", "ne", "lt", "le", "gt", "ge"],
    "money": ["eq", "ne", "lt", "le", "gt", "ge"],
    "date": ["eq", "ne", "lt", "le", "gt", "ge", "within_days", "within_months"],
    "boolean": ["eq", "ne"],
    "code": ["eq", "ne"],
    "division": ["eq", "ne", "within"],
}
_TYPED: dict[str, dict[str, Any]] = {spec["name"]: spec for spec in SPECS} | {
    "derived.age": {"type": "integer"},
    "derived.city": {"type": "division"},
    "derived.age_at_start": {"type": "integer"},
    "derived.workdays": {"type": "integer"},
    "derived.income": {"type": "money"},
}
_PERIODS = ("within_days", "within_months")


def _comparisons(specs: dict[str, dict[str, Any]]) -> st.SearchStrategy[Any]:
    return st.sampled_from(sorted(specs)).flatmap(lambda name: _comparison(name, specs[name], specs))


def _comparison(name: str, spec: dict[str, Any], specs: dict[str, dict[str, Any]]) -> st.SearchStrategy[Any]:
    kind = spec["type"]
    presence = st.sampled_from(["present", "absent"]).map(lambda op: {"fact": name, "op": op})
    if kind == "list":
        return presence
    constants = st.sampled_from(sorted(spec["codes"])) if kind == "code" else _CONSTANTS[kind]
    ops = st.sampled_from(_OPS[kind])
    lengths = st.sampled_from([1, 12, 30, 400])
    single = st.builds(
        lambda op, value, length: {"fact": name, "op": op, "value": length if op in _PERIODS else value},
        ops,
        constants,
        lengths,
    )
    many = st.builds(
        lambda op, values: {"fact": name, "op": op, "value": values},
        st.sampled_from(["in", "not_in"]),
        st.lists(constants, min_size=1, max_size=3),
    )
    others = sorted(other for other, its in specs.items() if its["type"] == kind)
    pair = st.builds(
        lambda op, other, length: (
            {"fact": name, "op": op, "other": other} | ({"value": length} if op in _PERIODS else {})
        ),
        ops,
        st.sampled_from(others),
        lengths,
    )
    return st.one_of(single, pair, presence) if kind == "boolean" else st.one_of(single, many, pair, presence)


def _groups(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(parts, min_size=1, max_size=3)
    grouped = st.builds(lambda key, inner: {key: inner}, st.sampled_from(["all", "any"]), lists)
    return grouped | parts.map(lambda part: {"not": part})


_ITEMS = _comparisons({f"item.{name}": spec for name, spec in FIELDS.items()} | _TYPED)
_WHERE = st.recursive(_ITEMS, _groups, max_leaves=3)
_QUANTIFIED = st.builds(
    lambda key, where: {key: "register.family.members", "where": where},
    st.sampled_from(["some", "every", "none"]),
    _WHERE,
)
_COUNTED = st.builds(
    lambda op, value, where: {"count": "register.family.members", "op": op, "value": value} | where,
    st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]),
    st.integers(0, 3),
    st.one_of(st.just({}), _WHERE.map(lambda where: {"where": where})),
)
trees = st.recursive(_comparisons(_TYPED) | _QUANTIFIED | _COUNTED, _groups, max_leaves=6)

reasons = st.sampled_from(UnknownReason)
_KNOWN: dict[str, st.SearchStrategy[Any]] = _CONSTANTS | {
    "money": st.decimals("-5", "99", places=2),
    "date": st.dates(date(1940, 1, 1), date(2030, 1, 1)),
}


def _values(spec: dict[str, Any]) -> st.SearchStrategy[Any]:
    if spec["type"] == "list":
        records = st.fixed_dictionaries(
            {}, optional={name: _field(inner) for name, inner in spec["fields"].items()}
        )
        return st.lists(records, max_size=3).map(tuple)
    return st.sampled_from(sorted(spec["codes"])) if spec["type"] == "code" else _KNOWN[spec["type"]]


def _field(spec: dict[str, Any]) -> st.SearchStrategy[Any]:
    return st.one_of(_values(spec), st.none(), reasons)


def _facts(spec: dict[str, Any]) -> st.SearchStrategy[Fact]:
    known = st.one_of(_values(spec), st.none()).map(lambda value: Fact.known(value, SOURCE))
    return st.one_of(known, known, reasons.map(Fact.unknown))


# Working days are counted where facts are collected, so they come with the facts.
_GIVEN: list[dict[str, Any]] = [*SPECS, {"name": "derived.workdays", "type": "integer"}]
typed_facts = st.fixed_dictionaries({}, optional={spec["name"]: _facts(spec) for spec in _GIVEN})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
