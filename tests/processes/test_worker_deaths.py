"""Killed workers, lost wake-ups, doubled wake-ups: one decision, one certificate, and no hand touching it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
import pytest
from django.db import connection

from approvals import tasks
from approvals.models import Application, Decision, Judgement
from approvals.states import ApplicationState as S
from bench import applying
from bench.visitor import Visitor
from certificates.models import Certificate
from common.redis import connection as broker
from records import journal
from registers.models import RegisterCall
from tests.factories import district
from tests.factories.district import ALLOWANCE, Citizen
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.watching import issued, state_of, within

PASSWORD = "a long test password"
LEASE = {"DECIDE_LEASE_SECONDS": "2"}


@pytest.fixture
def apply(city: FarStandin, visit: Callable[[], Visitor]) -> Callable[[Citizen], str]:
    """Signs in and submits over HTTP with nothing typed; returns the reference."""

    def submit(citizen: Citizen) -> str:
        visitor = visit()
        applying.sign_in(visitor, username=citizen.user.username, password=PASSWORD)
        return applying.reference(applying.apply(visitor, matter=ALLOWANCE))

    return submit


@contextmanager
def holding(statement: str, *values: str) -> Iterator[None]:
    """Hold what a statement locks, from a connection of our own."""
    told = connection.settings_dict
    line = psycopg2.connect(
        host=told["HOST"],
        port=told["PORT"],
        dbname=told["NAME"],
        user=told["USER"],
        password=told["PASSWORD"],
    )
    try:
        with line.cursor() as cursor:
            cursor.execute(statement, values)
            yield
            line.rollback()
    finally:
        line.close()


def waiting_for_locks() -> int:
    """How many sessions on this database wait for somebody's lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE datname = current_database() AND NOT granted"
        )
        return int(cursor.fetchone()[0])


def stuck_in_carrying_out(reference: str) -> bool:
    """Claimed, certificates and registers read and on record, and now held up at the certificate's row."""
    claimed = Application.objects.filter(reference=reference, lease_until__isnull=False, attempts=1).exists()
    answered = (
        RegisterCall.objects.filter(case_reference=reference)
        .exclude(outcome=RegisterCall.Outcome.ASKED)
        .count()
        == 2
    )
    return claimed and answered and waiting_for_locks() > 0


def assert_decided_once(reference: str) -> None:
    """One decision, one judgement, one certificate, one word about it in the journal."""
    application = Application.objects.get(reference=reference)
    assert application.state == S.GRANTED, application.referral_reason
    assert Decision.objects.filter(application=application).count() == 1
    assert Judgement.objects.filter(application=application).count() == 1
    assert len(issued(reference)) == 1
    held = Certificate.objects.filter(type__slug="senior_allowance", holder_person=application.person_id)
    assert held.count() == 1
    assert [event.kind for event in journal.events_of(application.stream)].count("granted") == 1


def test_a_worker_killed_between_claim_and_commit(
    city: FarStandin,
    apply: Callable[[Citizen], str],
    begin_worker: Callable[..., None],
    processes: Processes,
    timetable: None,
) -> None:
    citizen = district.citizen(city)
    begin_worker(**LEASE)
    row = str(citizen.certificates["household_register"].pk)
    with holding("SELECT 1 FROM certificates_certificate WHERE id = %s FOR NO KEY UPDATE", row):
        case = apply(citizen)
        assert within(15, lambda: stuck_in_carrying_out(case))
        processes.kill("worker")
    assert within(10, lambda: waiting_for_locks() == 0)
    time.sleep(0.5)  # had the dead worker's transaction a way to commit, it would have taken it now
    assert (state_of(case), Decision.objects.count(), Judgement.objects.count()) == (S.SUBMITTED, 0, 0)
    begin_worker(**LEASE)
    assert within(25, lambda: state_of(case) != S.SUBMITTED)
    assert_decided_once(case)
    assert Application.objects.get(reference=case).attempts == 2


def test_a_worker_that_outlives_its_lease_does_not_decide_twice(
    city: FarStandin, apply: Callable[[Citizen], str], begin_worker: Callable[..., None]
) -> None:
    """Slow, not dead: the other process of the pool claims it anew, and only that one may carry it out."""
    case = apply(district.citizen(city))
    with holding("LOCK TABLE certificates_userecord IN EXCLUSIVE MODE"):  # where collecting begins
        begin_worker(**LEASE)
        assert within(15, lambda: waiting_for_locks() == 1)
        time.sleep(2.2)
        tasks.decide.delay()
        assert within(10, lambda: waiting_for_locks() == 2)
    assert within(10, lambda: state_of(case) != S.SUBMITTED)
    time.sleep(1)
    assert_decided_once(case)
    assert Application.objects.get(reference=case).attempts == 2


def test_a_broker_emptied_after_submitting(
    city: FarStandin, apply: Callable[[Citizen], str], begin_worker: Callable[..., None], timetable: None
) -> None:
    case = apply(district.citizen(city))
    assert broker().llen("instant") == 1
    broker().flushdb()
    begin_worker()
    assert within(25, lambda: state_of(case) != S.SUBMITTED)
    assert_decided_once(case)


def test_a_broker_emptied_under_a_running_worker(
    city: FarStandin, apply: Callable[[Citizen], str], worker: Processes
) -> None:
    """The queues' own bookkeeping is gone too; the next wake-up arrives all the same."""
    broker().flushdb()
    case = apply(district.citizen(city))
    assert within(10, lambda: state_of(case) != S.SUBMITTED)
    assert_decided_once(case)


def test_wake_ups_tripled(city: FarStandin, apply: Callable[[Citizen], str], worker: Processes) -> None:
    cases = []
    for _ in range(5):
        cases.append(apply(district.citizen(city)))
        tasks.decide.delay()
        tasks.decide.delay()
    assert within(20, lambda: all(state_of(case) != S.SUBMITTED for case in cases))
    time.sleep(0.5)
    for case in cases:
        assert_decided_once(case)
    assert len({issued(case)[0].number for case in cases}) == 5


def test_wake_ups_that_waited_together_are_decided_once_each(
    city: FarStandin, apply: Callable[[Citizen], str], begin_worker: Callable[..., None]
) -> None:
    """Both processes of the pool start on the same heap at the same moment."""
    cases = [apply(district.citizen(city)) for _ in range(6)]
    for _ in range(12):
        tasks.decide.delay()
    begin_worker()
    assert within(20, lambda: all(state_of(case) != S.SUBMITTED for case in cases))
    time.sleep(0.5)
    for case in cases:
        assert_decided_once(case)
