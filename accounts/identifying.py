"""Who is behind an account of somebody at work: known by the hash of their resident ID number, entered here or not.

Nobody acts at work on what is their own. That compares people: a work account beside a private one changes nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import actors
from accounts.models import ActingRight, Organisation, Person, Post, User
from common.errors import DomainError
from common.identifiers import resident_id
from records import journal
from records.hashing import HashKind, keyed


class UnknownIdentity(DomainError):
    """Whether something is one's own cannot be told of an account that is nobody's."""

    status = 403
    message = (
        "您的工作账号还没有关联本人身份，系统不能确认这件事与您本人和家人无关，所以不能办。请联系管理员。"
    )


class OtherIdentity(DomainError):
    """An account stays the account of one person."""

    status = 409
    message = "这个账号已经关联另一个人的身份，不能改成别人。请为接手的人开新的账号。"


@transaction.atomic
def link(user: User, *, number: str, actor: str = actors.SYSTEM) -> None:
    """Say whose account it is, once; the number itself is not kept. Raises InvalidIdentifier, OtherIdentity."""
    digest = keyed(HashKind.RESIDENT_ID, resident_id(number).number)
    locked = User.objects.select_for_update().get(pk=user.pk)
    known = hash_of(locked)
    if known is not None and known != digest:
        raise OtherIdentity
    if locked.id_number_hash is None:
        User.objects.filter(pk=user.pk).update(id_number_hash=digest)
        journal.note(stream=f"user:{user.pk}", act="identity_known", actor=actor, subject=str(user.pk))
    user.id_number_hash = digest


def hash_of(user: User) -> bytes | None:
    """Return the hash of the resident ID number behind an account, None where nobody said whose it is."""
    person = getattr(user, "person", None)
    digest = person.id_number_hash if person is not None else user.id_number_hash
    return bytes(digest) if digest is not None else None


def required(user: User) -> bytes:
    """Return what `hash_of` does. Raises UnknownIdentity."""
    known = hash_of(user)
    if known is None:
        raise UnknownIdentity
    return known


def nobodys(*, on: date) -> list[str]:
    """Return the user names of active accounts that hold a post on a day and are linked to nobody, in order."""
    posts = Post.objects.filter(
        user__is_active=True, user__person__isnull=True, user__id_number_hash__isnull=True
    )
    return sorted({post.user.username for post in posts.select_related("user") if post.held_on(on)})


def household_of(user: User) -> bytes | None:
    """Return the keyed hash of the household the user lives in, None where it is not known."""
    person = getattr(user, "person", None)
    if person is None and user.id_number_hash is not None:
        person = Person.objects.filter(id_number_hash=bytes(user.id_number_hash)).first()
    return bytes(person.household_hash) if person is not None and person.household_hash else None


def homes_of(digest: bytes) -> QuerySet[Person, Any]:
    """Return the keyed hash of the household of who has this ID number, to be asked within another statement."""
    known = Person.objects.filter(id_number_hash=digest, household_hash__isnull=False)
    return known.values_list("household_hash", flat=True)


def close_to(user: User) -> QuerySet[Person]:
    """Return the user as a person and who lives with them, to be asked within another statement.

    Raises UnknownIdentity.
    """
    own = required(user)
    return Person.objects.filter(Q(id_number_hash=own) | Q(household_hash__in=homes_of(own)))


def is_same_person(user: User, other: User) -> bool:
    """Return whether two accounts are one person's: a second account makes nobody a second person.

    Raises UnknownIdentity.
    """
    return user.pk == other.pk or required(user) == hash_of(other)


def is_themselves(user: User, person: Person) -> bool:
    """Return whether a person is who is behind the account. Raises UnknownIdentity."""
    return required(user) == bytes(person.id_number_hash)


def is_close(user: User, holder: Person | Organisation) -> bool:
    """Return whether the holder is the user, of their household, or acted for by them (公务员法 art. 76).

    Raises UnknownIdentity.
    """
    own = required(user)
    if isinstance(holder, Organisation):
        return ActingRight.objects.filter(person__id_number_hash=own, organisation=holder).exists()
    if own == bytes(holder.id_number_hash):
        return True
    return holder.household_hash is not None and household_of(user) == bytes(holder.household_hash)
