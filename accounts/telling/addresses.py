"""A person's e-mail address: typed, shown to be theirs by a code sent there, changed, taken away."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from accounts import actors
from accounts.models import Delivery, EmailCode, Person
from accounts.states import Channel
from accounts.telling import inbox, outbox
from common import clock
from common.errors import DomainError
from records import journal
from records.hashing import HashKind, keyed
from records.models import JournalEntry

KIND, CHANGED = "email_code", "email_changed"
VALID = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
AN_HOUR = 5  # codes; they could be sent to anybody's address
TRIES = 5


class InvalidAddress(DomainError):
    """Not an e-mail address."""

    status = 422
    message = "邮箱地址不对，请检查，例如 name@example.com。"


class TooManyCodes(DomainError):
    """A code was sent a moment ago, or several within the hour."""

    status = 429
    message = "验证码刚刚发过。请先查看邮箱，一分钟后可以再发，一小时最多发 5 次。"


class WrongCode(DomainError):
    """Not the code, too late, or tried too often: nothing says which."""

    status = 422
    message = "验证码不对，或者已经过期。请检查后再填，或者重新发一个。"


@transaction.atomic
def ask_code(person: Person, *, email: str) -> None:
    """Send a code to an address the person says is theirs. Raises InvalidAddress, TooManyCodes."""
    address, at = _checked(email), clock.now()
    _lock(person)
    _brake(person, at)
    code = f"{secrets.randbelow(1_000_000):06d}"
    EmailCode.objects.filter(person=person).delete()
    EmailCode.objects.create(person=person, email=address, code_hash=_hash(person, code), sent_at=at)
    values = {"code": code, "minutes": str(VALID.seconds // 60)}
    outbox.put_alone(person, channel=Channel.EMAIL, kind=KIND, to=address, values=values, at=at)
    _note(person, "email_named")


def waiting(person: Person) -> EmailCode | None:
    """Return the address that waits for its code."""
    return EmailCode.objects.filter(person=person, sent_at__gt=clock.now() - VALID, tries__lt=TRIES).first()


def confirm(person: Person, *, code: str) -> None:
    """Take the address over when the code is right. Raises WrongCode; a wrong code is counted all the same."""
    if not _try(person, code.strip()):
        raise WrongCode


@transaction.atomic
def _try(person: Person, code: str) -> bool:
    locked = _lock(person)
    found = waiting(locked)
    if found is None:
        return False
    if not hmac.compare_digest(bytes(found.code_hash), _hash(person, code)):
        found.tries += 1
        found.save(update_fields=["tries"])
        return False
    email = found.email
    found.delete()
    _change(locked, to=email, word="更换" if locked.email else "登记")
    return True


@transaction.atomic
def remove(person: Person) -> None:
    """Forget the address; idempotent."""
    locked = _lock(person)
    EmailCode.objects.filter(person=person).delete()
    if locked.email:
        _change(locked, to=None, word="删除")


def _change(person: Person, *, to: str | None, word: str) -> None:
    """Write the address, tell the person, and tell the old address, which the thief of an account would not."""
    before, at = person.email, clock.now()
    person.email = to
    person.save(update_fields=["email"])
    entry = _note(person, "email_removed" if to is None else "email_confirmed")
    values = {"change": word}
    inbox.send(
        [inbox.message(person.pk, kind=CHANGED, occasion=f"email:{entry.sequence}", at=at, values=values)]
    )
    if before and before != to:
        outbox.put_alone(person, channel=Channel.EMAIL, kind=CHANGED, to=before, values=values, at=at)


def _checked(email: str) -> str:
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise InvalidAddress from None
    if len(address) > 200 or not address.isascii():
        raise InvalidAddress
    return address


def _brake(person: Person, at: datetime) -> None:
    hour = at - timedelta(hours=1)
    rows = Delivery.objects.filter(person=person, message=None, kind=KIND, created_at__gt=hour)
    sent = list(rows.order_by("created_at").values_list("created_at", flat=True))
    if len(sent) >= AN_HOUR or (sent and sent[-1] > at - PAUSE):
        raise TooManyCodes


def _lock(person: Person) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def _hash(person: Person, code: str) -> bytes:
    return keyed(HashKind.BEARER, f"{person.pk}:{code}")


def _note(person: Person, act: str) -> JournalEntry:
    return journal.note(
        stream=f"person:{person.pk}", act=act, actor=actors.of_person(person), subject=str(person.pk)
    )
