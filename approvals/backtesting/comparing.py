"""One past case under two editions, from its stored facts: does its verdict flip, and by which check? Pure.

What a case never read cannot be held against it: where such a fact could decide, the case is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from matters.counting import counted
from matters.editions import Compiled
from rules import Action, Fact, Facts, Finding, Truth, Verdict, VerdictKind, facts_needed

MOST_CAUSES = 3
TABLE = "结果表"
_WEIGHT = {Action.NONE: 0, Action.SUPPLEMENT: 1, Action.REFER: 2}
_WORSE = {VerdictKind.GRANT: 0, VerdictKind.SUPPLEMENT: 1, VerdictKind.REFER: 2}


@dataclass(frozen=True, slots=True)
class Cause:
    """A check that flips a verdict: its outcome and the sentence that decides it, before and after.

    None: there is no such check. Sentences are the rule's words, never a value of anybody.
    """

    name: str
    before: Truth | None
    after: Truth | None
    before_line: str
    after_line: str


@dataclass(frozen=True, slots=True)
class Compared:
    """One case; without verdicts where `unread` names what would have had to be asked."""

    before: Verdict | None
    after: Verdict | None
    unread: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def flips(self) -> bool:
        """Return whether the verdict is another one."""
        return self.before is not None and self.after is not None and self.before.kind != self.after.kind

    @property
    def gives_other(self) -> bool:
        """Return whether it is granted as before, but other things: another amount, another term."""
        if self.before is None or self.after is None or self.flips:
            return False
        return bool(_given(self.before) != _given(self.after))


@dataclass(frozen=True)
class Side:
    """An edition, or a draft, ready to judge past cases; knows which facts each check needs."""

    compiled: Compiled
    of_check: Mapping[str, frozenset[str]] = field(init=False)
    of_table: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Read statically, once, what each check and the table need."""
        package, vocabulary = self.compiled.package, self.compiled.vocabulary
        needs = {one.code: facts_needed([one], vocabulary=vocabulary) for one in package.checks}
        object.__setattr__(self, "of_check", needs)
        object.__setattr__(self, "of_table", facts_needed(package.outcome, vocabulary=vocabulary))

    def read(self, facts: Facts, *, on: date) -> tuple[Verdict, tuple[str, ...]]:
        """Return the verdict, and the facts never read that could change it."""
        facts = counted(facts, vocabulary=self.compiled.vocabulary, on=on, again=True)
        verdict = self.compiled.judge(facts, on=on)
        unread = self.compiled.needed - facts.keys()
        return verdict, tuple(sorted(self._deciding(verdict, unread))) if unread else ()

    def _deciding(self, verdict: Verdict, unread: frozenset[str]) -> frozenset[str]:
        """Return what was not read and is missed; nothing where another check refers the case whatever it says."""
        missed: frozenset[str] = frozenset()
        for finding in verdict.findings:
            asked = self.of_check[finding.check_code] & unread
            if finding.outcome == Truth.UNKNOWN and asked:
                missed |= asked
            elif finding.action == Action.REFER:
                return frozenset()
        return missed | (self.of_table & unread if verdict.outcome is None else frozenset())


def compare(before: Side, after: Side, *, facts: Mapping[str, Fact], on: date) -> Compared:
    """Hold one case's facts against both, as of the day it was judged."""
    was, unread_then = before.read(facts, on=on)
    now, unread_now = after.read(facts, on=on)
    if unread_then or unread_now:
        names = [*_sources(before, unread_then), *_sources(after, unread_now)]
        return Compared(None, None, unread=tuple(dict.fromkeys(names)))
    if was.kind == now.kind:
        return Compared(was, now)
    return Compared(was, now, causes=tuple(_causes(was, now))[:MOST_CAUSES])


def _sources(side: Side, names: tuple[str, ...]) -> Iterator[str]:
    """Name what was not asked as people know it: the source, and what of it."""
    for name in names:
        spec = side.compiled.specs.get(name)
        yield f"{spec.source_label}“{spec.label}”" if spec else name


def _causes(was: Verdict, now: Verdict) -> Iterator[Cause]:
    worse = _WORSE[now.kind] > _WORSE[was.kind]
    before = {one.check_code: one for one in was.findings}
    after = {one.check_code: one for one in now.findings}
    named = False
    for code in dict.fromkeys([*after, *before]):
        old, new = before.get(code), after.get(code)
        change = _weight(new) - _weight(old)
        if change > 0 if worse else change < 0:
            named = True
            yield _cause(old, new)
    if not named:  # every check says the same: it is the table that chooses a row, or cannot
        yield Cause(TABLE, _chosen(was), _chosen(now), "", "")


def _cause(old: Finding | None, new: Finding | None) -> Cause:
    name = new.name if new else old.name if old else ""
    return Cause(
        name, old.outcome if old else None, new.outcome if new else None, _deciding(old), _deciding(new)
    )


def _weight(finding: Finding | None) -> int:
    return _WEIGHT[finding.action] if finding else 0


def _deciding(finding: Finding | None) -> str:
    """Return the sentence of the first line that came out as the check did."""
    if finding is None:
        return ""
    lines = [leaf.sentence for leaf in finding.leaves if leaf.outcome == finding.outcome]
    return lines[0] if lines else finding.sentence


def _chosen(verdict: Verdict) -> Truth:
    return Truth.PASS if verdict.outcome else Truth.UNKNOWN


def _given(verdict: Verdict) -> Any:
    granted = verdict.kind == VerdictKind.GRANT and verdict.outcome is not None
    return dict(verdict.outcome.values) if granted and verdict.outcome else None
