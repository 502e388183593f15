"""Made-up facts keep every line of every check, and nothing of what could tell who it is. No database."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from matters.editions import Compiled, compile_package
from matters.format.package import parse_package
from matters.freezing import freeze
from matters.lint import trying
from matters.writing import inventing, trials
from matters.writing.inventing import NotInventable, invent
from rules import Fact, FactType
from tests.matters.documents import filed

DATA = settings.DATA_DIR
NAMES = sorted(path.stem for path in (DATA / "matters").glob("*.json"))
ON = date(2026, 11, 20)


@cache
def stored(name: str) -> Compiled:
    package = parse_package(json.loads((DATA / "matters" / f"{name}.json").read_text(encoding="utf-8")))
    sources = filed().and_of([package])
    return compile_package(package, vocabulary=freeze(package, sources=sources))


def clear(facts: dict[str, Fact]) -> set[str]:
    """Return every text and date of facts, also inside lists."""
    found: set[str] = set()
    for fact in facts.values():
        parts: list[Any] = [fact.value]
        if isinstance(fact.value, tuple):
            parts = [part for record in fact.value for part in record.values()]
        found |= {str(part) for part in parts if isinstance(part, str | date) and part != ""}
    return found


@pytest.mark.parametrize("name", NAMES)
def test_every_example_can_be_made_up_and_comes_out_the_same(name: str) -> None:
    compiled = stored(name)
    rules = json.dumps([one.model_dump(mode="json") for one in compiled.package.checks], ensure_ascii=False)
    tried = 0
    for trial, example in zip(trying.try_examples(compiled), compiled.package.examples, strict=True):
        try:
            made = invent(trial.facts, sides=[compiled], on=example.on)
        except NotInventable:
            continue
        tried += 1
        again = trials.typed(compiled, trials.raw_of(made))
        assert inventing._shape(again, [compiled], example.on) == inventing._shape(
            {key: fact for key, fact in trial.facts.items() if key in compiled.needed}, [compiled], example.on
        )
        for key, fact in made.items():
            for kept in clear({key: fact}) & clear({key: trial.facts[key]}):
                coarse = compiled.specs[key].type is FactType.CODE or len(kept.rstrip("0")) <= 6
                assert f'"{kept}"' in rules or coarse, (example.name, key, kept)
    assert tried > len(compiled.package.examples) * 0.8


_ANY: dict[FactType, st.SearchStrategy[Any]] = {
    FactType.TEXT: st.text(min_size=1, max_size=20),
    FactType.INTEGER: st.integers(-(10**9), 10**9),
    FactType.MONEY: st.decimals(-(10**9), 10**9, places=2),
    FactType.DATE: st.dates(),
    FactType.BOOLEAN: st.booleans(),
    FactType.DIVISION: st.sampled_from(["44", "4405", "440507", "440507001", "440507000000", "999999", "x"]),
}


@given(data=st.data())
def test_whatever_is_known_comes_out_the_same_or_is_refused(data: st.DataObject) -> None:
    compiled = stored(data.draw(st.sampled_from(NAMES)))
    trial = data.draw(st.sampled_from([one for one in trying.try_examples(compiled) if one.facts]))
    known = {key: fact for key, fact in trial.facts.items() if key in compiled.needed}
    for name in data.draw(st.sets(st.sampled_from(sorted(known)), max_size=5)):
        if (values := _ANY.get(compiled.specs[name].type)) is not None:
            known[name] = Fact.known(data.draw(values))
    try:
        made = invent(known, sides=[compiled], on=ON)
    except NotInventable:
        return
    assert inventing._shape(made, [compiled], ON) == inventing._shape(known, [compiled], ON)
    again = trials.typed(compiled, trials.raw_of(made))
    assert inventing._shape(again, [compiled], ON) == inventing._shape(made, [compiled], ON)


def facts(**other: Any) -> dict[str, Fact]:
    compiled = stored("senior-allowance")
    given = trying.given_facts(compiled, trying.facts_of(compiled.package, compiled.package.examples[0]))
    return given | {key.replace("__", "."): Fact.known(value) for key, value in other.items()}


def test_who_it_is_does_not_stay() -> None:
    compiled = stored("senior-allowance")
    made = invent(facts(), sides=[compiled], on=ON)
    told = json.dumps(trials.raw_of(made), ensure_ascii=False)
    for secret in ("陈秀英", "440507194008209944", "1940-08", "长平路", "6218", "440507003"):
        assert secret not in told
    assert made["applicant.name"].value == made["cert.social_card.name"].value
    assert not any(fact.source for fact in made.values())


def test_what_nothing_asks_for_is_left_out() -> None:
    compiled = stored("senior-allowance")
    assert set(invent(facts(), sides=[compiled], on=ON)) <= compiled.needed


def test_names_that_differ_go_on_differing() -> None:
    made = invent(facts(cert__social_card__name="陈秀珍"), sides=[stored("senior-allowance")], on=ON)
    assert made["applicant.name"].value != made["cert.social_card.name"].value


@pytest.mark.parametrize(
    "born", [date(1946, 11, 20), date(1946, 11, 21), date(1926, 11, 20), date(1927, 2, 1)]
)
def test_a_birth_date_on_the_edge_stays_on_its_side(born: date) -> None:
    made = invent(facts(cert__resident_id__birth_date=born), sides=[stored("senior-allowance")], on=ON)
    other = made["cert.resident_id.birth_date"].value
    assert isinstance(other, date)
    assert other != born
    for years in (80, 90, 100):
        edge = date(2026 - years, 11, 20)
        assert (other <= edge) == (born <= edge)


def test_an_amount_is_made_coarse() -> None:
    assert [str(one) for one in inventing._amounts(Decimal(3580))][:3] == ["4000", "5000", "3000"]


def test_what_only_one_value_can_keep_is_refused() -> None:
    """A day compared for itself cannot be made up: this case is not shown."""
    document = json.loads((DATA / "matters" / "senior-allowance.json").read_text(encoding="utf-8"))
    document["checks"][1]["condition"] = {
        "fact": "cert.resident_id.birth_date",
        "op": "eq",
        "value": "1940-08-20",
    }
    package = parse_package(document)
    sources = filed().and_of([package])
    compiled = compile_package(package, vocabulary=freeze(package, sources=sources))
    with pytest.raises(NotInventable) as refused:
        invent(facts(), sides=[compiled], on=ON)
    assert refused.value.label == "出生日期"
