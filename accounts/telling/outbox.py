"""The outbox: deliveries are rows of the transaction that has something to tell, so that none is lost or invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from accounts import tasks
from accounts.models import Delivery, Message, Person
from accounts.states import Channel
from accounts.telling import wording
from accounts.telling.sending import channels
from common.statements.planned import Planned

# Who has no address, or wants no messages of the topic, gets no row. A message told before has none either.
_PUT = Planned("""
INSERT INTO accounts_delivery
       (id, message_id, person_id, channel, kind, state, created_at, not_before, attempts, error)
SELECT gen_random_uuid(), m.id, m.person_id, t.channel, m.kind, 'waiting', m.created_at, t.not_before, 0, ''
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::boolean[], %s::timestamptz[])
       AS t(message, channel, topic, necessary, not_before)
  JOIN accounts_message m ON m.id = t.message
  JOIN accounts_person p ON p.id = m.person_id
 WHERE CASE t.channel WHEN 'sms' THEN p.mobile_hash IS NOT NULL ELSE p.email IS NOT NULL END
   AND (t.necessary OR NOT EXISTS (SELECT 1 FROM accounts_optout o
        WHERE o.person_id = m.person_id AND o.channel = t.channel AND o.topic = t.topic))
""")


def put(messages: Sequence[Message]) -> None:
    """Write the deliveries of stored messages with one statement; none where no channel is set up."""
    rows = [
        (one.pk, str(channel), str(told.topic), told.necessary, not_before(told, at=one.created_at))
        for one in messages
        for told in [wording.of(one.kind)]
        for channel in told.channels
        if channels.is_on(channel)
    ]
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [list(column) for column in zip(*rows, strict=True)])
    if any(wording.of(one.kind).urgent for one in messages):
        transaction.on_commit(tasks.wake)


def put_alone(
    person: Person, *, channel: Channel, kind: str, to: str, values: Mapping[str, str], at: datetime
) -> Delivery:
    """Write a delivery without a message, to an address that is not the person's own yet: a code."""
    written = Delivery.objects.create(
        person=person,
        channel=channel,
        kind=kind,
        sealed={"to": to, "values": dict(values)},
        created_at=at,
        not_before=at,
    )
    transaction.on_commit(tasks.wake)
    return written


def not_before(told: wording.Wording, *, at: datetime) -> datetime:
    """Return when a message may go out: at once when it is urgent, else once others of its kind had time to join."""
    return at if told.urgent else at + timedelta(seconds=settings.TELL_WINDOW_SECONDS)
