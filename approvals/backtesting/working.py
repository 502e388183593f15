"""Running a back-test: slices of past judgements, each counted in one commit with the place reached.

A worker that dies costs the slice it was at; the next one goes on behind the last commit. `attempts` is the fencing
token: who lost the lease counts nothing any more.
"""

from __future__ import annotations

import logging
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from approvals.backtesting import comparing, tallying
from approvals.backtesting.comparing import Side
from approvals.backtesting.tallying import Limits, Tally
from approvals.models import BackTest, Judgement
from approvals.states import UNDER_WAY, BackTestState
from common import clock
from common.clock import SHANGHAI
from matters import editions
from matters.models import EditionDraft
from matters.writing import drafts, examining
from records.encrypting.envelope import Tampered
from rules import FieldSpec, facts_from_json

log = logging.getLogger(__name__)
SLICE = 100
LEASE = timedelta(seconds=60)
ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class _Run:
    """One worker's hold on a back-test: both sides prepared once."""

    test: BackTest
    before: Side
    after: Side


def left_waiting() -> list[UUID]:
    """Return the back-tests nobody works on: the wake-up was lost, or the worker died."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=clock.now())
    return list(
        BackTest.objects.filter(free, state__in=UNDER_WAY).order_by("asked_at").values_list("pk", flat=True)
    )


def run(test_id: UUID) -> BackTestState | None:
    """Work on a back-test until it has ended; None where somebody else does, or it ended before."""
    test = _claim(test_id)
    if test is None:
        return None
    if test.attempts > ATTEMPTS:
        return _end(test, BackTestState.FAILED)
    after = _draft_as_asked(test)
    if after is None:
        return _end(test, BackTestState.OUTDATED)
    work = _Run(test, Side(editions.compiled(test.edition)), after)
    while rows := _slice(test):
        if not _is_as_asked(test):
            return _end(test, BackTestState.OUTDATED)
        if not _keep(work, rows):
            return None
    return _finish(test)


def past(test: BackTest) -> QuerySet[Judgement]:
    """Return the newest judgement of each case of the matter, as things stood when it was asked for."""
    known = Judgement.objects.filter(judged_at__lte=test.asked_at)
    later = known.filter(application=OuterRef("application"), number__gt=OuterRef("number"))
    rows = known.filter(~Exists(later), application__matter__code=test.draft.matter_code)
    return rows.order_by("-judged_at", "-pk")


def _claim(test_id: UUID) -> BackTest | None:
    """Lease a back-test that is under way and free; count the cases the first time."""
    at = clock.now()
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    taken = BackTest.objects.filter(free, pk=test_id, state__in=UNDER_WAY).update(
        state=BackTestState.RUNNING, lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    if not taken:
        return None
    test = BackTest.objects.select_related("draft", "edition").get(pk=test_id)
    if test.place_id is None:
        test.tally, test.done = tallying.fresh(), 0
        test.cases = min(test.wanted, past(test).count())
        _mine(test).update(cases=test.cases, tally=test.tally, done=0)
    return test


def _mine(test: BackTest) -> QuerySet[BackTest]:
    """Return the row as long as it is ours: not cancelled, not taken over."""
    return BackTest.objects.filter(pk=test.pk, state=BackTestState.RUNNING, attempts=test.attempts)


def _draft_as_asked(test: BackTest) -> Side | None:
    if test.draft.revision != test.revision:
        return None
    compiled = examining.examine(test.draft.content).compiled
    return Side(compiled) if compiled else None


def _is_as_asked(test: BackTest) -> bool:
    return EditionDraft.objects.filter(pk=test.draft_id, revision=test.revision).exists()


def _slice(test: BackTest) -> list[Judgement]:
    rows = past(test)
    if test.place_id is not None and test.place_at is not None:
        behind = Q(judged_at__lt=test.place_at) | Q(judged_at=test.place_at, pk__lt=test.place_id)
        rows = rows.filter(behind)
    read = rows.select_related("application").only("judged_at", "on", "record", "application__reference")
    return list(read[: min(SLICE, test.cases - test.done)])


def _keep(work: _Run, rows: list[Judgement]) -> bool:
    """Count a slice and commit it with the place reached; False where the back-test is not ours any more."""
    test, tally = work.test, deepcopy(work.test.tally)
    columns = tallying.money_columns(work.before.compiled, work.after.compiled)
    for judgement in rows:
        _count(work, judgement, tally, columns)
    place = {"place_at": rows[-1].judged_at, "place_id": rows[-1].pk}
    done = test.done + len(rows)
    kept = _mine(test).update(tally=tally, done=done, lease_until=clock.now() + LEASE, **place)
    test.tally, test.done = tally, done
    test.place_at, test.place_id = rows[-1].judged_at, rows[-1].pk
    return bool(kept)


def _count(work: _Run, judgement: Judgement, tally: Tally, columns: dict[str, FieldSpec]) -> None:
    try:
        facts = facts_from_json(judgement.record["facts"])
    except (Tampered, KeyError, TypeError, ValueError, AttributeError) as error:
        log.warning("judgement %s cannot be read: %s", judgement.pk, type(error).__name__)
        return tallying.add_broken(tally)
    compared = comparing.compare(work.before, work.after, facts=facts, on=judgement.on)
    month = _month(judgement.judged_at)
    return tallying.add(
        tally, compared, reference=judgement.application.reference, month=month, columns=columns
    )


def _month(moment: datetime) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m}"


def _finish(test: BackTest) -> BackTestState | None:
    """End it and write down with the draft what came out, in one commit."""
    at = clock.now()
    limits = Limits(flips=settings.BACKTEST_FLIP_SHARE, lost=settings.BACKTEST_LOST_SHARE)
    told = tallying.impact(test.tally, revision=test.revision, limits=limits, at=at.isoformat())
    with transaction.atomic():
        if not _mine(test).update(state=BackTestState.DONE, ended_at=at, lease_until=None):
            return None
        drafts.note_impact(draft_id=test.draft_id, revision=test.revision, impact=told)
    return BackTestState.DONE


def _end(test: BackTest, state: BackTestState) -> BackTestState | None:
    ended = _mine(test).update(state=state, ended_at=clock.now(), lease_until=None)
    return state if ended else None
