"""Telling a person something in the portal. Outbox, e-mail and SMS stand behind this seam later."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from accounts.models import Message, Person
from common import clock


def message(person_id: UUID, *, kind: str, title: str, body: str, reference: str, at: datetime) -> Message:
    """Return an unsaved message; `send` stores it."""
    return Message(
        person_id=person_id, kind=kind, title=title, body=body, case_reference=reference, created_at=at
    )


def send(messages: Iterable[Message]) -> None:
    """Store messages in the caller's transaction."""
    Message.objects.bulk_create(list(messages))


def mark_read(person: Person, *, message_id: UUID) -> None:
    """Remember when the person opened a message of theirs."""
    Message.objects.filter(person=person, pk=message_id, read_at__isnull=True).update(read_at=clock.now())
