"""Exactly what a set of conditions needs."""

from rules import certificates_needed, facts_needed, parse_condition, parse_outcome_table, registers_needed
from rules.linting.reading import Readables
from tests.rules.making import VOCABULARY, check

AGED = parse_condition({"not": {"all": [{"fact": "derived.age", "op": "ge", "value": 80}]}})
FAMILY = check(
    {
        "every": "register.family.members",
        "where": {"fact": "item.name", "op": "ne", "other": "cert.bank.name"},
    }
)
TABLE = parse_outcome_table(
    {
        "columns": {"a": {"type": "integer", "label": "甲"}},
        "rows": [
            {"when": {"fact": "derived.city", "op": "within", "value": "4405"}, "values": {"a": 1}},
            {"values": {"a": 2}},
        ],
    }
)


def test_names_as_written() -> None:
    assert facts_needed(AGED) == {"derived.age"}
    assert facts_needed([AGED, FAMILY], TABLE) == {
        "derived.age",
        "derived.city",
        "register.family.members",
        "cert.bank.name",
    }


def test_with_a_vocabulary_what_must_be_fetched() -> None:
    everything: tuple[Readables, ...] = ([AGED], (FAMILY,), TABLE, None)
    assert facts_needed(*everything, vocabulary=VOCABULARY) == {
        "cert.id.birth",
        "cert.hukou.division",
        "register.family.members",
        "cert.bank.name",
    }
    assert certificates_needed(*everything, vocabulary=VOCABULARY) == {"id", "hukou", "bank"}
    assert registers_needed(*everything, vocabulary=VOCABULARY) == {"family"}
    assert facts_needed() == frozenset()
    assert facts_needed(one for one in [AGED]) == {"derived.age"}
