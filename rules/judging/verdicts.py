"""Judging: every check with its full trace, and one verdict that never grants on what is unknown."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeAlias

from rules.judging.outcomes import OutcomeTable, PreparedTable
from rules.judging.steps import Record, leaves
from rules.judging.tracing import derivations_for, prepare_step, with_derived
from rules.language.checks import Check
from rules.language.tree import facts_named
from rules.language.values import Action, Facts, Finding, Read, Truth, Verdict, VerdictKind
from rules.language.vocabulary import Vocabulary
from rules.wording.sentences import sentence


class _PreparedCheck:
    """A check with its condition prepared and its texts worked out."""

    __slots__ = ("actions", "basis", "code", "name", "opens", "sentence", "step", "told")

    def __init__(self, check: Check, *, vocabulary: Vocabulary) -> None:
        self.code, self.name, self.basis = check.code, check.name, check.basis
        self.step = prepare_step(check.condition, vocabulary=vocabulary)
        self.sentence = sentence(check.condition, vocabulary=vocabulary)
        self.told = {outcome: check.told.text(outcome) for outcome in Truth}
        self.actions = {outcome: check.action(outcome) for outcome in Truth}
        self.opens = {
            outcome: check.opens if action is Action.SUPPLEMENT else ()
            for outcome, action in self.actions.items()
        }

    def finding(self, outcome: Truth, records: list[Record]) -> Finding:
        """Return what was found, in words."""
        return Finding(
            self.code,
            self.name,
            self.sentence,
            outcome,
            leaves(records),
            self.basis,
            self.told[outcome],
            self.actions[outcome],
            self.opens[outcome],
        )


Traced: TypeAlias = tuple[_PreparedCheck, Truth, list[Record]]


class PreparedChecks:
    """An edition's checks and outcome table, ready to judge any number of applications."""

    def __init__(
        self, checks: Iterable[Check], *, vocabulary: Vocabulary, outcome_table: OutcomeTable | None
    ) -> None:
        """Prepare once; see `prepare`."""
        given = tuple(checks)
        self._checks = [_PreparedCheck(check, vocabulary=vocabulary) for check in given]
        self._table = PreparedTable(outcome_table, vocabulary=vocabulary) if outcome_table else None
        named = frozenset[str]().union(*(facts_named(check.condition) for check in given))
        self._derivations = derivations_for(named, vocabulary=vocabulary)
        self._language = vocabulary.language

    def judge(self, facts: Facts, *, on: date) -> Verdict:
        """Return the verdict of these facts on a day; the words of its trace are made when somebody reads them."""
        complete = with_derived(facts, derivations=self._derivations, on=on)
        traced = []
        for check in self._checks:
            records: list[Record] = []
            traced.append((check, check.step.trace(complete, records), records))
        outcome, seen = (None, []) if self._table is None else self._table.choose(facts, on=on)
        kind = _kind(
            {check.actions[truth] for check, truth, _ in traced},
            certain=self._table is None or outcome is not None,
        )
        return Verdict(
            kind,
            Read(lambda: tuple([check.finding(truth, records) for check, truth, records in traced])),
            outcome,
            _opened(traced) if kind is VerdictKind.SUPPLEMENT else (),
            Read(lambda: leaves(seen)),
            self._language,
        )

    def possible_rows(self, facts: Facts, *, on: date) -> tuple[int, ...]:
        """Return the rows of the outcome table that these facts do not rule out; none without a table."""
        return self._table.possible(facts, on=on) if self._table else ()


def prepare(
    checks: Iterable[Check], *, vocabulary: Vocabulary, outcome_table: OutcomeTable | None = None
) -> PreparedChecks:
    """Return checks ready for judging; a condition that does not fit the vocabulary is UNKNOWN for ever."""
    return PreparedChecks(checks, vocabulary=vocabulary, outcome_table=outcome_table)


def judge(
    checks: Sequence[Check],
    facts: Facts,
    *,
    vocabulary: Vocabulary,
    on: date,
    outcome_table: OutcomeTable | None = None,
) -> Verdict:
    """Return the verdict of checks over facts on a day; never raises, whatever the facts hold.

    GRANT needs at least one check, every check PASS and, with a table, a row chosen with nothing unknown.
    """
    return prepare(checks, vocabulary=vocabulary, outcome_table=outcome_table).judge(facts, on=on)


def _kind(actions: set[Action], *, certain: bool) -> VerdictKind:
    if Action.REFER in actions or not actions:
        return VerdictKind.REFER
    if Action.SUPPLEMENT in actions:
        return VerdictKind.SUPPLEMENT
    return VerdictKind.GRANT if certain else VerdictKind.REFER


def _opened(traced: list[Traced]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for check, truth, _ in traced for name in check.opens[truth]))
