"""The only way anything is decided automatically: claim, collect, judge, carry out.

The machine grants, asks for a supplement, or refers. It never refuses, and what is not proven never grants.

A case is carried out as soon as its own registers have answered. While others of its batch still wait for one that is
slow, what arrives meanwhile is claimed and decided too: a register that hangs holds up those that need it, nobody else.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import prefetch_related_objects

from approvals.deciding import announcing, carrying, facts
from approvals.deciding.carrying import Judged
from approvals.deciding.facts import Collected, Collecting
from approvals.models import Application
from common import clock
from common.statements.worded import Select
from matters import editions

log = logging.getLogger(__name__)
BATCH = 50
# A healthy batch is carried out as one: so long its registers are waited for together, and so much longer a case …
FIRST_SECONDS, EACH_SECONDS = 0.05, 0.002
LOOK_SECONDS = 0.02  # … then cases that are ready are looked for so often, while others wait for a register
# As an array, so that it is run once: joined, a plan may run it again for each row and claim more than the limit.
_CLAIM = """
WITH claimed AS (
    UPDATE approvals_application SET lease_until = %s, attempts = attempts + 1
     WHERE id = ANY(ARRAY(SELECT id FROM approvals_application
                           WHERE state = 'submitted' AND (lease_until IS NULL OR lease_until < %s)
                           ORDER BY waiting_since LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id
)
"""
_APPLICATIONS = Select(lambda: Application.objects.select_related("matter__department", "person"))
_CLAIMED = "WHERE approvals_application.id IN (SELECT id FROM claimed) ORDER BY waiting_since, approvals_application.id"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one call did: how many were claimed, how many of them were carried out."""

    claimed: int
    carried: int


def decide_waiting(*, limit: int = BATCH) -> Outcome:
    """Decide waiting applications, `limit` at a time. A poison row costs only itself: what failed before goes alone."""
    claimed = claim(limit, at=clock.now())
    total = carried = 0
    under_way: list[Collecting] = []
    while claimed or under_way:
        total += len(claimed)
        carried += _give_up(claimed)
        under_way += _begin(claimed)
        first = FIRST_SECONDS + EACH_SECONDS * len(claimed)
        facts.wait_for(under_way, seconds=first if claimed else LOOK_SECONDS)
        carried += sum(_carry_ready(batch) for batch in under_way)
        under_way = [batch for batch in under_way if batch.left]
        claimed = claim(limit, at=clock.now()) if under_way else []
    return Outcome(total, carried)


def _begin(applications: Sequence[Application]) -> list[Collecting]:
    """Begin with those that are new together, with each that failed before by itself."""
    able = [one for one in applications if one.attempts <= settings.DECIDE_ATTEMPTS]
    fresh = [one for one in able if one.attempts == 1]
    alone = [one for one in able if one.attempts > 1]
    return _begin_together(fresh) + [batch for one in alone for batch in _begin_alone(one)]


def _begin_together(applications: Sequence[Application]) -> list[Collecting]:
    if not applications:
        return []
    try:
        return [_collecting(applications)]
    except Exception:  # whatever one row does to the batch, the others are decided
        log.exception("a batch of %d failed, trying one by one", len(applications))
        return [batch for one in applications for batch in _begin_alone(one)]


def _begin_alone(application: Application) -> list[Collecting]:
    try:
        return [_collecting([application])]
    except Exception:  # its lease runs out, the sweeper tries again, and after that a person gets it
        log.exception("deciding %s failed, attempt %d", application.reference, application.attempts)
        return []


def _collecting(applications: Sequence[Application]) -> Collecting:
    return Collecting(applications, on=clock.today(), at=clock.now())


def claim(limit: int, *, at: datetime) -> list[Application]:
    """Lease waiting applications, the longest waiting first, and return them. Commits on its own."""
    lease = at + timedelta(seconds=settings.DECIDE_LEASE_SECONDS)
    mine = _APPLICATIONS.rows(_CLAIMED, [lease, at, limit], cte=_CLAIM)
    prefetch_related_objects([one for one in mine if one.organisation_id], "organisation")
    for application in mine:
        # One statement sees its rows as they stood before it wrote them.
        application.attempts, application.lease_until = application.attempts + 1, lease
        application.edition = editions.row(application.edition_id)
    return mine


def _carry_ready(batch: Collecting) -> int:
    """Judge and carry out what is ready; returns how many were carried out. What fails together is tried one by one."""
    tried = batch.left
    try:
        ready = batch.take()
        tried = [one.application for one in ready]
        return _carry_out(ready, batch=batch) if ready else 0
    except Exception:  # whatever one row does to the batch, the others are decided
        log.exception("a batch of %d failed, trying one by one", len(tried))
    batch.drop(tried)
    return sum(_decide_alone(application) for application in tried if application.attempts == 1)


def _decide_alone(application: Application) -> int:
    """Collect and carry out one case by itself: what colleagues of its batch did meanwhile counts."""
    try:
        batch, carried = _collecting([application]), 0
        while batch.left:
            facts.wait_for([batch], seconds=1.0)
            ready = batch.take()
            carried += _carry_out(ready, batch=batch) if ready else 0
    except Exception:  # its lease runs out, the sweeper tries again, and after that a person gets it
        log.exception("deciding %s failed, attempt %d", application.reference, application.attempts)
        return 0
    return carried


def _carry_out(ready: Sequence[Collected], *, batch: Collecting) -> int:
    """Judge outside any transaction, then carry out in one. Returns how many were carried out."""
    judged = [judge(collected, at=batch.at) for collected in ready]
    with transaction.atomic():
        carried = carrying.carry_out(judged, at=clock.now())
    _announce(carried, claimed=len(ready), ms=batch.elapsed_ms)
    return len(carried)


def _give_up(applications: Sequence[Application]) -> int:
    """Hand to a person what could not be judged in several attempts."""
    exhausted = [one for one in applications if one.attempts > settings.DECIDE_ATTEMPTS]
    return sum(_give_up_alone(one) for one in exhausted)


def _give_up_alone(application: Application) -> int:
    try:
        with transaction.atomic():
            carried = carrying.refer_unjudged([application], at=clock.now())
    except Exception:  # the next run tries it again
        log.exception("giving up %s failed", application.reference)
        return 0
    _announce(carried, claimed=1, ms=0)
    return len(carried)


def _announce(carried: list[str], *, claimed: int, ms: float) -> None:
    announcing.announce(carried)
    log.info(
        "decided", extra={"claimed": claimed, "carried": len(carried), "cases": carried, "ms": round(ms, 1)}
    )


def judge(collected: Collected, *, at: datetime) -> Judged:
    """Return the verdict over collected facts; pure but for the stopwatch."""
    started = time.perf_counter()
    verdict = collected.compiled.judge(collected.facts, on=at.date())
    return Judged(
        collected, verdict, on=at.date(), at=at, judge_us=round((time.perf_counter() - started) * 1e6)
    )
