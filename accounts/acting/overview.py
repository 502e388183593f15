"""What a person sees of mandates: given and held, wards and guardians, organisations they act for. Reads only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.acting import mandates
from accounts.acting.delegating import NoSuchMandate
from accounts.acting.principals import BY_LAW
from accounts.models import ActingRight, Delegation, Guardianship, Organisation, Person

ENDED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything of 家人与代办."""

    given: list[Delegation]
    held: list[Delegation]
    ended: list[Delegation]
    wards: list[Guardianship]
    guardians: list[Guardianship]
    rights: list[ActingRight]


def of(person: Person, *, on: date) -> Overview:
    """Return the mandates a person has a part in; those that ended are told apart."""
    mine = Delegation.objects.filter(Q(principal=person) | Q(agent=person)).select_related(
        "principal", "agent"
    )
    standing = mandates.open_delegations(on)
    still = list(mine.filter(standing).order_by("valid_to", "pk"))
    guarding = Guardianship.objects.filter(Q(ward=person) | Q(guardian=person))
    guarding = guarding.select_related("ward", "guardian").order_by("-requested_at", "pk")
    rights = ActingRight.objects.filter(
        mandates.open_rights(on), person=person, organisation__status=Organisation.Status.ACTIVE
    )
    return Overview(
        given=[one for one in still if one.principal_id == person.pk],
        held=[one for one in still if one.agent_id == person.pk],
        ended=list(mine.exclude(standing).order_by("-given_at", "pk")[:ENDED_SHOWN]),
        wards=[one for one in guarding if one.guardian_id == person.pk],
        guardians=[one for one in guarding if one.ward_id == person.pk and one.state == one.State.CONFIRMED],
        rights=list(rights.select_related("organisation").order_by("organisation__name", "pk")),
    )


def own_delegation(person: Person, *, delegation_id: UUID) -> Delegation:
    """Return a delegation the person gave or holds, or raise NoSuchMandate."""
    mine = Delegation.objects.filter(Q(principal=person) | Q(agent=person), pk=delegation_id)
    if (found := mine.select_related("principal", "agent").first()) is None:
        raise NoSuchMandate
    return found


def own_guardianship(person: Person, *, guardianship_id: UUID) -> Guardianship:
    """Return a guardianship of which the person is the guardian, or raise NoSuchMandate."""
    mine = Guardianship.objects.filter(guardian=person, pk=guardianship_id)
    if (found := mine.select_related("ward", "guardian").first()) is None:
        raise NoSuchMandate
    return found


def headed(person: Person, *, organisation_id: UUID, on: date) -> Organisation:
    """Return an organisation the person acts for by law, or raise NoSuchMandate."""
    rights = ActingRight.objects.filter(
        mandates.open_rights(on),
        person=person,
        role__in=BY_LAW,
        organisation=organisation_id,
        organisation__status=Organisation.Status.ACTIVE,
    )
    if (right := rights.select_related("organisation").first()) is None:
        raise NoSuchMandate
    return right.organisation


def own_right(person: Person, *, right_id: int, on: date) -> ActingRight:
    """Return an agent's right: their own, or of an organisation the person heads. Raises NoSuchMandate."""
    rows = ActingRight.objects.filter(pk=right_id, role=ActingRight.Role.AGENT)
    found = rows.select_related("person", "organisation").first()
    if found is None:
        raise NoSuchMandate
    if found.person_id != person.pk:
        headed(person, organisation_id=found.organisation_id, on=on)
    return found
