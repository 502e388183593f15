"""Messages as a citizen's pages show them: what became of each, and the topics there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Message, Person
from accounts.states import Channel, Topic
from accounts.telling import addresses, following, wording
from accounts.telling.sending import channels
from approvals import selectors
from common import clock
from portal.web.components.deliveries import Went, went


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the list, or its page."""

    message: Message
    topic: str
    went: tuple[Went, ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """One topic to look at; the empty one is all of them."""

    value: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """How a person is reached outside the portal: which channels this portal has, and what they are told to use."""

    on: tuple[Channel, ...]
    sms: bool
    email: bool
    mobile: str
    address: str
    waiting: str

    @property
    def usable(self) -> tuple[Channel, ...]:
        """Return the channels that reach the person."""
        has = {Channel.SMS: self.mobile, Channel.EMAIL: self.address}
        return tuple(channel for channel in self.on if has[channel])


def own_messages(person: Person, *, topic: str = "") -> QuerySet[Message]:
    """Return what a person was told; of cases they acted in for others only while they may see these."""
    closed = selectors.closed_to(person, on=clock.today())
    return following.messages_of(person, topic=topic).exclude(case_reference__in=closed)


def rows(messages: Sequence[Message]) -> list[Row]:
    """Return messages with what became of each; one statement."""
    found = following.deliveries(messages)
    known, at = wording.kinds(), clock.now()
    return [
        Row(
            message=one,
            topic=str(known[one.kind].topic.label) if one.kind in known else "",
            went=went(found.get(one.pk, ()), at=at),
        )
        for one in messages
    ]


def filters(chosen: str) -> list[Filter]:
    """Return the topics a list can be narrowed to."""
    topics = [Filter(str(topic), str(topic.label), chosen == topic) for topic in Topic]
    return [Filter("", "全部", chosen not in Topic.values), *topics]


def reached(person: Person) -> Reached:
    """Return how a person is reached."""
    asked = addresses.waiting(person)
    return Reached(
        on=tuple(channel for channel in Channel if channels.is_on(channel)),
        sms=channels.is_on(Channel.SMS),
        email=channels.is_on(Channel.EMAIL),
        mobile=person.mobile,
        address=masked(person.email or ""),
        waiting=masked(asked.email) if asked else "",
    )


def masked(email: str) -> str:
    """Return an address as c***@example.com."""
    name, at, host = email.partition("@")
    return f"{name[:1]}***@{host}" if at else ""
