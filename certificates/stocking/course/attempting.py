"""Work on a file that fails where it stands is begun again a few times, never for ever: then somebody has to look."""

from __future__ import annotations

import logging

from django.db.models import F

from certificates.models import ImportBatch, Reconciliation
from certificates.states import IMPORTING, ImportState
from certificates.stocking.errors import Dropped, GivenUp
from common import clock

log = logging.getLogger(__name__)
MOST = 3


def count(one: ImportBatch | Reconciliation) -> None:
    """Count that a worker begins. Raises GivenUp where too many came to nothing: a killed one tells nobody."""
    if one.attempts >= MOST:
        raise GivenUp
    rows = type(one).objects.filter(pk=one.pk)
    rows.update(attempts=F("attempts") + 1, seen_at=clock.now())
    one.refresh_from_db(fields=["attempts", "seen_at"])


def is_last(one: ImportBatch | Reconciliation, error: Exception) -> bool:
    """Return whether a fault nobody foresaw was the last attempt; it is named in the log, without what a row says."""
    log.error("%s %s failed: %s", type(one).__name__, one.pk, type(error).__name__)
    return one.attempts >= MOST


def go_on(one: Reconciliation) -> None:
    """Keep that a worker is still at it. Raises Dropped."""
    if not Reconciliation.objects.filter(pk=one.pk, state=ImportState.RUNNING).update(seen_at=clock.now()):
        raise Dropped


def drop(one: ImportBatch | Reconciliation) -> bool:
    """Stop it where it stands; return whether there was something to stop."""
    stoppable = type(one).objects.filter(
        pk=one.pk, state__in=[*IMPORTING, ImportState.REVIEW, ImportState.FAILED]
    )
    return bool(stoppable.update(state=ImportState.DROPPED, seen_at=clock.now(), finished_at=clock.now()))
