"""Who may begin: only somebody whose name was verified, for themselves and for others."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.acting import delegating
from accounts.acting.principals import Principal
from accounts.models import Person
from approvals.applying import drafting
from approvals.errors import NotVerified
from approvals.models import Draft
from common import clock
from tests.factories import district

pytestmark = pytest.mark.django_db


@pytest.fixture
def unverified(city: Any) -> district.Citizen:
    found = district.citizen(city)
    found.person.real_name_level = Person.RealNameLevel.UNVERIFIED
    found.person.save(update_fields=["real_name_level"])
    return found


def test_without_a_verified_name_nobody_begins(unverified: district.Citizen) -> None:
    with pytest.raises(NotVerified):
        drafting.start(unverified.principal, matter=district.matter(), consent=True)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("level", [Person.RealNameLevel.NAME_AND_NUMBER, Person.RealNameLevel.FACE])
def test_with_one_they_do(unverified: district.Citizen, level: int) -> None:
    unverified.person.real_name_level = level
    assert drafting.start(unverified.principal, matter=district.matter(), consent=True).reference


def acting(agent: Person, whom: Person) -> Principal:
    given = delegating.give(whom, agent=agent, until=clock.today())
    return Principal(whom, agent=agent, mandate=f"delegation:{given.pk}")


def test_it_is_who_acts_that_counts(unverified: district.Citizen, city: Any) -> None:
    """A mother of 90 need not have been to the platform; the daughter who acts for her must have."""
    mother, daughter = unverified.person, district.citizen(city, name="陈小红").person
    with pytest.raises(NotVerified):
        drafting.start(acting(mother, daughter), matter=district.matter(), consent=True)
    assert drafting.start(acting(daughter, mother), matter=district.matter(), consent=True).reference


def test_the_page_says_what_to_do(unverified: district.Citizen, client: Client) -> None:
    client.force_login(unverified.user)
    address = f"/matters/{district.ALLOWANCE}/start"
    for answer in (client.get(address), client.post(address, {"consent": "no"})):
        assert answer.status_code == 403
        assert "还没有实名认证" in answer.content.decode()
