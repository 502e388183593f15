"""What phone and window ask between two acts: what is being shown, and how far its last scan has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Person, User
from certificates.models import Presentation, Scan
from certificates.presenting import codes
from certificates.presenting.stages import ACCESS, ANSWER_WITHIN, Stage, stage

REMEMBERED = codes.LIFE + ACCESS + ANSWER_WITHIN + timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Showing:
    """What a person shows now: the presentation, its code while one is shown, its last scan with its stage."""

    presentation: Presentation | None
    code: codes.Shown | None = None
    scan: Scan | None = None
    stage: Stage | None = None

    @property
    def mark(self) -> str:
        """Return what changes when the phone has something new to show."""
        slot = self.code.slot if self.code else "-"
        return f"{self.presentation.pk if self.presentation else '-'}:{slot}:{self.stage or '-'}"


def showing(person: Person, *, at: datetime) -> Showing:
    """Return what a person shows at a moment; a code only while nobody holds the last one scanned."""
    rows = Presentation.objects.filter(shown_by=person, begun_at__gt=at - REMEMBERED)
    rows = rows.select_related("holder_person", "holder_organisation", "shown_by")
    found = rows.order_by("-begun_at").first()
    if found is None:
        return Showing(None)
    scan = Scan.objects.filter(presentation=found).select_related("authorisation").order_by("-slot").first()
    if scan is not None:
        return Showing(found, None, scan, stage(scan, at=at))
    return Showing(found, codes.current(found, at=at) if codes.live(found, at=at) else None)


def scans_of(user: User, *, window: str, at: datetime) -> QuerySet[Scan]:
    """Return what a clerk scanned at a window that is still going on or was a while ago, the newest first."""
    rows = Scan.objects.filter(clerk=user, window=window, scanned_at__gt=at - REMEMBERED)
    parts = ("authorisation", "presentation__holder_person", "presentation__holder_organisation")
    return rows.select_related(*parts).order_by("-scanned_at")
