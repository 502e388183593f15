"""Outcome tables tried out before they bind: cases no row takes, rows that meet, rows no case reaches."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from math import prod
from typing import Any

from rules.judging.lookups import NO_ITEM
from rules.judging.outcomes import OutcomeTable
from rules.judging.steps import Step
from rules.judging.tracing import derivations_for, prepare_step, with_derived
from rules.language.checks import Check
from rules.language.tree import Node, facts_named
from rules.language.values import Fact, Truth
from rules.language.vocabulary import FactSpec, FactType, Vocabulary
from rules.linting.cells import Cells
from rules.wording.showing import shower

MOST_CASES = 20_000  # tried before we give up: half a second
# Thresholds count from some day; which one makes no difference, as long as it is the same on every run.
SOME_DAY = date(2026, 6, 15)
Facts = dict[str, Fact]


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a table: its row (None: the table), what, and whether it bars publication."""

    row: int | None
    message: str
    bars: bool = False


class _TooMany(Exception):
    """More cases than anybody waits for."""


@dataclass
class _Search:
    """Finds, for each set of rows that can hold together, one case in which every check passes."""

    table: OutcomeTable
    checks: Sequence[Check]
    vocabulary: Vocabulary
    left: int = MOST_CASES
    found: dict[frozenset[int], Facts] = field(default_factory=dict)

    def __post_init__(self) -> None:
        conditions = {at: row.when for at, row in enumerate(self.table.rows) if row.when is not None}
        rows = self._origins(conditions.values())
        self._related = [check.condition for check in self._touching(rows)]
        self._derivations = derivations_for(
            _named([*conditions.values(), *self._related]), vocabulary=self.vocabulary
        )
        cells = Cells([*conditions.values(), *self._related], vocabulary=self.vocabulary, on=SOME_DAY)
        self._values = {name: cells.values(name) for name in cells.names}
        self._first = [name for name in cells.names if name in rows]
        self._then = [name for name in cells.names if name not in rows]
        self._rows = {at: self._step(when) for at, when in conditions.items()}
        self._steps = [self._step(condition) for condition in self._related]

    def _step(self, condition: Node) -> Step:
        return prepare_step(condition, vocabulary=self.vocabulary)

    def _origins(self, conditions: Iterable[Node]) -> frozenset[str]:
        """Return the facts conditions rest on: their names, and what derived ones follow from."""
        named = _named(conditions)
        derivations = derivations_for(named, vocabulary=self.vocabulary)
        return named | {name for one in derivations for name in one.origins}

    def _touching(self, names: frozenset[str]) -> list[Check]:
        """Return the checks that share a fact with the rows, or with a check that does."""
        touching: list[Check] = []
        waiting = [(check, self._origins([check.condition])) for check in self.checks]
        while near := [pair for pair in waiting if pair[1] & names]:
            waiting = [pair for pair in waiting if not pair[1] & names]
            touching += [check for check, _ in near]
            names = names.union(*(origins for _, origins in near))
        return touching

    def run(self) -> None:
        """Try every case; raises _TooMany."""
        if prod(len(self._values[name]) for name in self._first) > MOST_CASES:
            raise _TooMany
        for values in product(*(self._values[name] for name in self._first)):
            facts = {name: Fact.known(value) for name, value in zip(self._first, values, strict=True)}
            holding = self._holding(facts)
            if holding is not None and holding not in self.found:
                case = self._passing(facts, self._then)
                if case is not None:
                    self.found[holding] = case

    def complete(self, facts: Facts) -> Any:
        """Return the facts with the derived ones; each look counts."""
        self.left -= 1
        if self.left < 0:
            raise _TooMany
        return with_derived(facts, derivations=self._derivations, on=SOME_DAY)

    def _holding(self, facts: Facts) -> frozenset[int] | None:
        """Return the rows that hold; None where one cannot be told: such a case goes to a person."""
        complete = self.complete(facts)
        truths = {at: step.weigh(complete, NO_ITEM)[0] for at, step in self._rows.items()}
        if Truth.UNKNOWN in truths.values():
            return None
        return frozenset(at for at, truth in truths.items() if truth is Truth.PASS)

    def _passing(self, facts: Facts, names: list[str]) -> Facts | None:
        """Return the facts with further ones so that every check passes; what fails already is not followed."""
        complete = self.complete(facts)
        truths = [step.weigh(complete, NO_ITEM)[0] for step in self._steps]
        if Truth.FAIL in truths:
            return None
        if not names:
            return facts if Truth.UNKNOWN not in truths else None
        for value in self._values[names[0]]:
            case = self._passing({**facts, names[0]: Fact.known(value)}, names[1:])
            if case is not None:
                return case
        return None


def table_flaws(table: OutcomeTable, checks: Sequence[Check], vocabulary: Vocabulary) -> list[Flaw]:
    """Return gaps (which bar publication), overlaps and unreachable rows, each with a case that shows it.

    Rows are taken in order. A row inside a later, wider one is how exceptions are written, and is no overlap.
    """
    search = _Search(table, checks, vocabulary)
    try:
        search.run()
    except (_TooMany, RecursionError):
        return [Flaw(None, "情形太多，没有检查结果表有没有遗漏和重叠，请自己核对")]
    default = next((at for at, row in enumerate(table.rows) if row.when is None), None)
    return [*_gaps(search, default), *_overlaps(search, table), *_unreached(search, table, default)]


def _gaps(search: _Search, default: int | None) -> Iterator[Flaw]:
    gap = search.found.get(frozenset())
    if default is None and gap is not None:
        yield Flaw(None, f"有的情形没有一行适用，例如：{_in_words(search, gap)}", bars=True)


def _overlaps(search: _Search, table: OutcomeTable) -> Iterator[Flaw]:
    sets = search.found
    for later in range(len(table.rows)):
        for earlier in range(later):
            both = [case for rows, case in sets.items() if {earlier, later} <= rows]
            apart = {(earlier in rows, later in rows) for rows in sets}
            crossing = {(True, False), (False, True)} <= apart
            if both and crossing and table.rows[earlier].values != table.rows[later].values:
                words = _in_words(search, both[0])
                yield Flaw(later, f"与第 {earlier + 1} 行有重叠，重叠时取第 {earlier + 1} 行，例如：{words}")


def _unreached(search: _Search, table: OutcomeTable, default: int | None) -> Iterator[Flaw]:
    reached = {min(rows) for rows in search.found if rows}
    last = len(table.rows) if default is None else default
    for at in range(last if search.found else 0):
        if at not in reached:
            yield Flaw(at, "没有一种情形轮得到这一行：前面的行已经都取走，或者核验项不会让它通过")


def _in_words(search: _Search, case: Facts) -> str:
    """Return what the rows look at in one case: 年龄是79周岁，残疾等级是三级."""
    complete = search.complete(case)
    names = _named(row.when for row in search.table.rows if row.when is not None)
    ordered = [name for name in search.vocabulary.by_name if name in names]
    return "，".join(_said(search.vocabulary, name, complete[name].value) for name in ordered)


def _said(vocabulary: Vocabulary, name: str, value: Any) -> str:
    spec: FactSpec = vocabulary.by_name[name]
    if value is None:
        return f"{spec.label}是空的"
    shown = shower(spec, vocabulary=vocabulary, mask=False)(value)
    if spec.type is FactType.BOOLEAN:
        return (spec.true_text if value else spec.false_text) or f"“{spec.label}”为“{shown}”"
    return f"{spec.label}是{shown}"


def _named(conditions: Iterable[Node]) -> frozenset[str]:
    return frozenset[str]().union(*(facts_named(condition) for condition in conditions))
