"""What must hold for any tree and any facts."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rules import (
    Check,
    Fact,
    PreparedCondition,
    Truth,
    UnknownReason,
    VerdictKind,
    facts_from_json,
    facts_to_json,
    judge,
    parse_condition,
    parse_outcome_table,
    problems,
    sentence,
    verdict_from_json,
    verdict_to_json,
)
from tests.rules.making import ON, VALUES, VOCABULARY, check, facts, reasons, trees, typed_facts

GRANT = VerdictKind.GRANT
MANY = 2 * settings().max_examples  # for the laws everything rests on
several = st.lists(trees, min_size=1, max_size=3)
tables = st.lists(trees, max_size=3).map(
    lambda trees: parse_outcome_table(
        {
            "columns": {"amount": {"type": "money", "label": "金额"}},
            "rows": [{"when": tree, "values": {"amount": f"{index}.00"}} for index, tree in enumerate(trees)]
            + [{"values": {"amount": "99.00"}}],
        }
    )
)
maybe_tables = st.none() | tables


def checks_of(documents: list[Any]) -> tuple[Check, ...]:
    kinds: list[dict[str, Any]] = [{}, {"on_fail": "supplement", "opens": ["form.rooms"]}]
    return tuple(check(tree, code=f"c{index}", **kinds[index % 2]) for index, tree in enumerate(documents))


@given(several, typed_facts, maybe_tables, st.data())
@settings(max_examples=MANY)
def test_forgetting_never_leads_to_grant(
    documents: list[Any], known: Any, table: Any, data: st.DataObject
) -> None:
    """No known fact turned UNKNOWN, or left out, makes a GRANT of what was none."""
    checks = checks_of(documents)
    before = judge(checks, known, vocabulary=VOCABULARY, on=ON, outcome_table=table)
    names = data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set()
    blurred: dict[str, Fact] = dict(known)
    for name in names:
        if data.draw(st.booleans()):
            del blurred[name]
        else:
            blurred[name] = Fact.unknown(data.draw(reasons))
    after = judge(checks, blurred, vocabulary=VOCABULARY, on=ON, outcome_table=table)
    if after.kind is GRANT:
        assert before.kind is GRANT
        assert after.outcome == before.outcome


@given(trees, typed_facts, st.data())
@settings(max_examples=MANY)
def test_knowing_less_only_makes_unknown(document: Any, known: Any, data: st.DataObject) -> None:
    """The stronger law behind the one above: PASS and FAIL stand, whatever an unknown fact turns out to be."""
    prepared = PreparedCondition(parse_condition(document), vocabulary=VOCABULARY)
    blurred = dict(known)
    for name in data.draw(st.sets(st.sampled_from(sorted(known)))) if known else set():
        blurred[name] = blurred_fact(known[name], data)
    before, after = prepared.holds(known, on=ON), prepared.holds(blurred, on=ON)
    assert after in {Truth.UNKNOWN, before}


def blurred_fact(fact: Fact, data: st.DataObject) -> Fact:
    """Forget a fact, or of a list only some fields of its records."""
    if not isinstance(fact.value, tuple) or data.draw(st.booleans()):
        return Fact.unknown(data.draw(reasons))
    records = []
    for record in fact.value:
        gone = data.draw(st.sets(st.sampled_from(sorted(record)))) if record else set()
        records.append(
            {name: UnknownReason.UNREACHABLE if name in gone else part for name, part in record.items()}
        )
    return Fact.known(tuple(records))


@given(several, typed_facts)
def test_nothing_known_never_grants(documents: list[Any], known: Any) -> None:
    nothing: dict[str, Fact] = {name: Fact.unknown(UnknownReason.UNAUTHORISED) for name in known}
    for given_facts in (nothing, {}):
        found = judge(checks_of(documents), given_facts, vocabulary=VOCABULARY, on=ON)
        assert found.kind is not GRANT
        assert {finding.outcome for finding in found.findings} == {Truth.UNKNOWN}


@given(several, typed_facts, maybe_tables, st.data())
def test_the_order_of_checks_changes_nothing(
    documents: list[Any], known: Any, table: Any, data: st.DataObject
) -> None:
    checks = checks_of(documents)
    shuffled = data.draw(st.permutations(checks))
    one = judge(checks, known, vocabulary=VOCABULARY, on=ON, outcome_table=table)
    other = judge(shuffled, known, vocabulary=VOCABULARY, on=ON, outcome_table=table)
    assert (one.kind, one.outcome, set(one.opens)) == (other.kind, other.outcome, set(other.opens))
    assert {finding.check_code: finding for finding in one.findings} == {
        finding.check_code: finding for finding in other.findings
    }


@given(trees, typed_facts)
def test_not_turns_round_and_twice_is_nothing(document: Any, known: Any) -> None:
    def truth(tree: Any) -> Truth:
        return PreparedCondition(parse_condition(tree), vocabulary=VOCABULARY).holds(known, on=ON)

    turned = {Truth.PASS: Truth.FAIL, Truth.FAIL: Truth.PASS, Truth.UNKNOWN: Truth.UNKNOWN}
    straight = truth_or_none(document, truth)
    if straight is not None and (reversed_ := truth_or_none({"not": document}, truth)) is not None:
        assert reversed_ is turned[straight]


def truth_or_none(document: Any, truth: Any) -> Truth | None:
    """A tree at the bound of depth cannot be wrapped once more."""
    try:
        found: Truth = truth(document)
    except ValueError:
        return None
    return found


@given(trees, typed_facts)
def test_the_trace_agrees_with_the_plain_answer(document: Any, known: Any) -> None:
    prepared = PreparedCondition(parse_condition(document), vocabulary=VOCABULARY)
    truth, leaves = prepared.trace(known, on=ON)
    assert truth is prepared.holds(known, on=ON)
    assert leaves
    for leaf in leaves:
        assert leaf.sentence
        assert leaf.expected
        assert leaf.seen
        assert (leaf.reason is not None) == (leaf.outcome is Truth.UNKNOWN)


@given(trees)
def test_every_tree_can_be_said_and_linted(document: Any) -> None:
    condition = parse_condition(document)
    assert sentence(condition, vocabulary=VOCABULARY)
    problems(condition, VOCABULARY)


class Odd:
    """A thing no collector should ever hand over."""

    def __eq__(self, _other: object) -> bool:
        raise RuntimeError("do not compare me")

    __hash__ = None  # type: ignore[assignment]


odd_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=4),
    st.binary(max_size=4),
    st.decimals(),
    st.dates(),
    st.datetimes(),
    st.builds(Odd),
    st.sampled_from(
        [Decimal("1E+1000000"), 10**5000, date.max, date.min, "\ud800", "９" * 6, *VALUES.values()]
    ),
    st.lists(
        st.one_of(st.integers(), st.dictionaries(st.sampled_from(["age", "amount", "name"]), st.builds(Odd)))
    ),
    st.tuples(
        st.dictionaries(st.sampled_from(["age", "kind", "since", "place"]), st.one_of(st.text(), st.floats()))
    ),
)
odd_facts = st.one_of(
    odd_values,
    st.builds(Fact, odd_values),
    st.builds(Fact, odd_values, st.none(), st.one_of(reasons, st.just("WHY"), st.just([]))),
)


@given(several, st.dictionaries(st.sampled_from(sorted(VALUES)), odd_facts), maybe_tables, st.dates())
@settings(max_examples=MANY)
def test_judging_never_raises(documents: list[Any], given_facts: Any, table: Any, on: date) -> None:
    judge(checks_of(documents), facts() | given_facts, vocabulary=VOCABULARY, on=on, outcome_table=table)


@given(typed_facts)
def test_facts_come_back_from_json_exactly(known: Any) -> None:
    back = facts_from_json(json.loads(json.dumps(facts_to_json(known))))
    assert back == known
    assert repr(back) == repr(known)


@given(several, typed_facts, maybe_tables)
def test_a_stored_judgement_replays_to_the_same_verdict(documents: list[Any], known: Any, table: Any) -> None:
    checks = checks_of(documents)
    first = judge(checks, known, vocabulary=VOCABULARY, on=ON, outcome_table=table)
    stored_facts = json.loads(json.dumps(facts_to_json(known)))
    stored_verdict = json.loads(json.dumps(verdict_to_json(first)))
    again = judge(checks, facts_from_json(stored_facts), vocabulary=VOCABULARY, on=ON, outcome_table=table)
    assert again == first
    assert verdict_from_json(stored_verdict) == first
    assert repr(verdict_from_json(stored_verdict)) == repr(first)
    assert verdict_to_json(again) == stored_verdict
