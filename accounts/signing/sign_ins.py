"""Own sign-ins (登录记录): written when somebody has come in, read by them, ended from any device."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.contrib.sessions.models import Session
from django.db import transaction

from accounts import actors
from accounts.models import Person, SignIn, User
from accounts.signing import devices
from accounts.signing.devices import Trace
from accounts.telling import inbox
from common import clock
from records import journal

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Row:
    """One sign-in as its owner sees it."""

    sign_in: SignIn
    here: bool
    open: bool


@transaction.atomic
def record(user: User, *, way: str, trace: Trace, session_key: str, at: datetime) -> SignIn:
    """Keep that the account came in; a device not seen before is told to the person."""
    device_hash = devices.known_by(trace.token)
    earlier = SignIn.objects.filter(user=user)
    is_new = earlier.exists() and not earlier.filter(device_hash=device_hash).exists()
    entry = SignIn.objects.create(
        user=user,
        at=at,
        way=way,
        device=trace.device,
        network=trace.network,
        device_hash=device_hash,
        is_new_device=is_new,
        session_key=session_key,
    )
    if is_new:
        _tell(user, entry)
    return entry


def moved(*, old: str, new: str, way: str) -> None:
    """Follow a session to its new key, which it gets when its second factor has passed."""
    SignIn.objects.filter(session_key=old, ended_at__isnull=True).update(session_key=new, way=way)


def way_of(session_key: str) -> str:
    """Return how the session came in, empty if that is not known."""
    return SignIn.objects.filter(session_key=session_key).values_list("way", flat=True).first() or ""


def ended(session_key: str) -> None:
    """Keep that the session signed out."""
    _close(session_key=session_key, how=SignIn.End.SIGNED_OUT)


def own(user: User, *, session_key: str) -> list[Row]:
    """Return the last sign-ins, the newest first; open are those whose session still lives."""
    entries = list(SignIn.objects.filter(user=user).order_by("-at", "pk")[:SHOWN])
    living = _living(entry.session_key for entry in entries if entry.session_key)
    return [
        Row(entry, here=entry.session_key == session_key != "", open=entry.session_key in living)
        for entry in entries
    ]


@transaction.atomic
def end_one(user: User, *, sign_in_id: UUID, keep: str) -> int:
    """End the session of one own sign-in, not the one asking; return how many ended."""
    found = SignIn.objects.filter(user=user, pk=sign_in_id, ended_at__isnull=True).exclude(session_key=keep)
    return _end(user, list(found), how=SignIn.End.ELSEWHERE, actor=actors.of_user(user))


@transaction.atomic
def end_others(user: User, *, keep: str, how: SignIn.End = SignIn.End.ELSEWHERE) -> int:
    """End every session of the account but this one, at once; return how many lived."""
    found = SignIn.objects.filter(user=user, ended_at__isnull=True).exclude(session_key=keep)
    return _end(user, list(found), how=how, actor=actors.of_user(user))


@transaction.atomic
def end_all(user: User, *, how: str, actor: str) -> int:
    """End every session of the account, at once; return how many lived."""
    found = SignIn.objects.filter(user=user, ended_at__isnull=True)
    return _end(user, list(found), how=how, actor=actor)


def _end(user: User, entries: list[SignIn], *, how: str, actor: str) -> int:
    keys = [entry.session_key for entry in entries if entry.session_key]
    living = _living(keys)
    Session.objects.filter(session_key__in=keys).delete()
    SignIn.objects.filter(pk__in=[entry.pk for entry in entries if entry.session_key in living]).update(
        session_key="", ended_at=clock.now(), end=how
    )
    if living:
        journal.note(
            stream=f"user:{user.pk}",
            act="sessions_ended",
            actor=actor,
            subject=str(user.pk),
            details={"sessions": len(living), "how": str(how)},
        )
    return len(living)


def _close(*, session_key: str, how: str) -> None:
    if session_key:
        SignIn.objects.filter(session_key=session_key).update(session_key="", ended_at=clock.now(), end=how)


def _living(keys: object) -> set[str]:
    """Return the keys whose session has not run out. Sessions live in the machine's time, not in a shifted one.

    One that ran out may go on under its key, with nobody signed in.
    """
    found = Session.objects.filter(session_key__in=list(keys), expire_date__gt=clock.system_time())  # type: ignore[call-overload]
    return {row.session_key for row in found if SIGNED_IN in row.get_decoded()}


def _tell(user: User, entry: SignIn) -> None:
    person = Person.objects.filter(user=user).first()
    if person is None:
        return  # an account of staff alone has no inbox; its page of sign-ins shows the new device
    at = entry.at.astimezone(clock.SHANGHAI)
    values = {
        "at": f"{at.month}月{at.day}日{at:%H:%M}",
        "device": entry.device,
        "network": entry.network,
    }
    inbox.send(
        [
            inbox.message(
                person.pk, kind="new_device", occasion=f"sign_in:{entry.pk}", at=entry.at, values=values
            )
        ]
    )
