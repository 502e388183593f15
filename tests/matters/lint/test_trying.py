from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from matters.lint.trying import UnusableFacts, facts_of, given_facts, try_examples
from rules import FactType, Truth, UnknownReason, VerdictKind
from rules.language.values import Fact
from tests.matters.documents import ALLOWANCE, SHIPPED, TEST_MADE, changed, compiled, read


@pytest.mark.parametrize("path", [*SHIPPED, TEST_MADE], ids=lambda path: path.stem)
def test_every_example_comes_out_as_the_package_says(path):
    trials = try_examples(compiled(read(path)))
    assert len(trials) >= 6
    assert [(trial.name, trial.faults) for trial in trials if trial.faults] == []


@pytest.mark.parametrize("path", [*SHIPPED, TEST_MADE], ids=lambda path: path.stem)
def test_an_unknown_fact_grants_only_where_no_value_of_it_could_matter(path):
    """Take each granted example and forget one needed fact at a time: it must not be granted any more.

    Where one of two ways is proven already (`any`), it may: then every value of the fact must give the same grant.
    """
    edition = compiled(read(path))
    trials = try_examples(edition)
    granted = [trial for trial in trials if trial.verdict and trial.verdict.kind is VerdictKind.GRANT]
    assert granted
    for trial, example in [(t, e) for t in granted for e in edition.package.examples if e.name == t.name]:
        for name in edition.needed:
            facts = dict(trial.facts)
            facts.pop(name, None)
            blind = edition.judge(facts, on=example.on)
            if blind.kind is not VerdictKind.GRANT:
                continue
            for value in possible(edition, name, trials):
                seen = edition.judge(facts | {name: Fact.known(value, None)}, on=example.on)
                assert (seen.kind, seen.outcome) == (blind.kind, blind.outcome), (name, value)


@pytest.mark.parametrize("path", [*SHIPPED, TEST_MADE], ids=lambda path: path.stem)
def test_with_every_source_silent_nothing_is_granted(path):
    edition = compiled(read(path))
    sources = {name.rsplit(".", 1)[0] for name in edition.needed if name.startswith(("cert.", "register."))}
    assert sources
    for trial in try_examples(edition):
        example = next(one for one in edition.package.examples if one.name == trial.name)
        everything = {
            name: fact for name, fact in trial.facts.items() if name.rsplit(".", 1)[0] not in sources
        }
        assert edition.judge(everything, on=example.on).kind is not VerdictKind.GRANT, trial.name


def possible(edition, name, trials):
    """Return values a fact may have: all codes, both truths, the extremes, and what any example says."""
    spec = edition.specs[name]
    seen = [fact.value for trial in trials if (fact := trial.facts.get(name)) and not fact.missing]
    match spec.type:
        case FactType.CODE:
            return list(spec.codes)
        case FactType.BOOLEAN:
            return [True, False]
        case FactType.INTEGER:
            return [*seen, -1, 0, 1, 10**6]
        case FactType.DATE:
            return [*seen, date(1900, 1, 1), date(2100, 1, 1)]
        case FactType.DIVISION:
            return [*seen, "440507", "440511", "110101"]
        case _:
            return [*seen, "", "别的"]


def test_an_example_takes_over_the_facts_of_its_base():
    edition = compiled(read(ALLOWANCE))
    example = next(each for each in edition.package.examples if each.name == "今天满 80 周岁")
    facts = given_facts(edition, facts_of(edition.package, example))
    assert facts["cert.resident_id.birth_date"].value == date(1946, 11, 20)
    assert facts["applicant.name"].value == "陈秀英"


def test_a_whole_source_can_be_unknown_but_holding_is_known_apart():
    edition = compiled(read(ALLOWANCE))
    facts = given_facts(
        edition, {"cert.resident_id.held": True, "cert.resident_id.*": {"unknown": "EXPIRED"}}
    )
    assert facts["cert.resident_id.held"].value is True
    assert facts["cert.resident_id.birth_date"].missing is UnknownReason.EXPIRED
    assert len(facts) == 4


def test_a_circle_of_examples_is_named():
    document = changed(read(ALLOWANCE), "examples[0].based_on", "今天满 80 周岁")
    trials = try_examples(compiled(document))
    assert trials[0].verdict is None
    assert "循环" in trials[0].faults[0][1]


def test_every_unusable_fact_is_named():
    edition = compiled(read(ALLOWANCE))
    raw = {
        "cert.resident_id.birth_date": 1946,
        "form.account": "cash",
        "own.granted": "two",
        "nothing.at_all": 1,
    }
    with pytest.raises(UnusableFacts) as refused:
        given_facts(edition, raw)
    assert [name for name, _ in refused.value.problems] == list(raw)


def test_an_outcome_is_judged_by_its_typed_value():
    edition = compiled(read(ALLOWANCE))
    trial = next(each for each in try_examples(edition) if each.name == "101 周岁领 500 元")
    assert trial.verdict is not None
    assert trial.verdict.outcome is not None
    assert trial.verdict.outcome.values["monthly_amount"] == Decimal(500)


def test_list_facts_keep_their_types():
    edition = compiled(read(TEST_MADE))
    raw = {"register.library_loans.loans": [{"title": "书", "due_on": "2026-12-01", "overdue": True}]}
    facts = given_facts(edition, raw)
    verdict = edition.judge(facts, on=date(2026, 11, 20))
    found = {finding.check_code: finding.outcome for finding in verdict.findings}
    assert found["nothing_overdue"] is Truth.FAIL
    assert found["residence"] is Truth.UNKNOWN
