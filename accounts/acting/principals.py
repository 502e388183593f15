"""For whom someone acts: themselves, or an organisation they have a right to act for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.models import ActingRight, Organisation, Person
from common import clock
from common.errors import DomainError


class MayNotAct(DomainError):
    """The person has no right to act for the organisation today."""

    status = 403
    message = "您现在不能代表这家单位办事。请在“我的”里重新选择，或联系单位的经营者。"


@dataclass(frozen=True, slots=True)
class Principal:
    """The applicant: a person, or an organisation through the person acting for it."""

    person: Person
    organisation: Organisation | None = None

    @property
    def name(self) -> str:
        """Return the applicant's name."""
        return self.organisation.name if self.organisation else self.person.name

    @property
    def kind(self) -> str:
        """Return `organisation` or `person`, as a matter's `applicant` says it."""
        return "organisation" if self.organisation else "person"


def organisations_of(person: Person, *, on: date) -> list[Organisation]:
    """Return the organisations the person may act for on a day."""
    open_rights = Q(valid_from__lte=on, revoked_at__isnull=True) & (
        Q(valid_to__isnull=True) | Q(valid_to__gte=on)
    )
    rights = ActingRight.objects.filter(
        open_rights, person=person, organisation__status=Organisation.Status.ACTIVE
    )
    return [
        right.organisation for right in rights.select_related("organisation").order_by("organisation__name")
    ]


def principal(
    person: Person, *, organisation_id: UUID | str | None = None, on: date | None = None
) -> Principal:
    """Return the principal, or raise MayNotAct."""
    if not organisation_id:
        return Principal(person)
    for organisation in organisations_of(person, on=on or clock.today()):
        if str(organisation.id) == str(organisation_id):
            return Principal(person, organisation)
    raise MayNotAct
