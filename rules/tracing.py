"""Holding a condition against facts in three values, with one trace line for each compared fact.

A condition is prepared once: names typed, sentences worded, `not` pushed down to the comparisons (De Morgan holds in
Kleene's logic), so that each line of the trace says what was really asked and judging does little work.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol, TypeAlias

from rules.comparing import FLIPPED, NEGATIVE, OPS_OF, TESTS, Reader, Test, WrongValue, compared, constant, reader
from rules.comparing import normalised as normalised_text
from rules.derived import Derivation, derive
from rules.showing import Shower, reason_text, shower
from rules.tree import ITEM, AllOf, AnyOf, Compare, Count, Every, Node, NoneOf, Not, Op, Some, facts_named
from rules.values import Fact, Facts, Leaf, Source, SourceKind, Truth, UnknownReason
from rules.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary
from rules.wording import compare_texts, records_text, settled

PASS, FAIL, UNKNOWN = Truth.PASS, Truth.FAIL, Truth.UNKNOWN
Seen: TypeAlias = tuple[Truth, UnknownReason | None]
Item: TypeAlias = Mapping[str, Any]
_NO_ITEM: Item = {}
# Counts of one list: records that fit, that do not, that cannot be told.
Tally: TypeAlias = tuple[int, int, int]


class Step(Protocol):
    """A prepared node."""

    def weigh(self, facts: Facts, item: Item) -> Seen:
        """Return the truth and, when unknown, why; leaves no trace."""

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """Return the truth and add the lines that led to it."""


class Operand:
    """One name as a comparison reads it."""

    __slots__ = ("field", "label", "name", "read", "show", "source")

    def __init__(self, name: str, spec: FieldSpec, vocabulary: Vocabulary) -> None:
        self.name = name
        self.field = name.removeprefix(ITEM) if name.startswith(ITEM) else ""
        self.label = spec.label
        self.read = reader(spec)
        self.show = shower(spec, vocabulary=vocabulary)
        self.source = default_source(name, spec)

    def look(self, facts: Facts, item: Item) -> tuple[Any, UnknownReason | None, Source | None]:
        """Return (value, reason, source); a value of None without a reason is known to be empty."""
        if self.field:
            return *look_in(item, self.field), None
        return look_up(facts, self.name, self.source)


def look_up(facts: Facts, name: str, source: Source | None) -> tuple[Any, UnknownReason | None, Source | None]:
    """Return (value, reason, source) of a named fact, whatever the mapping holds."""
    fact = facts.get(name)
    if fact is None:
        return None, UnknownReason.NOT_ASKED, source
    if type(fact) is not Fact:
        return None, UnknownReason.UNREADABLE, source
    if fact.missing is not None:
        return None, fact.missing, fact.source or source
    return (None if fact.value == "" else fact.value), None, fact.source or source


def look_in(item: Item, field: str) -> tuple[Any, UnknownReason | None]:
    """Return (value, reason) of a field of a list record; a field the record lacks was not asked."""
    value = item.get(field, UnknownReason.NOT_ASKED)
    if isinstance(value, UnknownReason):
        return None, value
    return (None if value == "" else value), None


def default_source(name: str, spec: FieldSpec | None) -> Source | None:
    """Return the source to name when a fact is missing altogether."""
    if not isinstance(spec, FactSpec):
        return None
    return Source(spec.source_kind, name, spec.source_label or spec.label)


class Comparison:
    """A fact against a constant, another fact or nothing (presence)."""

    __slots__ = ("constant", "expected", "left", "path", "positive", "right", "sentence", "test", "text_form")

    def __init__(self, node: Compare, path: str, texts: tuple[str, str], left: Operand, right: Operand | None) -> None:
        self.path = path
        self.sentence, self.expected = texts
        self.left, self.right = left, right
        self.positive = True
        self.test: Test | None = None
        self.constant: Any = None
        self.text_form = node.op is Op.SAME_AS

    def weigh(self, facts: Facts, item: Item) -> Seen:
        value, reason, _ = self.left.look(facts, item)
        return self._weigh(value, reason, facts, item)

    def _weigh(self, value: Any, reason: UnknownReason | None, facts: Facts, item: Item) -> Seen:
        if reason is not None:
            return UNKNOWN, reason
        if self.test is None:
            return (PASS if (value not in (None, ())) is self.positive else FAIL), None
        if value is None:
            return UNKNOWN, UnknownReason.NOT_ASKED
        given, reason = self._given(facts, item)
        if reason is not None:
            return UNKNOWN, reason
        if (form := self.left.read(value)) is None:
            return UNKNOWN, UnknownReason.UNREADABLE
        answer = self.test(normalised_text(form) if self.text_form else form, given)
        if answer is None:
            return UNKNOWN, UnknownReason.AMBIGUOUS
        return (PASS if answer is self.positive else FAIL), None

    def _given(self, facts: Facts, item: Item) -> tuple[Any, UnknownReason | None]:
        if self.right is None:
            return self.constant, None
        value, reason, _ = self.right.look(facts, item)
        if reason is not None or value is None:
            return None, reason or UnknownReason.NOT_ASKED
        form = self.right.read(value)
        if form is None:
            return None, UnknownReason.UNREADABLE
        return (normalised_text(form) if self.text_form else form), None

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        value, reason, source = self.left.look(facts, _NO_ITEM)
        truth, why = self._weigh(value, reason, facts, _NO_ITEM)
        seen = _seen(self.left, value, reason)
        if self.right is not None:
            other, other_reason, _ = self.right.look(facts, _NO_ITEM)
            seen = f"{seen}；{self.right.label}：{_seen(self.right, other, other_reason)}"
        leaves.append(Leaf(self.path, self.sentence, self.expected, seen, source, truth, why))
        return truth


def _seen(operand: Operand, value: Any, reason: UnknownReason | None) -> str:
    if reason is not None:
        return reason_text(reason, operand.source.kind if operand.source else SourceKind.FORM)
    if value is None:
        return "无"
    if operand.read(value) is None:
        return reason_text(UnknownReason.UNREADABLE)
    return operand.show(value)


class Unreadable:
    """A condition the vocabulary does not bear out: unknown for ever, so that it never grants."""

    __slots__ = ("expected", "path", "sentence")

    def __init__(self, path: str, texts: tuple[str, str]) -> None:
        self.path = path
        self.sentence, self.expected = texts

    def weigh(self, _facts: Facts, _item: Item) -> Seen:
        return UNKNOWN, UnknownReason.UNREADABLE

    def trace(self, _facts: Facts, leaves: list[Leaf]) -> Truth:
        seen, reason = reason_text(UnknownReason.UNREADABLE), UnknownReason.UNREADABLE
        leaves.append(Leaf(self.path, self.sentence, self.expected, seen, None, UNKNOWN, reason))
        return UNKNOWN


class Group:
    """且 (decided by one FAIL) or 或 (decided by one PASS); else unknown if one part is."""

    __slots__ = ("decisive", "otherwise", "parts")

    def __init__(self, parts: list[Step], *, joint: bool) -> None:
        self.parts = parts
        self.decisive, self.otherwise = (FAIL, PASS) if joint else (PASS, FAIL)

    def weigh(self, facts: Facts, item: Item) -> Seen:
        seen = [part.weigh(facts, item) for part in self.parts]
        truth = self._together([one for one, _ in seen])
        return truth, next((why for one, why in seen if one is UNKNOWN), None) if truth is UNKNOWN else None

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        return self._together([part.trace(facts, leaves) for part in self.parts])

    def _together(self, truths: list[Truth]) -> Truth:
        if self.decisive in truths:
            return self.decisive
        return UNKNOWN if UNKNOWN in truths else self.otherwise


class Records:
    """A list condition: one trace line that counts; an unknown list is UNKNOWN, a known empty one is not."""

    __slots__ = ("name", "negated", "node", "path", "sentence", "source", "unit", "where")

    def __init__(self, node: Some | Every | NoneOf | Count, path: str, text: str, spec: FactSpec) -> None:
        self.node = node
        self.path = path
        self.name = node.facts
        self.sentence = text
        self.unit = spec.unit or "条"
        self.source = default_source(node.facts, spec)
        self.where: Step | None = None
        self.negated = False

    def weigh(self, facts: Facts, _item: Item) -> Seen:
        leaves: list[Leaf] = []
        truth = self.trace(facts, leaves)
        return truth, leaves[0].reason

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        value, reason, source = look_up(facts, self.name, self.source)
        if reason is None and not isinstance(value, tuple | list):
            reason = UnknownReason.NOT_ASKED if value is None else UnknownReason.UNREADABLE
        if reason is not None:
            truth, seen = UNKNOWN, reason_text(reason, self.source.kind if self.source else SourceKind.FORM)
        else:
            truth, seen, reason = self._count(value, facts)
        leaves.append(Leaf(self.path, self.sentence, self.sentence, seen, source, truth, reason))
        return truth

    def _count(self, records: Any, facts: Facts) -> tuple[Truth, str, UnknownReason | None]:
        if self.where is None:
            tally, why = (len(records), 0, 0), None
        else:
            tally, why = self._tally(records, facts)
        truth = _KLEENE[type(self.node)](self.node, tally)
        if self.negated:
            truth = _TURNED[truth]
        return truth, self._summary(len(records), tally), why if truth is UNKNOWN else None

    def _tally(self, records: Any, facts: Facts) -> tuple[Tally, UnknownReason | None]:
        seen = [self._weigh_record(record, facts) for record in records]
        truths = [truth for truth, _ in seen]
        why = next((reason for truth, reason in seen if truth is UNKNOWN), None)
        return (truths.count(PASS), truths.count(FAIL), truths.count(UNKNOWN)), why

    def _weigh_record(self, record: object, facts: Facts) -> Seen:
        if not isinstance(record, Mapping) or self.where is None:
            return UNKNOWN, UnknownReason.UNREADABLE
        return self.where.weigh(facts, record)

    def _summary(self, total: int, tally: Tally) -> str:
        if self.where is None:
            return f"共{total}{self.unit}"
        unknown = f"，{tally[2]}{self.unit}未能核实" if tally[2] else ""
        return f"共{total}{self.unit}，其中{tally[0]}{self.unit}符合{unknown}"


_TURNED = {PASS: FAIL, FAIL: PASS, UNKNOWN: UNKNOWN}


def _some(_node: Node, tally: Tally) -> Truth:
    return PASS if tally[0] else UNKNOWN if tally[2] else FAIL


def _every(_node: Node, tally: Tally) -> Truth:
    return FAIL if tally[1] else UNKNOWN if tally[2] else PASS


def _none(_node: Node, tally: Tally) -> Truth:
    return _TURNED[_some(_node, tally)]


def _counted(node: Count, tally: Tally) -> Truth:
    """The number lies between what fits for sure and what could fit at most."""
    least, most = tally[0], tally[0] + tally[2]
    op, positive = (Op.EQ, False) if node.op is Op.NE else (node.op, True)
    if op is Op.EQ:
        if not least <= node.value <= most:
            return FAIL if positive else PASS
        return UNKNOWN if least != most else PASS if positive else FAIL
    answers = {bool(TESTS[op](least, node.value)), bool(TESTS[op](most, node.value))}
    return UNKNOWN if len(answers) > 1 else PASS if True in answers else FAIL


_KLEENE: Mapping[type, Any] = {Some: _some, Every: _every, NoneOf: _none, Count: _counted}


class _Preparing:
    """Turns nodes of one vocabulary into steps."""

    def __init__(self, vocabulary: Vocabulary, within: FactSpec | None = None) -> None:
        self.vocabulary = vocabulary
        self.within = within

    def step(self, node: Node, path: str, *, negated: bool) -> Step:
        if isinstance(node, Not):
            return self.step(node.part, f"{path}.not".lstrip("."), negated=not negated)
        if isinstance(node, AllOf | AnyOf):
            key = "all" if isinstance(node, AllOf) else "any"
            paths = [f"{path}.{key}[{index}]".lstrip(".") for index in range(len(node.parts))]
            parts = [self.step(part, at, negated=negated) for part, at in zip(node.parts, paths, strict=True)]
            return Group(parts, joint=(key == "all") is not negated)
        if isinstance(node, Compare):
            return self._compare(node, path, negated=negated)
        return self._records(node, path, negated=negated)

    def _compare(self, node: Compare, path: str, *, negated: bool) -> Step:
        texts = compare_texts(node, vocabulary=self.vocabulary, negated=negated)
        spec = self.vocabulary.get(node.fact, within=self.within)
        other = self.vocabulary.get(node.other, within=self.within) if node.other else None
        if spec is None or node.op not in OPS_OF[spec.type] or (node.other and not _comparable(spec, other)):
            return Unreadable(path, texts)
        left = Operand(node.fact, spec, self.vocabulary)
        right = Operand(node.other, other, self.vocabulary) if node.other and other else None
        comparison = Comparison(node, path, texts, left, right)
        op, turned = settled(node, negated=negated)
        comparison.positive = (op not in NEGATIVE) is not turned
        op = NEGATIVE.get(op, op)
        comparison.test = TESTS.get(op)
        try:
            comparison.constant = _constants(node, spec)
        except WrongValue:
            return Unreadable(path, texts)
        return comparison

    def _records(self, node: Some | Every | NoneOf | Count, path: str, *, negated: bool) -> Step:
        text = records_text(node, vocabulary=self.vocabulary, negated=negated)
        spec = self.vocabulary.by_name.get(node.facts)
        if spec is None or spec.type is not FactType.LIST:
            return Unreadable(path, (text, text))
        records = Records(node, path, text, spec)
        records.negated = negated
        if node.where is not None:
            records.where = _Preparing(self.vocabulary, spec).step(node.where, "", negated=False)
        return records


def _constants(node: Compare, spec: FieldSpec) -> Any:
    if node.value is None:
        return None
    if isinstance(node.value, tuple):
        typed: Any = tuple(constant(part, spec=spec) for part in node.value)
    else:
        typed = constant(node.value, spec=spec)
    return compared(typed, op=node.op, kind=spec.type)


def _comparable(spec: FieldSpec, other: FieldSpec | None) -> bool:
    return other is not None and other.type is spec.type


class PreparedCondition:
    """A condition ready to be held against facts any number of times."""

    __slots__ = ("derivations", "sentence", "step")

    def __init__(self, condition: Node, *, vocabulary: Vocabulary) -> None:
        self.step = _Preparing(vocabulary).step(condition, "", negated=False)
        self.derivations = derivations_for(facts_named(condition), vocabulary=vocabulary)

    def holds(self, facts: Facts, *, on: date) -> Truth:
        """Return the truth alone."""
        return self.step.weigh(with_derived(facts, derivations=self.derivations, on=on), _NO_ITEM)[0]

    def trace(self, facts: Facts, *, on: date) -> tuple[Truth, tuple[Leaf, ...]]:
        """Return the truth with one line for each compared fact."""
        leaves: list[Leaf] = []
        truth = self.step.trace(with_derived(facts, derivations=self.derivations, on=on), leaves)
        return truth, tuple(leaves)


def prepare_step(condition: Node, *, vocabulary: Vocabulary) -> Step:
    """Return the prepared tree alone; who uses it adds the derived facts."""
    return _Preparing(vocabulary).step(condition, "", negated=False)


def derivations_for(names: frozenset[str], *, vocabulary: Vocabulary) -> tuple[Derivation, ...]:
    """Return the derivations these names need, in the order they build on each other."""
    wanted, found = set(names), []
    for derivation in reversed(vocabulary.derived):
        if derivation.name in wanted:
            wanted.add(derivation.of)
            found.append(derivation)
    return tuple(reversed(found))


def with_derived(facts: Facts, *, derivations: tuple[Derivation, ...], on: date) -> Facts:
    """Return the facts with the derived ones computed; a derived fact handed in from outside never counts."""
    if not derivations:
        return facts
    return {**facts, **derive(facts, derivations=derivations, on=on)}


def holds(condition: Node, facts: Facts, *, vocabulary: Vocabulary, on: date) -> Truth:
    """Return whether the condition holds: for visibility, situations, anything that needs no trace."""
    return PreparedCondition(condition, vocabulary=vocabulary).holds(facts, on=on)
