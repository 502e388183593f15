"""What came out of a trial: the draft and the edition in force side by side, every check with every line of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matters.editions import Compiled
from matters.lint import trying
from matters.writing.trials import Tried
from rules import Finding, Leaf, SourceKind, Truth, Verdict, VerdictKind, reason_text

PILLS = {Truth.PASS: "pass", Truth.FAIL: "fail", Truth.UNKNOWN: "unknown"}
_EXPECTED = {"grant": VerdictKind.GRANT, "supplement": VerdictKind.SUPPLEMENT, "refer": VerdictKind.REFER}


@dataclass(frozen=True, slots=True)
class Said:
    """One line of a check: what was asked, what was seen and where, how it came out."""

    sentence: str
    seen: str
    source: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One check under one edition."""

    outcome: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One check under both; None where an edition does not have it."""

    name: str
    draft: Cell | None
    in_force: Cell | None

    @property
    def differs(self) -> bool:
        """Return whether it comes out otherwise."""
        was, now = self.in_force, self.draft
        return (was.outcome if was else "") != (now.outcome if now else "")

    @property
    def same(self) -> bool:
        """Return whether every line is the same: then it is said once."""
        return self.draft == self.in_force


@dataclass(frozen=True, slots=True)
class Ended:
    """A verdict in words, with what a grant would give."""

    kind: str
    words: str
    gives: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """One example of the draft: what it expects and whether that comes out now."""

    name: str
    expects: str
    passes: bool
    faults: tuple[str, ...]


def verdict_words(kind: VerdictKind, *, instant: bool) -> str:
    """Return what a verdict is called; a matter that is only filed is recommended, an officer decides."""
    granted = "自动通过" if instant else "建议准予"
    return {VerdictKind.GRANT: granted, VerdictKind.SUPPLEMENT: "一次补正", VerdictKind.REFER: "转人工"}[kind]


def ended(verdict: Verdict, *, instant: bool) -> Ended:
    """Return how it ends."""
    pill = {VerdictKind.GRANT: "pass", VerdictKind.SUPPLEMENT: "neutral", VerdictKind.REFER: "unknown"}
    grants = verdict.kind == VerdictKind.GRANT and verdict.outcome is not None
    lines = verdict.outcome.lines if grants and verdict.outcome else ()
    return Ended(pill[verdict.kind], verdict_words(verdict.kind, instant=instant), lines)


def compared(tried: Tried) -> list[Compared]:
    """Return every check of the draft in its order, then those only the edition in force has."""
    now = {one.check_code: one for one in tried.draft.findings}
    was = {one.check_code: one for one in tried.in_force.findings} if tried.in_force else {}
    return [
        Compared((now.get(code) or was[code]).name, _cell(now.get(code)), _cell(was.get(code)))
        for code in dict.fromkeys([*now, *was])
    ]


def examples(compiled: Compiled, *, instant: bool) -> list[ExampleLine]:
    """Return the examples of a draft, judged now."""
    pairs = zip(compiled.package.examples, trying.try_examples(compiled), strict=True)
    return [
        ExampleLine(
            one.name,
            verdict_words(_EXPECTED[one.expect.verdict], instant=instant),
            not trial.faults,
            tuple(_faults(compiled, trial, instant=instant)),
        )
        for one, trial in pairs
    ]


def _faults(compiled: Compiled, trial: trying.Trial, *, instant: bool) -> Iterator[str]:
    """Say without codes what came out otherwise."""
    if trial.faults and trial.verdict is None:
        yield "有数据读不出来，请试算后重新存一次"
        return
    names = {check.code: check.name for check in compiled.package.checks}
    for path, _ in trial.faults:
        tail = path.partition(".expect.")[2]
        if tail == "verdict" and trial.verdict is not None:
            yield f"现在是{verdict_words(trial.verdict.kind, instant=instant)}"
        elif tail.startswith("findings."):
            yield f"“{names.get(tail.removeprefix('findings.'), '已删去的核验项')}”和预期不一样"
        else:
            yield "批准内容和预期不一样"


def _cell(finding: Finding | None) -> Cell | None:
    if finding is None:
        return None
    return Cell(PILLS[finding.outcome], tuple(_said(leaf) for leaf in finding.leaves))


def _said(leaf: Leaf) -> Said:
    kind = leaf.source.kind if leaf.source else SourceKind.FORM
    unknown = leaf.outcome == Truth.UNKNOWN and leaf.reason is not None
    seen = reason_text(leaf.reason, kind) if unknown else leaf.seen
    return Said(leaf.sentence, seen, leaf.source.label if leaf.source else "", PILLS[leaf.outcome])
