"""Getting the outbox out: claim, hand over, settle. The database is the truth; a message means only "look".

A claim leases everything that waits for one person, holding that person's row, so that two workers never split what
belongs together. What is claimed gets an id before it is sent, and keeps it: a worker that dies between sending and
settling makes the next one send the same letter under the same id, which the gateway knows.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q, QuerySet

from accounts.models import Delivery, OptOut, Person
from accounts.states import Channel
from accounts.telling import wording
from accounts.telling.sending import channels, planning
from accounts.telling.sending.failures import Failed, Rejected
from common import clock

log = logging.getLogger(__name__)
PEOPLE = 20  # claimed together; what a lease must be long enough for
_LANE = "SELECT pg_try_advisory_lock(hashtext('accounts.telling.delivering'))"
_LEAVE = "SELECT pg_advisory_unlock(hashtext('accounts.telling.delivering'))"
_PEOPLE = """
SELECT id FROM accounts_person WHERE id IN (
    SELECT person_id FROM accounts_delivery
     WHERE state = 'waiting' AND not_before <= %s AND (lease_until IS NULL OR lease_until < %s)
     GROUP BY person_id ORDER BY min(not_before) LIMIT %s)
   FOR NO KEY UPDATE SKIP LOCKED
"""
State = Delivery.State
Kind: TypeAlias = tuple[UUID, str, str]  # person, channel, kind of message


@dataclass(frozen=True, slots=True)
class Parcel:
    """Deliveries of one person, channel and kind that go out as one letter; `attempts` is the fencing token."""

    sending: UUID
    attempts: int
    deliveries: tuple[Delivery, ...]

    @property
    def first(self) -> Delivery:
        """Return the oldest one."""
        return self.deliveries[0]


@contextmanager
def only_one() -> Iterator[bool]:
    """Say whether this worker may deliver: one at a time, so that a slow gateway holds up one worker and not all."""
    with connection.cursor() as cursor:
        cursor.execute(_LANE)
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute(_LEAVE)


def deliver_due() -> int:
    """Send what is due, one round; return how many letters were tried."""
    parcels = claim(at=clock.now())
    enough = clock.monotonic_ms() + settings.TELL_LEASE_SECONDS * 500
    tried = 0
    for parcel in parcels:
        if clock.monotonic_ms() > enough:  # a slow gateway: the rest is taken anew when its lease has run out
            break
        _deliver(parcel)
        tried += 1
    return tried


@transaction.atomic
def claim(*, at: datetime) -> list[Parcel]:
    """Lease what is due, the longest waiting first; put off or leave out what may not go now. Commits on its own."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [at, at, PEOPLE])
        people: list[UUID] = [row[0] for row in cursor.fetchall()]
    if not people:
        return []
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Delivery.objects.filter(free, person__in=people, state=State.WAITING)
    waiting = list(rows.select_related("message", "person").order_by("not_before", "created_at", "pk"))
    wanted = _without_unwanted(waiting, at=at)
    parcels = list(_parcels(_grouped(wanted), last=_last_sent(people), at=at))
    for parcel in parcels:
        _lease(parcel, at=at)
    return parcels


def _without_unwanted(waiting: Sequence[Delivery], *, at: datetime) -> list[Delivery]:
    """Settle what the person has opted out of since; what was tried under an id goes on."""
    people = {one.person_id for one in waiting}
    rows = OptOut.objects.filter(person__in=people).values_list("person_id", "channel", "topic")
    out = set(rows.order_by())
    left = [one for one in waiting if one.sending is None and _is_unwanted(one, out)]
    _settle([one.pk for one in left], State.UNWANTED, at=at, error="您不要这类通知")
    return [one for one in waiting if one not in left]


def _is_unwanted(one: Delivery, out: set[tuple[UUID, str, str]]) -> bool:
    told = wording.of(one.kind)
    return not told.necessary and (one.person_id, one.channel, str(told.topic)) in out


def _grouped(waiting: Sequence[Delivery]) -> list[tuple[Delivery, ...]]:
    """Return what goes out together: what was tried together before, else what waits of one kind and channel."""

    def key(one: Delivery) -> tuple[str, ...]:
        alone = one.message_id is None or wording.of(one.kind).alone
        return (
            str(one.person_id),
            one.channel,
            one.kind,
            str(one.sending or ""),
            str(one.pk) if alone else "",
        )

    return [tuple(group) for _, group in groupby(sorted(waiting, key=key), key=key)]


def _last_sent(people: Iterable[UUID]) -> dict[Kind, datetime]:
    rows = Delivery.objects.filter(person__in=people, state=State.SENT).order_by()
    return {
        (person, channel, kind): last
        for person, channel, kind, last in rows.values_list("person_id", "channel", "kind").annotate(
            Max("settled_at")
        )
    }


