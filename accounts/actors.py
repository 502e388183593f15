"""How records name who acted: a stable text, never a foreign key (cross-floor rule)."""

from __future__ import annotations

from uuid import UUID

from accounts.models import Person, User

SYSTEM = "system"


def of_user(user: User) -> str:
    """Return the actor text of an account."""
    return of_user_id(user.pk)


def of_user_id(user_id: UUID) -> str:
    """Return the actor text of an account known by its id."""
    return f"user:{user_id}"


def of_person(person: Person) -> str:
    """Return the actor text of a person, who may have no account."""
    return f"person:{person.pk}"


def person_named(actor: str) -> UUID | None:
    """Return the person an actor text names, None for the system and accounts."""
    kind, _, key = actor.partition(":")
    return UUID(key) if kind == "person" else None
