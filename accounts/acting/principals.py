"""For whom someone acts: themselves, a person who gave them a mandate, their ward, an organisation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.acting import mandates
from accounts.models import ActingRight, Delegation, Guardianship, Organisation, Person
from common import clock
from common.errors import DomainError

BY_LAW = (ActingRight.Role.LEGAL_REPRESENTATIVE, ActingRight.Role.OPERATOR)  # 民法典 art. 61


class MayNotAct(DomainError):
    """The person has no right to act for the other one today."""

    status = 403
    message = "您现在不能替对方办事：授权可能已经到期或者撤回了。请到“我的”里重新选择为谁办事。"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a right to act goes; `until` is its last day. The usual value: one's own affairs, without limits."""

    role: str = ""
    matters: tuple[str, ...] = ()
    sees_certificates: bool = True
    until: date | None = None

    def covers(self, matter_code: str) -> bool:
        """Return whether the right covers a matter; one that names no matter covers all."""
        return not self.matters or matter_code in self.matters


@dataclass(frozen=True, slots=True)
class Principal:
    """The applicant, and who acts. `person`: the applicant, or for an organisation the person acting for it.

    `agent` is the acting person where another person is the applicant; `mandate` names what the right rests on, and is
    empty for oneself and for those who act for an organisation by law.
    """

    person: Person
    organisation: Organisation | None = None
    agent: Person | None = None
    mandate: str = ""
    limits: Limits = Limits()

    @property
    def name(self) -> str:
        """Return the applicant's name."""
        return self.organisation.name if self.organisation else self.person.name

    @property
    def kind(self) -> str:
        """Return `organisation` or `person`, as a matter's `applicant` says it."""
        return "organisation" if self.organisation else "person"

    @property
    def acting(self) -> Person:
        """Return the person who acts: the journal names them."""
        return self.agent or self.person

    @property
    def whom(self) -> str:
        """Return for whom the person acts, as a session keeps it: empty for oneself."""
        if self.organisation is not None:
            return f"organisation:{self.organisation.pk}"
        return f"person:{self.person.pk}" if self.agent else ""

    @property
    def closed(self) -> bool:
        """Return whether the applicant has ended: then its cases and certificates are read, and nothing is filed."""
        return self.organisation is not None and self.organisation.closed

    @property
    def role(self) -> str:
        """Return the acting person's role in words, empty for oneself."""
        return self.limits.role

    @property
    def you(self) -> str:
        """Return 您 for a sentence the applicant reads of their own act, nothing for an agent's act."""
        return "" if self.mandate else "您"

    @property
    def by(self) -> str:
        """Return the acting person for a sentence, empty where they are the applicant or act for it by law."""
        return f"（{self.role}{self.acting.name}办理）" if self.mandate else ""


def principal(person: Person, *, whom: str = "", on: date | None = None) -> Principal:
    """Return the principal a person chose (see `Principal.whom`), or raise MayNotAct: asked anew on each request."""
    if not whom:
        return Principal(person)
    kind, _, key = whom.partition(":")
    try:
        wanted = UUID(key)
    except ValueError:
        raise MayNotAct from None
    among = {"organisation": _organisations, "person": _people}.get(kind)
    found = among(person, on or clock.today(), wanted) if among else iter(())
    for one in found:
        return one
    raise MayNotAct


def choices(person: Person, *, on: date) -> list[Principal]:
    """Return everybody else the person may act for on a day: people, organisations, and last what has closed."""
    found: dict[str, Principal] = {}
    for one in (*_people(person, on), *_organisations(person, on)):
        found.setdefault(one.whom, one)
    return list(found.values())


def organisations_of(person: Person, *, on: date) -> list[Organisation]:
    """Return the organisations the person may act for on a day."""
    return [one.organisation for one in choices_of_organisations(person, on=on) if one.organisation]


def choices_of_organisations(person: Person, *, on: date) -> list[Principal]:
    """Return the organisations the person may act for on a day, each with how far the right goes."""
    found: dict[str, Principal] = {}
    for one in _organisations(person, on):
        if not one.closed:
            found.setdefault(one.whom, one)
    return list(found.values())


def _organisations(person: Person, on: date, wanted: UUID | None = None) -> Iterator[Principal]:
    """Yield the widest right first: who acts by law needs no mandate. Closed ones last: their heads look at them.

    A mandate ends with the organisation that gave it (民法典 art. 173).
    """
    standing = Q(organisation__status=Organisation.Status.ACTIVE) | Q(role__in=BY_LAW)
    rights = ActingRight.objects.filter(mandates.open_rights(on), standing, person=person)
    if wanted is not None:
        rights = rights.filter(organisation=wanted)
    rows = rights.select_related("organisation").order_by("organisation__name", "pk")
    for right in sorted(rows, key=lambda one: (one.organisation.closed, one.role not in BY_LAW)):
        yield Principal(
            person,
            right.organisation,
            mandate="" if right.role in BY_LAW else f"right:{right.pk}",
            limits=Limits(
                right.get_role_display(), tuple(right.matters), right.sees_certificates, right.valid_to
            ),
        )


def _people(person: Person, on: date, wanted: UUID | None = None) -> Iterator[Principal]:
    """Yield wards before those who delegated: a guardian acts in everything."""
    wards = Guardianship.objects.filter(mandates.open_guardianships(on), guardian=person)
    given = Delegation.objects.filter(mandates.open_delegations(on), agent=person)
    if wanted is not None:
        wards, given = wards.filter(ward=wanted), given.filter(principal=wanted)
    for ward in wards.select_related("ward").order_by("ward__name", "pk"):
        limits = Limits("监护人", until=ward.valid_to)
        yield Principal(ward.ward, agent=person, mandate=f"guardianship:{ward.pk}", limits=limits)
    for one in given.select_related("principal").order_by("principal__name", "pk"):
        limits = Limits("代办人", tuple(one.matters), sees_certificates=False, until=one.valid_to)
        yield Principal(one.principal, agent=person, mandate=f"delegation:{one.pk}", limits=limits)
