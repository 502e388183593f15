"""Nodes above the comparisons: 且 and 或, and conditions on the records of a list."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from rules.judging.lookups import Item, default_source, look_up, seen_nothing
from rules.judging.steps import FAIL, NEGATIVE, NOT_ASKED, PASS, POSITIVE, UNKNOWN, Record, Step, Weight
from rules.language.comparing import TESTS
from rules.language.tree import Count, Every, NoneOf, Op, Some
from rules.language.values import Facts, Leaf, Truth, UnknownReason
from rules.language.vocabulary import FactSpec

ListNode: TypeAlias = Some | Every | NoneOf | Count
_TURNED = {PASS: FAIL, FAIL: PASS, UNKNOWN: UNKNOWN}


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

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        return self._together([part.trace(facts, records) for part in self._parts])

    def _together(self, truths: list[Truth]) -> Truth:
        if self._decisive in truths:
            return self._decisive
        return UNKNOWN if UNKNOWN in truths else self._otherwise


class Records:
    """A list condition: one line that counts; an unknown list is UNKNOWN, a known empty one is judged."""

    __slots__ = ("_empty", "_kind", "_negated", "_node", "_path", "_sentence", "_source", "_unit", "_where")

    def __init__(
        self,
        node: ListNode,
        spec: FactSpec,
        *,
        path: str,
        text: str,
        empty: str,
        where: Step | None,
        negated: bool,
    ) -> None:
        self._node, self._where, self._negated = node, where, negated
        self._path, self._sentence = path, text
        self._unit = spec.unit or "条"
        self._source = default_source(spec.name, spec)
        self._kind = spec.source_kind
        self._empty = empty

    def weigh(self, facts: Facts, _item: Item) -> Weight:
        """See Step."""
        records: list[Record] = []
        return self.trace(facts, records), records[0][2]

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        value, reason, source = look_up(facts, self._node.facts, self._source)
        counts: tuple[int, int, int] | None = None
        if isinstance(value, tuple | list):
            truth, counts, reason = self._judge(value, facts)
        else:
            unreadable = None if value is None else UnknownReason.UNREADABLE
            truth, reason = UNKNOWN, reason or unreadable or NOT_ASKED
        records.append((self, truth, reason, source, counts))
        return truth

    def leaf(self, record: Record) -> Leaf:
        """Return a record of this step in words."""
        _, truth, reason, source, counts = record
        seen = self._summary(*counts) if counts is not None else seen_nothing(reason, self._kind)
        return Leaf(self._path, self._sentence, self._sentence, seen, source, truth, reason)

    def _judge(self, entries: Any, facts: Facts) -> tuple[Truth, tuple[int, int, int], UnknownReason | None]:
        weights = [self._weigh_record(entry, facts) for entry in entries]
        truths = [truth for truth, _ in weights]
        fits, misses, unsure = truths.count(PASS), truths.count(FAIL), truths.count(UNKNOWN)
        truth = _quantified(self._node, fits, misses, unsure)
        reason = _first_reason(weights) if truth is UNKNOWN else None
        return (_TURNED[truth] if self._negated else truth), (len(weights), fits, unsure), reason

    def _weigh_record(self, record: object, facts: Facts) -> Weight:
        if self._where is None:
            return PASS, None
        if not isinstance(record, Mapping):
            return UNKNOWN, UnknownReason.UNREADABLE
        return self._where.weigh(facts, record)

    def _summary(self, total: int, fits: int, unsure: int) -> str:
        if not total and self._empty:
            return self._empty
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
        return (POSITIVE if node.op is Op.EQ else NEGATIVE)[equal]
    low, high = TESTS[node.op](least, node.value), TESTS[node.op](most, node.value)
    return POSITIVE[low if low is high else None]
