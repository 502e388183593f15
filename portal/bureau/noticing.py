"""What the applicant was told of a case, and whether it reached them, as the officer reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Message
from accounts.telling import following
from approvals.models import Application
from common import clock
from portal.web.components.deliveries import Went, went
from portal.web.components.wording import short_dt


@dataclass(frozen=True, slots=True)
class Told:
    """One message: what, to whom, and how it went. Never a number or an address."""

    title: str
    to: str
    went: tuple[Went, ...]


def told(application: Application) -> tuple[Told, ...]:
    """Return what was told of a case, the oldest first; two statements."""
    at = clock.now()
    return tuple(_told(one, application, at) for one in following.of_case(application.reference))


def _told(message: Message, application: Application, at: datetime) -> Told:
    if application.organisation_id is None:
        to = "申请人" if message.person_id == application.person_id else f"代办人{message.person.name}"
    else:
        to = message.person.name
    sent = sorted(message.deliveries.all(), key=lambda one: one.channel, reverse=True)
    return Told(message.title, to, (_in_the_portal(message), *went(sent, at=at)))


def _in_the_portal(message: Message) -> Went:
    if message.read_at is None:
        return Went("waiting", f"站内 {short_dt(message.created_at)} 放入，还没有看")
    return Went("pass", f"站内 {short_dt(message.read_at)} 已看")
