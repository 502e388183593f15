"""Preparing a condition and holding it against facts in three values, with one line for each compared fact.

A condition is prepared once: names typed, sentences worded, `not` pushed down to the comparisons (De Morgan
holds in Kleene's logic), so that each line of the trace says what was really asked and judging does little.
"""

from datetime import date
from typing import Any

from rules.judging.groups import Group, Records
from rules.judging.lookups import NO_ITEM, Operand, operand
from rules.judging.steps import (
    DAY,
    Comparison,
    Pairing,
    Period,
    Presence,
    Record,
    Step,
    Unreadable,
    leaves,
)
from rules.language.comparing import NEGATIVE, TESTS, WrongValue, compared, constant, operators
from rules.language.derived import Derivation, derive
from rules.language.invalid import join
from rules.language.tree import (
    PERIOD_OPS,
    AllOf,
    AnyOf,
    Compare,
    Count,
    Every,
    Node,
    NoneOf,
    Not,
    Op,
    Some,
    facts_named,
)
from rules.language.values import Facts, Leaf, Truth
from rules.language.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary
from rules.wording.sentences import compare_texts, empty_text, pair_labels, records_text, settled


class PreparedCondition:
    """A condition ready to be held against facts any number of times."""

    __slots__ = ("_derivations", "_step")

    def __init__(self, condition: Node, *, vocabulary: Vocabulary) -> None:
        """Prepare once."""
        self._step = prepare_step(condition, vocabulary=vocabulary)
        self._derivations = derivations_for(facts_named(condition), vocabulary=vocabulary)

    def holds(self, facts: Facts, *, on: date) -> Truth:
        """Return the truth alone."""
        return self._step.weigh(with_derived(facts, derivations=self._derivations, on=on), NO_ITEM)[0]

    def trace(self, facts: Facts, *, on: date) -> tuple[Truth, tuple[Leaf, ...]]:
        """Return the truth with one line for each compared fact."""
        records: list[Record] = []
        truth = self._step.trace(with_derived(facts, derivations=self._derivations, on=on), records)
        return truth, leaves(records)


def holds(condition: Node, facts: Facts, *, vocabulary: Vocabulary, on: date) -> Truth:
    """Return whether the condition holds: for visibility, situations, anything that needs no trace."""
    return PreparedCondition(condition, vocabulary=vocabulary).holds(facts, on=on)


def prepare_step(condition: Node, *, vocabulary: Vocabulary) -> Step:
    """Return the prepared tree alone; who uses it adds the derived facts."""
    return _Preparing(vocabulary).step(condition, "", negated=False)


def derivations_for(names: frozenset[str], *, vocabulary: Vocabulary) -> tuple[Derivation, ...]:
    """Return the derivations these names need, in the order they build on each other."""
    wanted, found = set(names), []
    for derivation in reversed(vocabulary.derived):
        if derivation.name in wanted:
            wanted.update(derivation.origins)
            found.append(derivation)
    return tuple(reversed(found))


def with_derived(facts: Facts, *, derivations: tuple[Derivation, ...], on: date) -> Facts:
    """Return the facts with the day and the derived ones; a derived fact handed in from outside never counts.

    Except working days, which only a calendar can tell: they were counted when the facts were collected.
    """
    complete: dict[str, Any] = {**facts, DAY: on}
    if derivations:
        complete.update(derive(facts, derivations=derivations, on=on))
    return complete