def _parcels(
    groups: Sequence[tuple[Delivery, ...]], *, last: Mapping[Kind, datetime], at: datetime
) -> Iterator[Parcel]:
    under_way = {_kind(group[0]) for group in groups if group[0].sending is not None}
    for group in groups:
        first = min(group, key=lambda one: one.not_before)
        if first.not_before > at:
            continue
        later = _later(first, last=last.get(_kind(first)), under_way=_kind(first) in under_way, at=at)
        if later is not None:
            Delivery.objects.filter(pk__in=[one.pk for one in group]).update(not_before=later)
            continue
        ordered = tuple(sorted(group, key=lambda one: (one.created_at, str(one.pk))))
        yield Parcel(first.sending or uuid4(), first.attempts + 1, ordered)


def _kind(one: Delivery) -> Kind:
    return one.person_id, one.channel, one.kind


def _later(one: Delivery, *, last: datetime | None, under_way: bool, at: datetime) -> datetime | None:
    """Return until when a letter must wait: nobody is woken at night, nor told of the same kind every minute."""
    if wording.of(one.kind).urgent:
        return None
    if one.channel == Channel.SMS and (morning := planning.quiet_until(at, settings.SMS_QUIET_HOURS)):
        return morning
    if one.sending is not None:
        return None
    # Behind a letter that is tried again: nobody knows yet when that one arrives.
    before = at if under_way else last
    pause = before + timedelta(seconds=settings.TELL_PAUSE_SECONDS) if before else at
    return pause if pause > at else None


def _lease(parcel: Parcel, *, at: datetime) -> None:
    Delivery.objects.filter(pk__in=[one.pk for one in parcel.deliveries]).update(
        sending=parcel.sending,
        attempts=parcel.attempts,
        lease_until=at + timedelta(seconds=settings.TELL_LEASE_SECONDS),
    )


def _deliver(parcel: Parcel) -> None:
    first, at = parcel.first, clock.now()
    try:
        letter = _letter(parcel)
        if letter is None:
            _settle_parcel(parcel, State.UNWANTED, at=at, error="没有可用的号码或地址")
            return
        channels.hand_over(letter)
    except Rejected as error:
        _settle_parcel(parcel, State.GIVEN_UP, at=at, error=str(error))
    except Failed as error:
        _put_off(parcel, error=str(error), at=clock.now())
    except Exception as error:  # one letter that cannot be made costs only itself
        log.exception("delivery %s of kind %s failed", parcel.sending, first.kind)
        _put_off(parcel, error=f"内部错误 {type(error).__name__}", at=clock.now())
    else:
        _settle_parcel(parcel, State.SENT, at=clock.now())


def _letter(parcel: Parcel) -> channels.Letter | None:
    first = parcel.first
    channel = Channel(first.channel)
    if first.sealed is not None:
        to, values = str(first.sealed["to"]), dict(first.sealed["values"])
    else:
        to = _address(first.person, channel)
        values = first.message.values if first.message else {}
    titles = tuple(one.message.title for one in parcel.deliveries if one.message is not None)
    return channels.Letter(parcel.sending, channel, first.kind, to, values, titles) if to else None


def _address(person: Person, channel: Channel) -> str:
    return person.mobile if channel is Channel.SMS else person.email or ""


def _put_off(parcel: Parcel, *, error: str, at: datetime) -> None:
    """Try again later, further and further apart; after the last try it is given up."""
    again = planning.next_try(parcel.attempts, at=at)
    if again is None:
        _settle_parcel(parcel, State.GIVEN_UP, at=at, error=error)
        return
    _ours(parcel).update(lease_until=None, not_before=again, error=error[:60], failed_at=at)


def _settle_parcel(parcel: Parcel, state: Delivery.State, *, at: datetime, error: str = "") -> None:
    rows = list(_ours(parcel).values_list("pk", flat=True).order_by("pk"))
    _settle(rows, state, at=at, error=error)


def _ours(parcel: Parcel) -> QuerySet[Delivery]:
    """Return the rows unless another worker has taken them over meanwhile."""
    rows = Delivery.objects.filter(pk__in=[one.pk for one in parcel.deliveries], state=State.WAITING)
    return rows.filter(sending=parcel.sending, attempts=parcel.attempts)


def _settle(rows: Sequence[UUID], state: Delivery.State, *, at: datetime, error: str = "") -> None:
    failed = {"failed_at": at} if state == State.GIVEN_UP else {}
    if rows:
        Delivery.objects.filter(pk__in=rows).update(
            state=state, settled_at=at, lease_until=None, error=error[:60], sealed=None, **failed
        )
