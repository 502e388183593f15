"""Facts as a form and back: nothing is lost, lists too; what cannot be read is said of its own fact. No database."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from django.conf import settings

from matters.editions import Compiled, compile_package
from matters.format.package import parse_package
from matters.freezing import freeze
from matters.lint import trying
from matters.writing import trials
from portal.catalogue.showing import entering
from rules import Fact, FactSpec, FactType, FieldSpec, UnknownReason
from tests.matters.documents import filed

DATA = settings.DATA_DIR
NAMES = sorted(path.stem for path in (DATA / "matters").glob("*.json"))
FAMILY = FactSpec(
    name="register.family.members",
    type=FactType.LIST,
    label="家庭成员",
    source_label="户籍信息",
    fields={
        "name": FieldSpec(type=FactType.TEXT, label="姓名"),
        "born": FieldSpec(type=FactType.DATE, label="出生日期"),
        "income": FieldSpec(type=FactType.MONEY, label="月收入"),
        "works": FieldSpec(type=FactType.BOOLEAN, label="在职"),
    },
)


@cache
def compiled(name: str) -> Compiled:
    package = parse_package(json.loads((DATA / "matters" / f"{name}.json").read_text(encoding="utf-8")))
    sources = filed().and_of([package])
    return compile_package(package, vocabulary=freeze(package, sources=sources))


def posted(lines: list[tuple[str, list[entering.Line]]]) -> dict[str, str]:
    """Return what a browser posts of the form as it was drawn."""
    found: dict[str, str] = {}
    for _, group in lines:
        for line in group:
            found[f"u.{line.name}"] = line.reason
            for box in [*line.boxes, *(box for record in line.records for box in record)]:
                assert not box.options or box.value in dict(box.options), (box.name, box.value)
                found[box.name] = box.value
    return found


def again(specs: dict[str, FactSpec], raw: dict[str, Any], edition: Compiled) -> entering.Entered:
    return entering.entered(specs, posted(entering.lines(specs, raw, compiled=edition, errors={})))


@pytest.mark.parametrize("name", NAMES)
def test_every_example_comes_back_as_it_was(name: str) -> None:
    edition = compiled(name)
    specs = trials.asked(edition)
    for trial in trying.try_examples(edition):
        raw = {key: value for key, value in trials.raw_of(trial.facts).items() if key in specs}
        entered = again(specs, raw, edition)
        assert not entered.errors
        absent = {key: {"unknown": UnknownReason.NOT_ASKED.value} for key in specs if key not in raw}
        assert entered.raw == {**raw, **absent}, trial.name


def test_a_list_has_a_row_a_record_and_one_more() -> None:
    edition, specs = compiled(NAMES[0]), {FAMILY.name: FAMILY}
    records = [
        {"name": "某甲", "born": "1990-01-01", "income": "1200.50", "works": True},
        {"name": "某乙", "born": None, "income": None, "works": False},
    ]
    (_, (line,)), *_ = entering.lines(specs, {FAMILY.name: records}, compiled=edition, errors={})
    assert len(line.records) == 3
    entered = again(specs, {FAMILY.name: records}, edition)
    assert entered.raw == {FAMILY.name: records}
    told = posted(entering.lines(specs, {FAMILY.name: records}, compiled=edition, errors={}))
    gone = told | {name: "" for name in told if ".0." in name}
    assert entering.entered(specs, gone).raw == {FAMILY.name: records[1:]}
    more = told | {f"v.{FAMILY.name}.2.name": "某丙"}
    added = entering.entered(specs, more).raw[FAMILY.name]
    assert [record["name"] for record in added] == ["某甲", "某乙", "某丙"]
    wrong = entering.entered(specs, told | {f"v.{FAMILY.name}.0.born": "昨天"})
    assert set(wrong.errors) == {FAMILY.name}


@pytest.mark.parametrize(
    ("kind", "text", "raw"),
    [
        (FactType.INTEGER, "12", 12),
        (FactType.INTEGER, "1,200", 1200),
        (FactType.INTEGER, "-", None),
        (FactType.MONEY, "￥100.5元", "100.5"),
        (FactType.MONEY, "很多", None),
        (FactType.DATE, "1946年1月5日", "1946-01-05"),
        (FactType.DATE, "1946-02-30", None),
        (FactType.BOOLEAN, "true", True),
        (FactType.BOOLEAN, "maybe", None),
        (FactType.TEXT, " 某甲 ", "某甲"),
    ],
)
def test_what_is_typed(kind: FactType, text: str, raw: object) -> None:
    spec = FactSpec(name="form.one", type=kind, label="这一项")
    entered = entering.entered({"form.one": spec}, {"v.form.one": text})
    assert (entered.raw["form.one"] if not entered.errors else None) == raw
    assert bool(entered.errors) == (raw is None)


def test_nothing_typed_is_known_to_be_empty_and_a_reason_wins() -> None:
    spec = FactSpec(name="form.one", type=FactType.TEXT, label="这一项")
    assert entering.entered({"form.one": spec}, {}).raw == {"form.one": None}
    told = {"v.form.one": "某甲", "u.form.one": "EXPIRED"}
    assert entering.entered({"form.one": spec}, told).raw == {"form.one": {"unknown": "EXPIRED"}}
    assert (
        entering.entered({"form.one": spec}, {"u.form.one": "?", "v.form.one": "某甲"}).raw["form.one"]
        == "某甲"
    )


def test_what_came_out_says_both_where_they_differ() -> None:
    edition = compiled("senior-allowance")
    facts, on = trials.example_facts(edition, name="86 周岁，全部符合")
    tried = trials.judge(facts, draft=edition, in_force=edition, on=on)
    assert tried.draft == tried.in_force
    unread = trials.judge({"applicant.name": 7}, draft=edition, in_force=None, on=on)
    assert unread.draft.kind == "REFER"
    assert trials.typed(edition, {"applicant.name": 7})["applicant.name"] == Fact.unknown(
        UnknownReason.UNREADABLE
    )
