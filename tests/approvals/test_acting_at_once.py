"""Revoking and acting at the same moment: one waits for the other, and the end wins as soon as it is committed."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import transaction

from accounts.acting import delegating, principals
from accounts.acting.principals import MayNotAct
from approvals.applying import drafting
from approvals.models import Draft
from common import clock
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.records.threads import in_threads, wait_for_a_lock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pair(transactional_db: None) -> tuple[Citizen, Citizen]:
    clock.set_source(lambda: NOON)
    district.load_catalogue(NOON)
    return district.citizen(), district.citizen(name="林佳", born=date(1975, 5, 1))


@pytest.mark.parametrize("first", ["revoking", "acting"])
def test_one_waits_for_the_other(pair: tuple[Citizen, Citizen], first: str) -> None:
    mother, daughter = pair
    given = delegating.give(mother.person, agent=daughter.person, until=NOON.date() + timedelta(days=1))
    acting = principals.principal(daughter.person, whom=f"person:{mother.person.pk}")
    barrier = threading.Barrier(2, timeout=20)

    def hold() -> None:
        barrier.wait()
        watcher = threading.Thread(target=wait_for_a_lock)
        watcher.start()
        watcher.join()

    def revoke() -> None:
        delegating.revoke(mother.person, delegation_id=given.pk)

    def act() -> object:
        return drafting.start(acting, matter=district.matter(), consent=True)

    leading, following = (revoke, act) if first == "revoking" else (act, revoke)

    def work(number: int) -> object:
        if number:
            with transaction.atomic():
                done = leading()
                hold()
            return done
        barrier.wait()
        try:
            return following()
        except MayNotAct as error:
            return error

    answer, _ = in_threads(work, threads=2)
    if first == "revoking":
        assert isinstance(answer, MayNotAct)
        assert not Draft.objects.exists()
    else:
        assert Draft.objects.get().agent == daughter.person
    given.refresh_from_db()
    assert given.revoked_at is not None
