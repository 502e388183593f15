"""The only way anything is decided automatically: claim, collect, judge, carry out.

The machine grants, asks for a supplement, or refers. It never refuses, and what is not proven never grants.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import prefetch_related_objects

from approvals.deciding import announcing, carrying, facts
from approvals.deciding.carrying import Judged
from approvals.deciding.facts import Collected
from approvals.models import Application
from approvals.states import ApplicationState
from common import clock
from common.selects import Select
from matters import editions

log = logging.getLogger(__name__)
BATCH = 50
_CLAIM = """
UPDATE approvals_application SET lease_until = %s, attempts = attempts + 1
 WHERE id IN (SELECT id FROM approvals_application
               WHERE state = %s AND (lease_until IS NULL OR lease_until < %s)
               ORDER BY waiting_since LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING id
"""
_APPLICATIONS = Select(lambda: Application.objects.select_related("matter__department", "person"))
_CLAIMED = "WHERE approvals_application.id = ANY(%s::uuid[]) ORDER BY waiting_since, approvals_application.id"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call did: how many were claimed, how many of them were carried out."""

    claimed: int
    carried: int


def decide_waiting(*, limit: int = BATCH) -> Outcome:
    """Decide up to `limit` waiting applications. A poison row costs only itself: what failed before goes alone."""
    claimed = claim(limit, at=clock.now())
    fresh = [application for application in claimed if application.attempts == 1]
    carried = _decide_together(fresh) if fresh else 0
    carried += sum(_decide_alone(application) for application in claimed if application.attempts > 1)
    return Outcome(len(claimed), carried)


def _decide_together(applications: Sequence[Application]) -> int:
    try:
        return _decide(applications)
    except Exception:  # whatever one row does to the batch, the others are decided
        log.exception("a batch of %d failed, trying one by one", len(applications))
        return sum(_decide_alone(application) for application in applications)


def claim(limit: int, *, at: datetime) -> list[Application]:
    """Lease waiting applications, the longest waiting first, and return them. Commits on its own."""
    lease = at + timedelta(seconds=settings.DECIDE_LEASE_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, [lease, ApplicationState.SUBMITTED, at, limit])
        ids: list[UUID] = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    mine = _APPLICATIONS.rows(_CLAIMED, [ids])
    prefetch_related_objects([one for one in mine if one.organisation_id], "organisation")
    for application in mine:
        application.edition = editions.row(application.edition_id)
    return mine


def _decide_alone(application: Application) -> int:
    try:
        return _decide([application])
    except Exception:  # its lease runs out, the sweeper tries again, and after that a person gets it
        log.exception("deciding %s failed, attempt %d", application.reference, application.attempts)
        return 0


def _decide(applications: Sequence[Application]) -> int:
    """Collect and judge outside any transaction, then carry out in one. Returns how many were carried out."""
    at, started = clock.now(), clock.monotonic_ms()
    exhausted = [one for one in applications if one.attempts > settings.DECIDE_ATTEMPTS]
    fresh = [one for one in applications if one.attempts <= settings.DECIDE_ATTEMPTS]
    judged = [judge(collected, at=at) for collected in facts.collect(fresh, on=clock.today(), at=at)]
    with transaction.atomic():
        carried = carrying.carry_out(judged, at=clock.now())
        carried += carrying.refer_unjudged(exhausted, at=clock.now())
    announcing.announce(carried)
    log.info(
        "decided",
        extra={
            "claimed": len(applications),
            "carried": len(carried),
            "cases": carried,
            "ms": round(clock.monotonic_ms() - started, 1),
        },
    )
    return len(carried)


def judge(collected: Collected, *, at: datetime) -> Judged:
    """Return the verdict over collected facts; pure but for the stopwatch."""
    started = time.perf_counter()
    verdict = collected.compiled.judge(collected.facts, on=at.date())
    return Judged(
        collected, verdict, on=at.date(), at=at, judge_us=round((time.perf_counter() - started) * 1e6)
    )
