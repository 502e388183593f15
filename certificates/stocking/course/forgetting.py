"""What was kept for an import or a comparison is forgotten when nobody needs it any more: it holds personal data."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import actors
from certificates.models import ImportBatch, Reconciliation
from certificates.states import IMPORTING, ImportState
from certificates.stocking.files import shelving
from records.journal import note

KEPT = timedelta(days=30)  # refused rows, and files that wait for somebody
ORPHANED = timedelta(days=1)  # of nothing that stands in the database
_WAITING = (ImportState.REVIEW, ImportState.FAILED)
TOO_LATE = f"{KEPT.days} 天没有人处理，已经停止，文件已删除。需要的话请重新选择文件再开始。"


def forget_old(*, at: datetime) -> int:
    """Remove what was kept for what ended, or was left waiting, so long ago; return for how many."""
    old = [owner for owner, since in shelving.owners() if _is_old(owner, since=since, at=at)]
    for owner in old:
        _stop(owner, at=at)
        shelving.forget_all(owner)
    return len(old)


def _is_old(owner: UUID, *, since: datetime, at: datetime) -> bool:
    one = _of(owner)
    if one is None:
        return since < at - ORPHANED
    last = one.finished_at or one.seen_at or one.created_at
    return one.state not in IMPORTING and last < at - KEPT


def _of(owner: UUID) -> ImportBatch | Reconciliation | None:
    batch = ImportBatch.objects.filter(pk=owner).first()
    return batch or Reconciliation.objects.filter(pk=owner).first()


@transaction.atomic
def _stop(owner: UUID, *, at: datetime) -> None:
    """End an import that waited in vain: without its file nothing goes on."""
    waiting = ImportBatch.objects.filter(pk=owner, state__in=_WAITING)
    if waiting.update(state=ImportState.DROPPED, fault=TOO_LATE, finished_at=at):
        note(stream=f"import:{owner}", act="certificates_import_forgotten", actor=actors.SYSTEM)
