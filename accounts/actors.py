"""How records name who acted: a stable text, never a foreign key (cross-floor rule)."""

from __future__ import annotations

from accounts.models import Person, User

SYSTEM = "system"


def of_user(user: User) -> str:
    """Return the actor text of an account."""
    return f"user:{user.pk}"


def of_person(person: Person) -> str:
    """Return the actor text of a person, who may have no account."""
    return f"person:{person.pk}"
