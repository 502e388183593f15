"""Agents of organisations: named by the head alone, for matters and a time; a new legal representative takes over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import transaction

from accounts.acting import agents, principals
from accounts.acting.agents import CannotName, Mandate, OnlyTheHead
from accounts.acting.delegating import NoSuchMandate
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import ActingRight, Message, Organisation, Person
from common import clock
from records.models import JournalEntry
from tests.factories import people
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


@dataclass
class Firm:
    head: Person
    clerk: Person
    organisation: Organisation

    def named(self, **told: object) -> ActingRight:
        mandate = Mandate(**{"until": TODAY + timedelta(days=30), **told})  # type: ignore[arg-type]
        return agents.authorise(self.head, organisation=self.organisation, agent=self.clerk, mandate=mandate)

    def acts(self, person: Person, *, on: date = TODAY) -> Principal | None:
        try:
            return principals.principal(person, whom=f"organisation:{self.organisation.pk}", on=on)
        except MayNotAct:
            return None


@pytest.fixture
def firm() -> Firm:
    clock.set_source(lambda: NOON)
    head = people.person(name="林文彬")
    return Firm(head, people.person(name="黄小玲"), people.business(operator=head))


@pytest.mark.parametrize("matters", [(), ("a",)])
@pytest.mark.parametrize("sees", [True, False])
@pytest.mark.parametrize(
    ("day", "revoked", "allowed"),
    [
        (-1, False, False),
        (0, False, True),
        (30, False, True),
        (31, False, False),
        (0, True, False),
    ],
)
def test_an_agent_acts_within_the_mandate(
    firm: Firm, matters: tuple[str, ...], sees: bool, day: int, revoked: bool, allowed: bool
) -> None:
    right = firm.named(matters=matters, sees_certificates=sees)
    if revoked:
        agents.revoke(firm.head, right_id=right.pk)
    found = firm.acts(firm.clerk, on=TODAY + timedelta(days=day))
    assert (found is not None) is allowed
    if found is not None:
        assert (found.role, found.mandate) == ("经办人", f"right:{right.pk}")
        assert (found.limits.matters, found.limits.sees_certificates) == (matters, sees)
        assert found.limits.covers("b") is (not matters)
    head = firm.acts(firm.head, on=TODAY)
    assert head is not None
    assert (head.mandate, head.limits.covers("b")) == ("", True)


def test_only_the_head_names_and_takes_back(firm: Firm) -> None:
    right = firm.named()
    third = people.person()
    for person in (firm.clerk, third):
        with pytest.raises(OnlyTheHead), transaction.atomic():
            agents.authorise(person, organisation=firm.organisation, agent=third, mandate=Mandate(TODAY))
    with pytest.raises(NoSuchMandate), transaction.atomic():
        agents.revoke(third, right_id=right.pk)
    assert firm.acts(firm.clerk) is not None


def test_the_head_is_no_agent_and_cannot_be_revoked(firm: Firm) -> None:
    own = ActingRight.objects.get(person=firm.head)
    with pytest.raises(NoSuchMandate), transaction.atomic():
        agents.revoke(firm.head, right_id=own.pk)
    with pytest.raises(CannotName), transaction.atomic():
        agents.authorise(firm.head, organisation=firm.organisation, agent=firm.head, mandate=Mandate(TODAY))


@pytest.mark.parametrize("days", [-1, 3 * 365 + 1])
def test_not_for_too_long(firm: Firm, days: int) -> None:
    with pytest.raises(CannotName), transaction.atomic():
        firm.named(until=TODAY + timedelta(days=days))


def test_of_a_cancelled_organisation_nobody_is_named_and_nobody_acts(firm: Firm) -> None:
    firm.named()
    Organisation.objects.update(
        status=Organisation.Status.CANCELLED, closed_on=clock.today(), closed_by="decision:1"
    )
    firm.organisation.refresh_from_db()
    assert firm.acts(firm.clerk) is None
    with pytest.raises(OnlyTheHead), transaction.atomic():
        agents.authorise(
            firm.head, organisation=firm.organisation, agent=people.person(), mandate=Mandate(TODAY)
        )


@pytest.mark.parametrize("by", ["head", "clerk"])
def test_the_end_is_at_once_told_and_noted(firm: Firm, by: str) -> None:
    right = firm.named()
    with pytest.raises(CannotName), transaction.atomic():
        firm.named()
    for _ in range(2):
        agents.revoke(getattr(firm, by), right_id=right.pk)
    assert firm.acts(firm.clerk) is None
    entries = JournalEntry.objects.filter(
        stream=f"organisation:{firm.organisation.credit_code}", subject=str(right.pk)
    )
    assert [one.act for one in entries.order_by("sequence")] == ["agent_authorised", "agent_revoked"]
    for person in (firm.head, firm.clerk):
        assert sorted(Message.objects.filter(person=person).values_list("kind", flat=True)) == [
            "agent_authorised",
            "agent_revoked",
        ]
    assert firm.named().pk != right.pk


def test_a_new_legal_representative_takes_over_and_the_agents_stay(firm: Firm) -> None:
    ActingRight.objects.filter(person=firm.head).update(role=ActingRight.Role.LEGAL_REPRESENTATIVE)
    firm.named()
    new = people.person(name="吴伟明")
    for _ in range(2):
        with transaction.atomic():
            agents.change_legal_representative(firm.organisation, to=new, source="decision:1", actor="system")
    assert firm.acts(firm.head) is None
    assert firm.acts(firm.clerk) is not None
    acting = firm.acts(new)
    assert acting is not None
    assert acting.role == "法定代表人"
    with pytest.raises(OnlyTheHead), transaction.atomic():
        agents.authorise(
            firm.head, organisation=firm.organisation, agent=people.person(), mandate=Mandate(TODAY)
        )
    assert JournalEntry.objects.filter(act="legal_representative_changed").count() == 1
    for person in (firm.head, new):
        assert Message.objects.filter(person=person, kind="legal_representative_changed").count() == 1
