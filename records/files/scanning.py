"""The virus scan beside the flow: it keeps nobody waiting, and what it has not seen cannot be taken away.

A row whose `scan_after` has come is due. A claim moves that forward, so that a worker that dies costs only time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from common import clock
from records import journal
from records.encrypting.envelope import Tampered
from records.files import clamd, keeping
from records.files.clamd import ScannerDown
from records.models import StoredFile

SYSTEM = "system"  # as accounts.actors names it, one floor up
LEASE = timedelta(seconds=clamd.SECONDS * 2)
BACKOFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))  # then it is called failed
BATCH = 20  # of one run: the queue is not ours alone
AGAIN = timedelta(days=30)  # scanners learn: what was clean is looked at again
NIGHTLY = 2000  # how many of those in one night
Scan = StoredFile.Scan


def is_configured() -> bool:
    """Return whether there is a scanner to ask."""
    return bool(settings.CLAMD_URL)


def is_due(*, at: datetime) -> bool:
    """Return whether any file waits to be scanned."""
    return is_configured() and StoredFile.objects.filter(scan_after__lte=at).exists()


def scan_due() -> int:
    """Scan what is due, return how many files were looked at."""
    looked = 0
    while is_configured() and looked < BATCH and (claimed := _claim(at=clock.now())) is not None:
        _look(claimed)
        looked += 1
    return looked


@transaction.atomic
def _claim(*, at: datetime) -> StoredFile | None:
    due = StoredFile.objects.filter(scan_after__lte=at).order_by("scan_after", "pk")
    found = due.select_for_update(skip_locked=True).first()
    if found is not None:
        found.scan_after, found.scan_attempts = at + LEASE, found.scan_attempts + 1
        found.save(update_fields=["scan_after", "scan_attempts"])
    return found


def _look(stored: StoredFile) -> None:
    try:
        seen = clamd.scan(keeping.read(stored.pk, keeping.MAIN), url=settings.CLAMD_URL)
    except (ScannerDown, Tampered, FileNotFoundError) as error:
        told = str(error) if isinstance(error, ScannerDown) else type(error).__name__
        return _not_done(stored, told, at=clock.now())
    return _found(stored, seen, at=clock.now())


@transaction.atomic
def _found(stored: StoredFile, seen: str, *, at: datetime) -> None:
    """Write what was found, and prove it where it is bad; a file deleted meanwhile is none of ours."""
    changes = {
        "scan": Scan.INFECTED if seen else Scan.CLEAN,
        "scan_detail": seen,
        "scan_after": None,
        "scan_attempts": 0,
        "scanned_at": at,
    }
    if StoredFile.objects.filter(pk=stored.pk).update(**changes) and seen:
        journal.note(
            stream=stored.stream,
            act="file_infected",
            actor=SYSTEM,
            subject=str(stored.pk),
            details={"found": seen},
            event="上传的一个文件查出病毒，已经隔离，谁也打不开。请换一个文件。",
            event_kind="file_infected",
        )


def _not_done(stored: StoredFile, told: str, *, at: datetime) -> None:
    attempt = stored.scan_attempts
    again = at + BACKOFF[attempt - 1] if attempt <= len(BACKOFF) else None
    changes: dict[str, object] = {"scan_after": again, "scan_detail": told[:120]}
    if again is None:
        changes["scan"] = Scan.FAILED
    StoredFile.objects.filter(pk=stored.pk).update(**changes)


def rescan(*, failed: bool = True, older_than: timedelta | None = None, limit: int = NIGHTLY) -> int:
    """Have files scanned again: those that failed, and those last scanned longer ago; return how many."""
    at = clock.now()
    wanted = Q(scan=Scan.FAILED) if failed else Q(pk__in=())
    if older_than is not None:
        wanted |= Q(scan__in=[Scan.CLEAN, Scan.UNSCANNED], scanned_at__lte=at - older_than)
    settled = StoredFile.objects.filter(wanted, scan_after__isnull=True).order_by("scanned_at", "pk")
    chosen = list(settled.values_list("pk", flat=True)[:limit])
    return StoredFile.objects.filter(pk__in=chosen).update(scan_after=at, scan_attempts=0)


def troubled() -> Mapping[str, int]:
    """Return how many files are infected, failed, or have waited for more than an hour."""
    late = Q(scan_after__isnull=False, created_at__lt=clock.now() - timedelta(hours=1), scan=Scan.UNSCANNED)
    rows = StoredFile.objects
    return {
        "infected": rows.filter(scan=Scan.INFECTED).count(),
        "failed": rows.filter(scan=Scan.FAILED).count(),
        "late": rows.filter(late).count(),
    }
