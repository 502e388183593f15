"""Celery's entry points: each calls one function. A message carries no meaning but "look"."""

from __future__ import annotations

import logging
from uuid import UUID

import kombu.exceptions
from celery import shared_task
from django.db import transaction

from approvals import clock, deciding
from approvals.auditing import replaying
from approvals.backtesting import working
from approvals.deciding import sweeping

log = logging.getLogger(__name__)


@shared_task(name="approvals.tasks.decide")
def decide() -> int:
    """Decide what waits until nothing waits."""
    total = 0
    while (outcome := deciding.decide_waiting()).claimed:
        total += outcome.carried
    return total


@shared_task(name="approvals.tasks.sweep")
def sweep() -> None:
    """Send one wake-up when anything has been left waiting."""
    if sweeping.left_waiting():
        wake()


@shared_task(name="approvals.tasks.hand_over_late")
def hand_over_late() -> int:
    """Hand cases whose supplement notice ran out to an officer."""
    return sweeping.hand_over_late()


@shared_task(name="approvals.tasks.check_clocks")
def check_clocks() -> int:
    """Compare every stored due date with the ledger; say which differ."""
    wrong = clock.wrong_copies(clock.open_cases())
    for reference, stored, true in wrong:
        log.error("case %s: stored due date %s, ledger says %s", reference, stored, true)
    return len(wrong)


@shared_task(name="approvals.tasks.replay")
def replay() -> int:
    """Judge everything again, once a night; say what comes out otherwise."""
    report = replaying.replay_all()
    for one in report.differences:
        log.error("replay differs: %s", one)
    for reference in report.wrong_grants:
        log.error("replay: %s was granted on a judgement that is not GRANT", reference)
    log.info("replayed", extra={"judgements": report.judgements, "differences": len(report.differences)})
    return len(report.differences) + len(report.wrong_grants)


@shared_task(name="approvals.tasks.back_test")
def back_test(test_id: str) -> str:
    """Hold a draft against past cases until that has ended."""
    return str(working.run(UUID(test_id)) or "")


@shared_task(name="approvals.tasks.resume_back_tests")
def resume_back_tests() -> int:
    """Wake what nobody works on: its message was lost, or its worker died."""
    waiting = working.left_waiting()
    for test_id in waiting:
        wake_back_test(test_id)
    return len(waiting)


def wake_back_test(test_id: UUID) -> None:
    """Send a back-test to its queue. A broker that is down is no error: the timetable finds what waits."""
    try:
        back_test.apply_async((str(test_id),), retry=False)
    except (kombu.exceptions.OperationalError, OSError) as error:
        log.warning("no wake-up sent: %s", type(error).__name__)


def wake() -> None:
    """Send a wake-up. A broker that is down is no error: the sweeper finds what waits."""
    try:
        decide.apply_async(retry=False)
    except (kombu.exceptions.OperationalError, OSError) as error:
        log.warning("no wake-up sent: %s", type(error).__name__)


def wake_on_commit() -> None:
    """Send a wake-up once the caller's transaction is committed."""
    transaction.on_commit(wake)
