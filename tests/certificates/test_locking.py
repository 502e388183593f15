"""Who waits for whom: consent withdrawn, certificates ended and decisions made at the same moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from certificates.holding import authorising, looking, using
from certificates.issuance import lifecycle
from certificates.models import UseRecord
from certificates.states import CertificateStatus, UseOutcome
from rules.language.values import UnknownReason as R
from tests.factories import offices, people
from tests.factories.certificates import AT, TODAY, agreed, card_type, certificate
from tests.records.threads import in_threads, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kind(transactional_db):
    return card_type()


def collect(*needs) -> list[dict[str, Any]]:
    return using.collect(needs, on=TODAY, actor="system", at=AT)


def hold_until_somebody_waits() -> None:
    """Keep the caller's transaction open until another connection waits for a lock it holds."""
    watcher = threading.Thread(target=wait_for_a_lock)
    watcher.start()
    watcher.join()


def test_a_consent_that_is_being_withdrawn_is_waited_for():
    who = people.principal()
    certificate(who.person)
    asked = agreed(who)

    def work(number: int) -> object:
        if number:
            with transaction.atomic():
                authorising.revoke(who, authorisation_id=str(asked.authorisation_id), at=AT)
                barrier.wait()
                hold_until_somebody_waits()
            return None
        barrier.wait()
        return collect(asked)[0]["test_card"]

    barrier = threading.Barrier(2, timeout=20)

    reading, _ = in_threads(work, threads=2)
    assert reading.reason == R.UNAUTHORISED
    assert list(UseRecord.objects.values_list("outcome", flat=True)) == ["unauthorised"]


def test_what_a_decision_relies_on_stays_until_it_commits():
    who = people.principal()
    held = certificate(who.person)
    readings = collect(agreed(who))
    order: list[str] = []

    def work(number: int) -> None:
        if number:
            barrier.wait()
            lifecycle.change_status(held, CertificateStatus.REVOKED, reason="违法", actor="system")
            order.append("revoked")
            return
        with transaction.atomic():
            assert using.changed(readings, on=TODAY) == [False]
            barrier.wait()
            hold_until_somebody_waits()
            order.append("decided")

    barrier = threading.Barrier(2, timeout=20)
    in_threads(work, threads=2)
    assert order == ["decided", "revoked"]


def test_two_decisions_may_rely_on_one_certificate_at_once():
    who = people.principal()
    certificate(who.person)
    first, second = collect(agreed(who)), collect(agreed(who))

    def work(number: int) -> list[bool]:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            found = using.changed(second if number else first, on=TODAY)
            barrier.wait()
            return found

    barrier = threading.Barrier(2, timeout=10)
    assert in_threads(work, threads=2) == [[False], [False]]


def test_a_consent_a_decision_relies_on_is_withdrawn_after_it():
    who = people.principal()
    certificate(who.person)
    asked = agreed(who)
    readings = collect(asked)
    order: list[str] = []

    def work(number: int) -> None:
        if number:
            barrier.wait()
            authorising.revoke(who, authorisation_id=str(asked.authorisation_id), at=AT)
            order.append("withdrawn")
            return
        with transaction.atomic():
            assert using.changed(readings, on=TODAY) == [False]
            barrier.wait()
            hold_until_somebody_waits()
            order.append("decided")

    barrier = threading.Barrier(2, timeout=20)
    in_threads(work, threads=2)
    assert order == ["decided", "withdrawn"]
    assert using.changed(readings, on=TODAY) == [True]


def test_a_consent_for_a_purpose_that_is_being_withdrawn_opens_nothing():
    who, clerk = people.principal(), offices.employee("clerk")
    certificate(who.person)
    told: dict[str, Any] = {"department": offices.department(), "scope": {"test_card": ["name"]}, "at": AT}
    given = authorising.grant_purpose(who, purpose="办理测试贷款", until=None, **told)

    def work(number: int) -> Any:
        if number:
            with transaction.atomic():
                authorising.revoke(who, authorisation_id=given.pk, at=AT)
                barrier.wait()
                hold_until_somebody_waits()
            return None
        barrier.wait()
        return looking.by_consent(
            clerk, holder=who.person, slug="test_card", authorisation_id=given.pk, at=AT
        )

    barrier = threading.Barrier(2, timeout=20)
    looked, _ = in_threads(work, threads=2)
    assert (looked.outcome, looked.copy) == (UseOutcome.UNAUTHORISED, None)
    given.refresh_from_db()
    assert given.status == "revoked"
