"""Delegation: who may give what, until when; over at once when revoked, by either side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction

from accounts.acting import delegating, principals
from accounts.acting.delegating import CannotDelegate, NoSuchMandate
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import Delegation, Message, Person
from common import clock
from records.models import JournalEntry
from tests.factories import people
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
MATTER, OTHER = "matter-a", "matter-b"


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.set_source(lambda: NOON)


@dataclass
class Family:
    mother: Person
    daughter: Person

    def acts(self, *, on: date = TODAY) -> Principal:
        return principals.principal(self.daughter, whom=f"person:{self.mother.pk}", on=on)

    def may(self, *, on: date = TODAY) -> bool:
        try:
            self.acts(on=on)
        except MayNotAct:
            return False
        return True


@pytest.fixture
def family() -> Family:
    return Family(
        people.person(name="陈秀英", born=date(1943, 5, 1)), people.person(name="林佳", born=date(1975, 5, 1))
    )


def given(
    family: Family, *, until: date = TODAY + timedelta(days=30), matters: tuple[str, ...] = ()
) -> Delegation:
    return delegating.give(family.mother, agent=family.daughter, until=until, matters=matters)


@pytest.mark.parametrize("matters", [(), (MATTER,), (MATTER, OTHER)])
@pytest.mark.parametrize(
    ("day", "revoked", "allowed"),
    [
        (-1, False, False),
        (0, False, True),
        (30, False, True),
        (31, False, False),
        (0, True, False),
        (30, True, False),
    ],
)
def test_a_delegation_stands_from_its_day_to_its_last_unless_revoked(
    family: Family, matters: tuple[str, ...], day: int, revoked: bool, allowed: bool
) -> None:
    found = given(family, matters=matters)
    if revoked:
        delegating.revoke(family.mother, delegation_id=found.pk)
    assert family.may(on=TODAY + timedelta(days=day)) is allowed
    if allowed:
        acting = family.acts(on=TODAY + timedelta(days=day))
        assert (acting.person, acting.agent, acting.acting) == (
            family.mother,
            family.daughter,
            family.daughter,
        )
        assert acting.mandate == f"delegation:{found.pk}"
        assert acting.whom == f"person:{family.mother.pk}"
        assert not acting.limits.sees_certificates
        for code in (MATTER, OTHER, "another"):
            assert acting.limits.covers(code) is (not matters or code in matters)


def test_it_works_in_one_direction_and_for_nobody_else(family: Family) -> None:
    given(family)
    stranger = people.person()
    for person, whom in (
        (family.mother, family.daughter),
        (stranger, family.mother),
        (family.daughter, stranger),
    ):
        with pytest.raises(MayNotAct):
            principals.principal(person, whom=f"person:{whom.pk}")


@pytest.mark.parametrize("days", [-1, 366, 5000])
def test_not_into_the_past_nor_beyond_a_year(family: Family, days: int) -> None:
    with pytest.raises(CannotDelegate), transaction.atomic():
        given(family, until=TODAY + timedelta(days=days))
    assert not Delegation.objects.exists()
    assert not JournalEntry.objects.filter(act="delegation_given").exists()


@pytest.mark.parametrize(("born", "allowed"), [(date(2008, 11, 20), True), (date(2008, 11, 21), False)])
def test_an_agent_is_of_age_on_the_birthday(family: Family, born: date, allowed: bool) -> None:
    family.daughter = people.person(born=born)
    if allowed:
        assert given(family).agent == family.daughter
        return
    with pytest.raises(CannotDelegate):
        given(family)


def test_nobody_delegates_to_themselves(family: Family) -> None:
    with pytest.raises(CannotDelegate):
        delegating.give(family.mother, agent=family.mother, until=TODAY)


def test_a_second_click_gives_nothing_new_and_another_scope_replaces(family: Family) -> None:
    first = given(family)
    assert given(family) == first
    second = given(family, matters=(MATTER,))
    first.refresh_from_db()
    assert first.revoked_at is not None
    assert second.pk != first.pk
    assert family.acts().limits.matters == (MATTER,)
    assert Delegation.objects.filter(revoked_at=None).get() == second


@pytest.mark.parametrize("by", ["mother", "daughter"])
def test_either_ends_it_at_once_and_again_does_no_harm(family: Family, by: str) -> None:
    found = given(family)
    person: Person = getattr(family, by)
    for _ in range(2):
        ended = delegating.revoke(person, delegation_id=found.pk)
    assert (ended.revoked_at, ended.revoked_by) == (NOON, f"person:{person.pk}")
    assert not family.may()
    entries = JournalEntry.objects.filter(stream=f"person:{family.mother.pk}", subject=str(found.pk))
    assert [(one.act, one.actor) for one in entries.order_by("sequence")] == [
        ("delegation_given", f"person:{family.mother.pk}"),
        ("delegation_revoked", f"person:{person.pk}"),
    ]
    told = Message.objects.filter(person__in=[family.mother, family.daughter]).values_list("person", "kind")
    assert sorted(kind for _, kind in told) == [
        "delegation_ended",
        "delegation_given",
        "delegation_held",
        "delegation_revoked",
    ]
    assert {(person_id, kind) for person_id, kind in told} == {
        (family.mother.pk, "delegation_given"),
        (family.daughter.pk, "delegation_held"),
        (family.mother.pk, "delegation_revoked"),
        (family.daughter.pk, "delegation_ended"),
    }


def test_a_stranger_finds_no_delegation_to_end(family: Family) -> None:
    found = given(family)
    with pytest.raises(NoSuchMandate), transaction.atomic():
        delegating.revoke(people.person(), delegation_id=found.pk)
    assert family.may()


def test_two_principals_of_one_agent_stay_apart(family: Family) -> None:
    other = people.person(name="林国辉", born=date(1944, 5, 1))
    given(family, matters=(MATTER,))
    delegating.give(other, agent=family.daughter, until=TODAY, matters=(OTHER,))
    found = {one.name: one for one in principals.choices(family.daughter, on=TODAY)}
    assert {name: one.limits.matters for name, one in found.items()} == {
        "陈秀英": (MATTER,),
        "林国辉": (OTHER,),
    }
    assert principals.choices(family.mother, on=TODAY) == []
