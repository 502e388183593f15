"""Telling people in the portal; what goes out by SMS and e-mail follows in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from accounts.models import Message, Person
from accounts.telling import outbox, wording
from common import clock
from common.statements.worded import Insert

# What was told before is not said twice.
_MESSAGES = Insert(Message, conflicts="ON CONFLICT DO NOTHING")


def message(
    person_id: UUID,
    *,
    kind: str,
    occasion: str,
    at: datetime,
    values: Mapping[str, str] | None = None,
    reference: str = "",
) -> Message:
    """Return an unsaved message in the words of data/messages; `send` stores it.

    `occasion` names the act (`application:<ref>:granted:<decision>`): a person is told of one act once.
    """
    given = dict(values or {})
    return Message(
        person_id=person_id,
        kind=kind,
        occasion=occasion,
        title=wording.title(kind, given),
        body=wording.body(kind, given),
        values=given,
        case_reference=reference,
        created_at=at,
    )


def send(messages: Iterable[Message]) -> None:
    """Store messages with their deliveries in the caller's transaction: two statements, however many there are."""
    given = list(messages)
    if not given:
        return
    _MESSAGES.rows(given)
    outbox.put(given)


def mark_read(person: Person, *, message_id: UUID) -> None:
    """Remember when the person opened a message of theirs."""
    Message.objects.filter(person=person, pk=message_id, read_at__isnull=True).update(read_at=clock.now())


def mark_all_read(person: Person) -> None:
    """Remember that the person has seen everything there is."""
    Message.objects.filter(person=person, read_at__isnull=True).update(read_at=clock.now())
