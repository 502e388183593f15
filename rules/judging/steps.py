"""The prepared nodes of a condition: each weighs facts in three values and writes its line of the trace."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeAlias

from rules.judging.lookups import NO_ITEM, Item, Operand, default_source, look_up, seen_nothing
from rules.language.comparing import TESTS, Test
from rules.language.tree import Count, Every, NoneOf, Op, Some
from rules.language.values import Facts, Leaf, Source, SourceKind, Truth, UnknownReason
from rules.language.vocabulary import FactSpec
from rules.wording.showing import reason_text

PASS, FAIL, UNKNOWN = Truth.PASS, Truth.FAIL, Truth.UNKNOWN
ListNode: TypeAlias = Some | Every | NoneOf | Count
Weight: TypeAlias = tuple[Truth, UnknownReason | None]
# What a comparison says when its test answers; None: it cannot be told.
_POSITIVE: Mapping[bool | None, Truth] = {True: PASS, False: FAIL, None: UNKNOWN}
_NEGATIVE: Mapping[bool | None, Truth] = {True: FAIL, False: PASS, None: UNKNOWN}
_TURNED = {PASS: FAIL, FAIL: PASS, UNKNOWN: UNKNOWN}


class Step(Protocol):
    """A prepared node."""

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """Return the truth and, when unknown, why; writes no line."""

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """Return the truth and add the lines that led to it."""


class _Line:
    """A step about one fact that writes one line."""

    __slots__ = ("_expected", "_left", "_path", "_sentence", "_truths")

    def __init__(self, left: Operand, *, path: str, texts: tuple[str, str], positive: bool) -> None:
        self._path = path
        self._sentence, self._expected = texts
        self._left = left
        self._truths = _POSITIVE if positive else _NEGATIVE

    def _leaf(self, seen: str, source: Source | None, truth: Truth, reason: UnknownReason | None) -> Leaf:
        return Leaf(self._path, self._sentence, self._expected, seen, source, truth, reason)


class Presence(_Line):
    """Whether a fact has a value; only a source that answered can say that it has none."""

    __slots__ = ()

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        form, _, reason, _ = self._left.look(facts, item)
        return (UNKNOWN, reason) if reason is not None else (self._truths[form not in (None, (), [])], None)

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """See Step."""
        form, value, _, source = self._left.look(facts, NO_ITEM)
        truth, reason = self.weigh(facts, NO_ITEM)
        leaves.append(self._leaf(self._left.say(form, value, reason), source, truth, reason))
        return truth


class Comparison(_Line):
    """A fact against a constant; a value known to be empty compares as UNKNOWN."""

    __slots__ = ("_constant", "_test")

    def __init__(
        self, left: Operand, *, path: str, texts: tuple[str, str], positive: bool, test: Test, constant: Any
    ) -> None:
        super().__init__(left, path=path, texts=texts, positive=positive)
        self._test, self._constant = test, constant

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        form, _, reason, _ = self._left.look(facts, item)
        return self._weigh(form, reason)

    def _weigh(self, form: Any, reason: UnknownReason | None) -> Weight:
        if form is None:
            return UNKNOWN, reason or UnknownReason.NOT_ASKED
        answer = self._test(form, self._constant)
        return self._truths[answer], UnknownReason.AMBIGUOUS if answer is None else None

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """See Step."""
        form, value, reason, source = self._left.look(facts, NO_ITEM)
        truth, why = self._weigh(form, reason)
        leaves.append(self._leaf(self._left.say(form, value, reason), source, truth, why))
        return truth


class Pairing(_Line):
    """A fact against another fact: unknown if either is."""

    __slots__ = ("_form", "_right", "_test")

    def __init__(
        self,
        left: Operand,
        right: Operand,
        *,
        path: str,
        texts: tuple[str, str],
        positive: bool,
        test: Test,
        form: Callable[[Any], Any],
    ) -> None:
        super().__init__(left, path=path, texts=texts, positive=positive)
        self._right, self._test, self._form = right, test, form

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        form, _, reason, _ = self._left.look(facts, item)
        other, _, other_reason, _ = self._right.look(facts, item)
        return self._weigh(form, other, reason or other_reason)

    def _weigh(self, form: Any, other: Any, reason: UnknownReason | None) -> Weight:
        if form is None or other is None:
            return UNKNOWN, reason or UnknownReason.NOT_ASKED
        answer = self._test(self._form(form), self._form(other))
        return self._truths[answer], UnknownReason.AMBIGUOUS if answer is None else None

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """See Step."""
        form, value, reason, source = self._left.look(facts, NO_ITEM)
        other, other_value, other_reason, _ = self._right.look(facts, NO_ITEM)
        truth, why = self._weigh(form, other, reason or other_reason)
        beside = f"{self._right.label}：{self._right.say(other, other_value, other_reason)}"
        leaves.append(self._leaf(f"{self._left.say(form, value, reason)}；{beside}", source, truth, why))
        return truth


class Unreadable:
    """A condition the vocabulary does not bear out: unknown for ever, so that it never grants."""

    __slots__ = ("_leaf",)

    def __init__(self, *, path: str, texts: tuple[str, str]) -> None:
        reason = UnknownReason.UNREADABLE
        self._leaf = Leaf(path, *texts, reason_text(reason), None, UNKNOWN, reason)

    def weigh(self, _facts: Facts, _item: Item) -> Weight:
        """See Step."""
        return UNKNOWN, UnknownReason.UNREADABLE

    def trace(self, _facts: Facts, leaves: list[Leaf]) -> Truth:
        """See Step."""
        leaves.append(self._leaf)
        return UNKNOWN


class Group:
    """且 (decided by one FAIL) or 或 (decided by one PASS); else unknown if one part is."""

    __slots__ = ("_decisive", "_otherwise", "_parts")

    def __init__(self, parts: list[Step], *, joint: bool) -> None:
        self._parts = parts
        self._decisive, self._otherwise = (FAIL, PASS) if joint else (PASS, FAIL)

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        weights = [part.weigh(facts, item) for part in self._parts]
        truth = self._together([one for one, _ in weights])
        return truth, _first_reason(weights) if truth is UNKNOWN else None

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """See Step."""
        return self._together([part.trace(facts, leaves) for part in self._parts])

    def _together(self, truths: list[Truth]) -> Truth:
        if self._decisive in truths:
            return self._decisive
        return UNKNOWN if UNKNOWN in truths else self._otherwise


class Records:
    """A list condition: one line that counts; an unknown list is UNKNOWN, a known empty one is judged."""

    __slots__ = ("_negated", "_node", "_path", "_sentence", "_source", "_unit", "_where")

    def __init__(
        self, node: ListNode, spec: FactSpec, *, path: str, text: str, where: Step | None, negated: bool
    ) -> None:
        self._node, self._where, self._negated = node, where, negated
        self._path, self._sentence = path, text
        self._unit = spec.unit or "条"
        self._source = default_source(spec.name, spec)

    def weigh(self, facts: Facts, _item: Item) -> Weight:
        """See Step."""
        leaves: list[Leaf] = []
        return self.trace(facts, leaves), leaves[0].reason

    def trace(self, facts: Facts, leaves: list[Leaf]) -> Truth:
        """See Step."""
        value, reason, source = look_up(facts, self._node.facts, self._source)
        if isinstance(value, tuple | list):
            truth, seen, reason = self._judge(value, facts)
        else:
            unreadable = None if value is None else UnknownReason.UNREADABLE
            truth, reason = UNKNOWN, reason or unreadable or UnknownReason.NOT_ASKED
            seen = seen_nothing(reason, self._source.kind if self._source else SourceKind.FORM)
        leaves.append(Leaf(self._path, self._sentence, self._sentence, seen, source, truth, reason))
        return truth

    def _judge(self, records: Any, facts: Facts) -> tuple[Truth, str, UnknownReason | None]:
        weights = [self._weigh_record(record, facts) for record in records]
        truths = [truth for truth, _ in weights]
        fits, misses, unsure = truths.count(PASS), truths.count(FAIL), truths.count(UNKNOWN)
        truth = _quantified(self._node, fits, misses, unsure)
        seen = self._summary(len(weights), fits, unsure)
        reason = _first_reason(weights) if truth is UNKNOWN else None
        return (_TURNED[truth] if self._negated else truth), seen, reason

    def _weigh_record(self, record: object, facts: Facts) -> Weight:
        if self._where is None:
            return PASS, None
        if not isinstance(record, Mapping):
            return UNKNOWN, UnknownReason.UNREADABLE
        return self._where.weigh(facts, record)

    def _summary(self, total: int, fits: int, unsure: int) -> str:
        if self._where is None:
            return f"共{total}{self._unit}"
        unknown = f"，{unsure}{self._unit}未能核实" if unsure else ""
        return f"共{total}{self._unit}，其中{fits}{self._unit}符合{unknown}"


def _first_reason(weights: list[Weight]) -> UnknownReason | None:
    return next((reason for truth, reason in weights if truth is UNKNOWN), None)


def _quantified(node: ListNode, fits: int, misses: int, unsure: int) -> Truth:
    """Return a list condition's truth from how many records fit, do not fit, cannot be told."""
    if isinstance(node, Count):
        return _counted(node, least=fits, most=fits + unsure)
    if isinstance(node, Every):
        return FAIL if misses else UNKNOWN if unsure else PASS
    found = PASS if fits else UNKNOWN if unsure else FAIL
    return found if isinstance(node, Some) else _TURNED[found]


def _counted(node: Count, *, least: int, most: int) -> Truth:
    """Return PASS or FAIL only where every number from least to most gives it."""
    if node.op in {Op.EQ, Op.NE}:
        inside = least <= node.value <= most
        equal = None if inside and least != most else inside
        return (_POSITIVE if node.op is Op.EQ else _NEGATIVE)[equal]
    low, high = TESTS[node.op](least, node.value), TESTS[node.op](most, node.value)
    return _POSITIVE[low if low is high else None]
