"""Reading what was told: how much is unread, what became of a message outside the portal, how the channels do."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from accounts.models import Delivery, Message, Person, User
from accounts.states import Channel, Topic
from accounts.telling import wording
from accounts.telling.sending import channels
from common.statements.planned import Planned

State = Delivery.State
_UNREAD = Planned("""
SELECT count(*) FROM accounts_message
 WHERE person_id = (SELECT id FROM accounts_person WHERE user_id = %s) AND read_at IS NULL
   AND case_reference <> ALL(%s::text[])
""")
LATE = timedelta(minutes=15)  # nothing that is due waits so long where worker and gateway are well


@dataclass(frozen=True, slots=True)
class ChannelHealth:
    """How one channel did in the last hour; `waiting_since`: since when the oldest due delivery waits."""

    channel: Channel
    waiting: int
    sent: int
    failed: int
    given_up: int
    waiting_since: datetime | None
    last_error: str

    def is_late(self, *, at: datetime) -> bool:
        """Return whether something that is due has waited too long."""
        return self.waiting_since is not None and at - self.waiting_since > LATE

    def is_failing(self, *, at: datetime) -> bool:
        """Return whether nothing goes out any more."""
        return self.is_late(at=at) or (self.failed > 0 and self.sent == 0)


def unread(user: User, *, closed: Collection[str] = ()) -> int:
    """Return how many messages the person of an account has not opened, but of cases closed to them; one statement."""
    with connection.cursor() as cursor:  # worded here: every page of a citizen asks
        cursor.execute(_UNREAD, [user.pk, list(closed)])
        return int(cursor.fetchone()[0])


def messages_of(person: Person, *, topic: str = "") -> QuerySet[Message]:
    """Return a person's messages, the newest first; of one topic if one is named."""
    rows = Message.objects.filter(person=person)
    if topic in Topic.values:
        rows = rows.filter(kind__in=[kind for kind, told in wording.kinds().items() if told.topic == topic])
    return rows.order_by("-created_at", "pk")


def of_case(reference: str) -> list[Message]:
    """Return everything told about a case, the oldest first, with the deliveries."""
    rows = Message.objects.filter(case_reference=reference).select_related("person")
    return list(rows.prefetch_related("deliveries").order_by("created_at", "pk"))


def deliveries(messages: Iterable[Message]) -> dict[UUID, list[Delivery]]:
    """Return what became of messages by SMS and e-mail; one statement."""
    found: dict[UUID, list[Delivery]] = {}
    rows = Delivery.objects.filter(message__in=[one.pk for one in messages])
    for row in rows.order_by("-channel"):  # SMS before e-mail
        if row.message_id is not None:
            found.setdefault(row.message_id, []).append(row)
    return found


def health(*, at: datetime) -> list[ChannelHealth]:
    """Return how every channel that is set up does."""
    return [_health(channel, at) for channel in Channel if channels.is_on(channel)]


def _health(channel: Channel, at: datetime) -> ChannelHealth:
    rows = Delivery.objects.filter(channel=channel)
    hour = at - timedelta(hours=1)
    settled = rows.filter(settled_at__gte=hour).aggregate(
        sent=Count("pk", filter=Q(state=State.SENT)), given_up=Count("pk", filter=Q(state=State.GIVEN_UP))
    )
    failed = rows.filter(failed_at__gte=hour)
    last = failed.order_by("-failed_at", "pk").first()
    waiting = rows.filter(state=State.WAITING).aggregate(
        many=Count("pk"), due=Min("not_before", filter=Q(not_before__lte=at))
    )
    return ChannelHealth(
        channel=channel,
        waiting=waiting["many"],
        sent=settled["sent"],
        failed=failed.count(),
        given_up=settled["given_up"],
        waiting_since=waiting["due"],
        last_error=last.error if last else "",
    )
