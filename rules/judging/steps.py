"""The prepared nodes of a condition: each weighs facts in three values and keeps one record for the trace.

A record is a bare tuple (the step that made it, truth, reason, source, what it saw). Most traces are never read:
the words of a line are made when somebody reads it.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Protocol, TypeAlias

from rules.judging.lookups import NO_ITEM, Item, Operand
from rules.language.comparing import Test, in_period
from rules.language.tree import Op
from rules.language.values import Facts, Leaf, Truth, UnknownReason
from rules.wording.showing import reason_text

PASS, FAIL, UNKNOWN = Truth.PASS, Truth.FAIL, Truth.UNKNOWN
NOT_ASKED, AMBIGUOUS = UnknownReason.NOT_ASKED, UnknownReason.AMBIGUOUS
# The day of judging, put beside the facts for conditions that ask for it; no fact can bear this name.
DAY = "@day"
Weight: TypeAlias = tuple[Truth, UnknownReason | None]
# (step, truth, reason, source, what was seen …)
Record: TypeAlias = tuple[Any, ...]
# What a comparison says when its test answers; None: it cannot be told.
POSITIVE: Mapping[bool | None, Truth] = {True: PASS, False: FAIL, None: UNKNOWN}
NEGATIVE: Mapping[bool | None, Truth] = {True: FAIL, False: PASS, None: UNKNOWN}


class Step(Protocol):
    """A prepared node."""

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """Return the truth and, when unknown, why; keeps no record."""

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """Return the truth and add the records that led to it."""


def leaves(records: list[Record]) -> tuple[Leaf, ...]:
    """Return the lines of a trace in words."""
    return tuple([record[0].leaf(record) for record in records])


class _Line:
    """A step about one fact that writes one line."""

    __slots__ = ("_expected", "_left", "_path", "_sentence", "_truths")

    def __init__(self, left: Operand, *, path: str, texts: tuple[str, str], positive: bool) -> None:
        self._path = path
        self._sentence, self._expected = texts
        self._left = left
        self._truths = POSITIVE if positive else NEGATIVE

    def leaf(self, record: Record) -> Leaf:
        """Return a record of this step in words."""
        _, truth, reason, source, *seen = record
        return Leaf(self._path, self._sentence, self._expected, self._seen(*seen), source, truth, reason)

    def _seen(self, form: Any, value: Any, reason: UnknownReason | None) -> str:
        return self._left.say(form, value, reason)


class Presence(_Line):
    """Whether a fact has a value; only a source that answered can say that it has none."""

    __slots__ = ()

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        form, _, reason, _ = self._left.look(facts, item)
        return (UNKNOWN, reason) if reason is not None else (self._truths[form not in (None, (), [])], None)

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        form, value, reason, source = self._left.look(facts, NO_ITEM)
        truth = UNKNOWN if reason is not None else self._truths[form not in (None, (), [])]
        records.append((self, truth, reason, source, form, value, reason))
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
        if form is None:
            return UNKNOWN, reason or NOT_ASKED
        answer = self._test(form, self._constant)
        return self._truths[answer], AMBIGUOUS if answer is None else None

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        form, value, reason, source = self._left.look(facts, NO_ITEM)
        if form is None:
            records.append((self, UNKNOWN, reason or NOT_ASKED, source, form, value, reason))
            return UNKNOWN
        answer = self._test(form, self._constant)
        truth = self._truths[answer]
        records.append((self, truth, AMBIGUOUS if answer is None else None, source, form, value, reason))
        return truth


class Pairing(_Line):
    """A fact against another fact: unknown if either is. `labels` say in the trace which value is whose."""

    __slots__ = ("_labels", "_right", "_test")

    def __init__(
        self,
        left: Operand,
        right: Operand,
        *,
        path: str,
        texts: tuple[str, str],
        positive: bool,
        test: Test,
        labels: tuple[str, str],
    ) -> None:
        super().__init__(left, path=path, texts=texts, positive=positive)
        self._right, self._test, self._labels = right, test, labels

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        form, _, reason, _ = self._left.look(facts, item)
        other, _, other_reason, _ = self._right.look(facts, item)
        return self._weigh(form, other, reason or other_reason)

    def _weigh(self, form: Any, other: Any, reason: UnknownReason | None) -> Weight:
        if form is None or other is None:
            return UNKNOWN, reason or NOT_ASKED
        answer = self._test(form, other)
        return self._truths[answer], AMBIGUOUS if answer is None else None

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        left = form, _, reason, source = self._left.look(facts, NO_ITEM)
        right = other, _, other_reason, _ = self._right.look(facts, NO_ITEM)
        truth, why = self._weigh(form, other, reason or other_reason)
        records.append((self, truth, why, source, left, right))
        return truth

    def _seen(self, left: Any, right: Any) -> str:  # type: ignore[override]
        mine, theirs = self._left.say(*left[:3]), self._right.say(*right[:3])
        return f"{self._labels[0]}{mine}；{self._labels[1]}{theirs}"


class Period(_Line):
    """Whether a day lies in the last so many days or months, before the day of judging or before another day."""

    __slots__ = ("_label", "_length", "_op", "_until")

    def __init__(
        self,
        left: Operand,
        until: Operand | None,
        *,
        path: str,
        texts: tuple[str, str],
        positive: bool,
        op: Op,
        length: int,
    ) -> None:
        super().__init__(left, path=path, texts=texts, positive=positive)
        self._until, self._op, self._length = until, op, length

    def weigh(self, facts: Facts, item: Item) -> Weight:
        """See Step."""
        form, _, reason, _ = self._left.look(facts, item)
        other, _, other_reason, _ = self._look_until(facts, item)
        return self._weigh(form, other, reason or other_reason)

    def _look_until(self, facts: Facts, item: Item) -> Any:
        if self._until is not None:
            return self._until.look(facts, item)
        day = facts.get(DAY)
        return day, day, None, None

    def _weigh(self, day: Any, until: Any, reason: UnknownReason | None) -> Weight:
        if type(day) is not date or type(until) is not date:
            return UNKNOWN, reason or NOT_ASKED
        return self._truths[in_period(self._op, day, length=self._length, until=until)], None

    def trace(self, facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        left = form, _, reason, source = self._left.look(facts, NO_ITEM)
        right = other, _, other_reason, _ = self._look_until(facts, NO_ITEM)
        truth, why = self._weigh(form, other, reason or other_reason)
        records.append((self, truth, why, source, left, right))
        return truth

    def _seen(self, left: Any, right: Any) -> str:  # type: ignore[override]
        mine = self._left.say(*left[:3])
        if self._until is None:
            return mine
        return f"{self._left.label}：{mine}；{self._until.label}：{self._until.say(*right[:3])}"


class Unreadable:
    """A condition the vocabulary does not bear out: unknown for ever, so that it never grants."""

    __slots__ = ("_leaf",)

    def __init__(self, *, path: str, texts: tuple[str, str]) -> None:
        reason = UnknownReason.UNREADABLE
        self._leaf = Leaf(path, *texts, reason_text(reason), None, UNKNOWN, reason)

    def weigh(self, _facts: Facts, _item: Item) -> Weight:
        """See Step."""
        return UNKNOWN, UnknownReason.UNREADABLE

    def trace(self, _facts: Facts, records: list[Record]) -> Truth:
        """See Step."""
        records.append((self,))
        return UNKNOWN

    def leaf(self, _record: Record) -> Leaf:
        """Return its one line."""
        return self._leaf
