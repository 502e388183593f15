"""Telling somebody something, and letting the worker look."""

from __future__ import annotations

from datetime import datetime

from accounts.models import Delivery, Message, Person
from accounts.telling import inbox
from accounts.telling.sending import delivering
from common import clock


def told(
    person: Person, *, kind: str = "withdrawn", about: object = 1, at: datetime | None = None, **values: str
) -> Message:
    """Tell somebody something, in its words."""
    known = {"matter": "某事项", "whose": "您申请的", "until": "", "certificate": "某证照", **values}
    message = inbox.message(
        person.pk, kind=kind, occasion=f"test:{kind}:{about}", values=known, at=at or clock.now()
    )
    inbox.send([message])
    return message


def deliver() -> int:
    """Let the worker look until nothing is due."""
    total = 0
    while tried := delivering.deliver_due():
        total += tried
    return total


def states() -> list[str]:
    """Return the states of all deliveries, the oldest first."""
    return list(
        Delivery.objects.order_by("created_at", "message__occasion", "channel").values_list(
            "state", flat=True
        )
    )
