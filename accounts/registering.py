"""Entering people, organisations, departments, places and posts: the verbs behind importers and sign-in sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import actors
from accounts.models import ActingRight, Department, Hall, Organisation, Person, Post, Region, User
from common.divisions import all_divisions
from common.errors import DomainError
from common.identifiers import credit_code, resident_id
from common.identifiers import mobile as checked_mobile
from records import journal
from records.hashing import HashKind, keyed


class NameTaken(DomainError):
    """User names are unique."""

    message = "这个用户名已经有人使用，请换一个。"


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is known of a natural person when they are entered."""

    name: str
    id_number: str
    mobile: str = ""
    household: str = ""  # 户号, as the police's population register knows it
    real_name_level: int = Person.RealNameLevel.NAME_AND_NUMBER
    is_demo: bool = False


@transaction.atomic
def account(username: str, *, display_name: str, password: str) -> User:
    """Create an account. Raises NameTaken."""
    return accounts({username: display_name}, password=password)[0]


@transaction.atomic
def accounts(names: Mapping[str, str], *, password: str | None) -> list[User]:
    """Create accounts (user name → display name) that share one password, which is hashed once; None: they have none.

    Raises NameTaken.
    """
    if User.objects.filter(username__in=names).exists():
        raise NameTaken
    hashed = make_password(password)
    users = User.objects.bulk_create(
        User(username=name, display_name=display, password=hashed) for name, display in names.items()
    )
    journal.note_many(
        [
            journal.Note(
                stream=f"user:{user.pk}", act="account_created", actor=actors.SYSTEM, subject=str(user.pk)
            )
            for user in users
        ]
    )
    return users


@transaction.atomic
def person(new: NewPerson, *, user: User | None = None) -> Person:
    """Return the person with this resident ID number, entering them when they are new. Raises InvalidIdentifier."""
    identity = resident_id(new.id_number)
    number_hash = keyed(HashKind.RESIDENT_ID, identity.number)
    if (known := Person.objects.filter(id_number_hash=number_hash).first()) is not None:
        return known
    number = checked_mobile(new.mobile) if new.mobile else ""
    entered = Person.objects.create(
        user=user,
        name=new.name,
        id_number=identity.number,
        id_number_hash=number_hash,
        birth_year=identity.birth_date.year,
        mobile=number,
        mobile_hash=keyed(HashKind.MOBILE, number) if number else None,
        household_hash=keyed(HashKind.HOUSEHOLD, new.household) if new.household else None,
        real_name_level=new.real_name_level,
        is_demo=new.is_demo,
    )
    journal.note(
        stream=f"person:{entered.pk}", act="person_entered", actor=actors.SYSTEM, subject=str(entered.pk)
    )
    return entered


@transaction.atomic
def organisation(
    *, code: str, name: str, kind: str, operator: Person, on: date, is_demo: bool = False
) -> Organisation:
    """Return the organisation with this credit code, entering it and its operator's right when it is new."""
    entered, created = Organisation.objects.get_or_create(
        credit_code=credit_code(code), defaults={"name": name, "kind": kind, "is_demo": is_demo}
    )
    if created:
        role = (
            ActingRight.Role.OPERATOR
            if kind == Organisation.Kind.INDIVIDUAL_BUSINESS
            else ActingRight.Role.LEGAL_REPRESENTATIVE
        )
        ActingRight.objects.create(person=operator, organisation=entered, role=role, valid_from=on)
        journal.note(
            stream=f"organisation:{entered.credit_code}",
            act="organisation_entered",
            actor=actors.SYSTEM,
            subject=str(entered.pk),
        )
    return entered


def department(told: dict[str, str], *, is_demo: bool = False) -> Department:
    """Enter a department, or bring what is known of it up to date."""
    values = {name: value for name, value in told.items() if name != "credit_code"}
    entered, _ = Department.objects.update_or_create(
        credit_code=credit_code(told["credit_code"]), defaults={**values, "is_demo": is_demo}
    )
    return entered


def hall(told: dict[str, str], *, is_demo: bool = False) -> Hall:
    """Enter a hall with its windows, or bring what is known of it up to date."""
    values = {name: value for name, value in told.items() if name != "code"}
    entered, _ = Hall.objects.update_or_create(code=told["code"], defaults={**values, "is_demo": is_demo})
    return entered


@transaction.atomic
def appoint(
    user: User,
    *,
    role: Post.Role,
    department: Department | None,
    on: date,
    hall: Hall | None = None,
    town: Region | None = None,
    until: date | None = None,
    actor: str = actors.SYSTEM,
) -> Post:
    """Give a user a post from a day on, to a last day if it is known; a post already held so is returned as it is."""
    post, created = Post.objects.get_or_create(
        user=user,
        role=role,
        department=department,
        hall=hall,
        town=town,
        valid_to=until,
        defaults={"valid_from": on},
    )
    if created:
        details = {
            "role": str(role),
            "department": department.credit_code if department else "",
            "hall": hall.code if hall else "",
            "town": town.code if town else "",
            "last_day": until.isoformat() if until else "",
        }
        journal.note(
            stream=f"user:{user.pk}",
            act="appointed",
            actor=actor,
            subject=str(user.pk),
            details=details,
        )
    return post


def regions() -> int:
    """Bring the divisions of data/codes into the database; none is ever deleted. Returns how many there are."""
    rows: Iterable[Region] = (
        Region(
            code=one.code,
            name=one.name,
            parent_id=one.parent or None,
            level=one.level,
            valid_from=one.valid_from,
            valid_to=one.valid_to,
        )
        for one in sorted(all_divisions().values(), key=lambda one: one.level)
    )
    Region.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "parent", "level", "valid_from", "valid_to"],
    )
    return Region.objects.count()
