"""Judging again what was judged: from its own stored facts, edition and day, to the same verdict, for ever.

PIPL art. 24: an automated decision must be explained years later (architecture, what always holds: 4). A difference is
a fault of the engine, of the stored record, or of an edition changed behind the product's back. Nothing is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from approvals.models import Judgement
from approvals.states import DecisionKind, Maker
from matters import editions
from records.encrypting.envelope import Tampered
from rules.language.invalid import InvalidTree
from rules.language.values import (
    Verdict,
    VerdictKind,
    facts_from_json,
    verdict_from_json,
    verdict_to_json,
)

CHUNK = 200
UNREADABLE = "the record cannot be read"
_READ = ("number", "verdict", "on", "record", "judged_at", "edition", "application__reference")


@dataclass(frozen=True, slots=True)
class Difference:
    """One judgement that does not come out as it is stored, and what differs. Names no person and no value."""

    reference: str
    number: int
    edition: int
    what: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.reference} #{self.number} (edition {self.edition}): {'; '.join(self.what)}"


@dataclass(frozen=True, slots=True)
class Report:
    """What came of replaying."""

    judgements: int
    differences: tuple[Difference, ...]
    wrong_grants: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Return whether everything comes out as it is stored, and every grant of the machine rests on GRANT."""
        return not self.differences and not self.wrong_grants

    def as_json(self) -> dict[str, object]:
        """Return counts, every difference, and grants without ground."""
        told = [
            {"case": one.reference, "judgement": one.number, "edition": one.edition, "what": list(one.what)}
            for one in self.differences
        ]
        return {"judgements": self.judgements, "differences": told, "wrong_grants": list(self.wrong_grants)}

    def __str__(self) -> str:
        lines = [str(one) for one in self.differences]
        lines += [
            f"{reference}: granted by the machine on a judgement that is not GRANT"
            for reference in self.wrong_grants
        ]
        wrong = len(lines)
        lines.append(f"{self.judgements} judgements, {wrong or 'none'} of them wrong")
        return "\n".join(lines)


def judgements(*, since: datetime | None = None, matter: str = "") -> QuerySet[Judgement]:
    """Return the judgements to replay, the oldest first."""
    rows = Judgement.objects.select_related("application").only(*_READ).order_by("judged_at", "pk")
    if since is not None:
        rows = rows.filter(judged_at__gte=since)
    return rows.filter(application__matter__code=matter) if matter else rows


def wrong_grants(*, since: datetime | None = None, matter: str = "") -> list[str]:
    """Return the cases the machine granted on a judgement that is not GRANT: there must be none."""
    rows = judgements(since=since, matter=matter).filter(
        decisions__maker=Maker.SYSTEM, decisions__kind=DecisionKind.GRANTED
    )
    wrong = rows.exclude(verdict=VerdictKind.GRANT.value.lower())
    return sorted(wrong.values_list("application__reference", flat=True))


def replay_all(*, since: datetime | None = None, matter: str = "") -> Report:
    """Judge everything again; see `judgements` for what is left out."""
    count, differences = 0, []
    for judgement in judgements(since=since, matter=matter).iterator(chunk_size=CHUNK):
        count += 1
        if what := differing(judgement):
            edition = editions.row(judgement.edition_id).number
            differences.append(Difference(judgement.application.reference, judgement.number, edition, what))
    return Report(count, tuple(differences), tuple(wrong_grants(since=since, matter=matter)))


def differing(judgement: Judgement) -> tuple[str, ...]:
    """Return in which ways one judgement comes out otherwise than it is stored; nothing: as it was."""
    try:
        stored = judgement.record["verdict"]
        facts = facts_from_json(judgement.record["facts"])
        told = verdict_from_json(stored)
    except (Tampered, KeyError, TypeError, ValueError, AttributeError) as error:
        return (f"{UNREADABLE} ({type(error).__name__})",)
    try:
        compiled = editions.compiled(editions.row(judgement.edition_id))
    except InvalidTree:
        return ("the edition cannot be read any more",)
    again = compiled.judge(facts, on=judgement.on)
    found = []
    if judgement.verdict != told.kind.value.lower():
        found.append(f"the row says {judgement.verdict}, its record {told.kind.value.lower()}")
    if verdict_to_json(again) != stored:
        found += _in_words(told, again)
    return tuple(found)


def _in_words(told: Verdict, again: Verdict) -> list[str]:
    """Say what differs: the verdict, findings by check, the outcome row; else that a trace does."""
    found = []
    if told.kind != again.kind:
        found.append(f"verdict {told.kind.value} → {again.kind.value}")
    before = {one.check_code: one for one in told.findings}
    after = {one.check_code: one for one in again.findings}
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was is None or now is None:
            found.append(f"check {name} {'is new' if was is None else 'is gone'}")
        elif was.outcome != now.outcome:
            found.append(f"check {name} {was.outcome.value} → {now.outcome.value}")
    if told.outcome != again.outcome:
        found.append("the outcome differs")
    return found or ["the trace differs"]
