"""Who is told of a case: the applicant, and who acts for them as long as they may."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from accounts.acting import mandates
from accounts.acting.principals import BY_LAW
from accounts.models import ActingRight, Message
from accounts.telling import inbox

WHOSE = "您代办的"  # where the applicant reads 您申请的


class Case(Protocol):
    """What is asked of a case on a higher floor."""

    person_id: UUID
    agent_id: UUID | None
    organisation_id: UUID | None
    mandate: str


def copies(messages: Sequence[tuple[Case, Message]], *, on: date) -> list[Message]:
    """Return a message about each case for everybody who is told of it: the applicant, and who acts for them."""
    people = told([case for case, _ in messages], on=on)
    return [
        message if person == message.person_id else _copy(message, person)
        for (_, message), persons in zip(messages, people, strict=True)
        for person in persons
    ]


def _copy(message: Message, person_id: UUID) -> Message:
    """Return the same message to another person: of a case that is not their own."""
    whose = {"whose": WHOSE} if "whose" in message.values else {}
    return inbox.message(
        person_id,
        kind=message.kind,
        occasion=message.occasion,
        values={**message.values, **whose},
        reference=message.case_reference,
        at=message.created_at,
    )


def told(cases: Sequence[Case], *, on: date) -> list[tuple[UUID, ...]]:
    """Return for each case who is told; no statement where everybody acts for themselves."""
    open_ones = mandates.standing({case.mandate for case in cases if case.mandate}, on=on)
    heads = _heads({case.organisation_id for case in cases if case.organisation_id}, on=on)
    return [tuple(dict.fromkeys(_told(case, open_ones, heads))) for case in cases]


def _told(case: Case, open_ones: set[str], heads: dict[UUID, list[UUID]]) -> Iterator[UUID]:
    """Yield who filed an organisation's case while they may act for it, else those who act for it by law."""
    if case.organisation_id is None:
        yield case.person_id
        if case.agent_id is not None and case.mandate in open_ones:
            yield case.agent_id
        return
    by_law = heads.get(case.organisation_id, [])
    still = case.mandate in open_ones if case.mandate else case.person_id in by_law
    if still or not by_law:
        yield case.person_id
    else:
        yield from by_law


def _heads(organisations: set[UUID], *, on: date) -> dict[UUID, list[UUID]]:
    if not organisations:
        return {}
    rights = ActingRight.objects.filter(
        mandates.open_rights(on), organisation__in=organisations, role__in=BY_LAW
    )
    found: dict[UUID, list[UUID]] = {}
    for organisation, person in rights.order_by("pk").values_list("organisation_id", "person_id"):
        found.setdefault(organisation, []).append(person)
    return found