class _Preparing:
    """Turns nodes of one vocabulary into steps."""

    def __init__(self, vocabulary: Vocabulary, within: FactSpec | None = None) -> None:
        self._vocabulary = vocabulary
        self._within = within

    def step(self, node: Node, path: str, *, negated: bool) -> Step:
        if isinstance(node, Not):
            return self.step(node.part, join(path, "not"), negated=not negated)
        if isinstance(node, AllOf | AnyOf):
            return self._group(node, path, negated=negated)
        if isinstance(node, Compare):
            return self._compare(node, path, negated=negated)
        return self._records(node, path, negated=negated)

    def _group(self, node: AllOf | AnyOf, path: str, *, negated: bool) -> Step:
        key = "all" if isinstance(node, AllOf) else "any"
        paths = [join(path, f"{key}[{index}]") for index in range(len(node.parts))]
        parts = [self.step(part, at, negated=negated) for part, at in zip(node.parts, paths, strict=True)]
        return Group(parts, joint=isinstance(node, AllOf) is not negated)

    def _compare(self, node: Compare, path: str, *, negated: bool) -> Step:
        texts = compare_texts(node, vocabulary=self._vocabulary, within=self._within, negated=negated)
        spec = self._vocabulary.get(node.fact, within=self._within)
        if spec is None or node.op not in operators(spec.type, rules=self._vocabulary.rules):
            return Unreadable(path=path, texts=texts)
        op, turned = settled(node, negated=negated)
        line: Any = {"path": path, "texts": texts, "positive": (op not in NEGATIVE) is not turned}
        left = operand(node.fact, spec, vocabulary=self._vocabulary)
        op = NEGATIVE.get(op, op)
        if op is Op.PRESENT:
            return Presence(left, **line)
        if op in PERIOD_OPS:
            return self._period(node, left, spec, line)
        if node.other is not None:
            return self._pairing(node, left, spec, line | {"test": TESTS[op]})
        return self._comparison(node, left, spec, line | {"test": TESTS[op]})

    def _right(self, node: Compare, spec: FieldSpec) -> Operand | None:
        """Return the other fact, None where it does not exist or is of another type."""
        other = self._vocabulary.get(node.other or "", within=self._within)
        if other is None or other.type is not spec.type:
            return None
        return operand(node.other or "", other, vocabulary=self._vocabulary)

    def _period(self, node: Compare, left: Operand, spec: FieldSpec, line: Any) -> Step:
        until = self._right(node, spec)
        if node.other is not None and until is None:
            return Unreadable(path=line["path"], texts=line["texts"])
        length = node.value if isinstance(node.value, int) else 0
        return Period(left, until, op=node.op, length=length, **line)

    def _pairing(self, node: Compare, left: Operand, spec: FieldSpec, line: Any) -> Step:
        right = self._right(node, spec)
        if right is None:
            return Unreadable(path=line["path"], texts=line["texts"])
        if node.op is Op.SAME_AS:
            line["test"] = self._same
        labels = pair_labels(node, vocabulary=self._vocabulary, within=self._within)
        return Pairing(left, right, labels=labels, **line)

    def _same(self, value: str, other: str) -> bool:
        normalised = self._vocabulary.rules.normalised
        return value == other or normalised(value) == normalised(other)

    def _comparison(self, node: Compare, left: Operand, spec: FieldSpec, line: Any) -> Step:
        try:
            given = _constants(node, spec, self._vocabulary)
        except WrongValue:
            return Unreadable(path=line["path"], texts=line["texts"])
        if node.op is Op.SAME_AS:
            normalised = self._vocabulary.rules.normalised
            line["test"] = lambda value, text: normalised(value) == text
        return Comparison(left, constant=given, **line)

    def _records(self, node: Some | Every | NoneOf | Count, path: str, *, negated: bool) -> Step:
        text = records_text(node, vocabulary=self._vocabulary, negated=negated)
        spec = self._vocabulary.by_name.get(node.facts)
        if spec is None or spec.type is not FactType.LIST:
            return Unreadable(path=path, texts=(text, text))
        inside = _Preparing(self._vocabulary, spec)
        where = inside.step(node.where, "", negated=False) if node.where is not None else None
        empty = empty_text(spec, vocabulary=self._vocabulary)
        return Records(node, spec, path=path, text=text, empty=empty, where=where, negated=negated)


def _constants(node: Compare, spec: FieldSpec, vocabulary: Vocabulary) -> Any:
    if isinstance(node.value, tuple):
        typed: Any = tuple([constant(part, spec=spec) for part in node.value])
    else:
        typed = constant(node.value, spec=spec)
    return compared(typed, op=node.op, kind=spec.type, rules=vocabulary.rules)
