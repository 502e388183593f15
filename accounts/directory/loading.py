"""Entering a directory: all of it or nothing, and the same file again changes nothing.

A file adds, and brings what is said of bodies and halls up to date; it takes nothing away. A post that is held, or was
and has ended, stays as it is: an admin ends it, and a file that still names it does not give it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from accounts import registering
from accounts.directory import entries
from accounts.directory.entries import ColleagueEntry, Directory, PostEntry
from accounts.models import Department, Hall, Post, Region, User
from rules.language.invalid import InvalidTree


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many divisions, bodies and halls there are now; new accounts by user name; posts."""

    regions: int
    departments: int
    halls: int
    people: tuple[str, ...]
    given: tuple[Post, ...]  # new
    left: tuple[Post, ...]  # held from or to another day than the file says


@transaction.atomic
def load(document: object, *, dry_run: bool = False) -> Loaded:
    """Enter what a file says, or see what that would come to.

    Raises InvalidTree with the faults, those of form before those of names, or NameTaken (somebody else opened an
    account just now), changing nothing.
    """
    told = entries.parse(
        document,
        departments=Department.objects.values_list("credit_code", flat=True),
        halls=Hall.objects.values_list("code", flat=True),
    )
    if problems := list(_other_people(told)):
        raise InvalidTree(problems)
    regions = registering.regions()
    for department in told.departments:
        registering.department(department.model_dump())
    for hall in told.halls:
        registering.hall(hall.model_dump())
    new = _accounts(told)
    given: list[Post] = []
    left: list[Post] = []
    for colleague in told.people:
        _appoint(colleague, given=given, left=left)
    counted = (regions, Department.objects.count(), Hall.objects.count())
    loaded = Loaded(*counted, new, tuple(given), tuple(left))
    transaction.set_rollback(dry_run)
    return loaded


def _accounts(told: Directory) -> tuple[str, ...]:
    """Open the accounts that are missing. None has a password until it is given one (`identity.give_password`)."""
    names = {one.username: one.name for one in told.people}
    known = User.objects.filter(username__in=names).values_list("username", flat=True)
    missing = {username: names[username] for username in sorted(names.keys() - set(known))}
    if missing:
        registering.accounts(missing, password=None)
    return tuple(missing)


def _other_people(told: Directory) -> Iterator[tuple[str, str]]:
    """Yield user names that are somebody else's, or closed: a slip must not give a stranger a post."""
    known = User.objects.in_bulk([one.username for one in told.people], field_name="username")
    for number, colleague in enumerate(told.people):
        user = known.get(colleague.username)
        if user is not None and user.display_name != colleague.name:
            yield f"people[{number}].username", f"这个用户名是“{user.display_name}”的，请核对"
        elif user is not None and not user.is_active:
            yield f"people[{number}].username", "这个账号已经停用，请换一个用户名"


def _appoint(colleague: ColleagueEntry, *, given: list[Post], left: list[Post]) -> None:
    user = User.objects.get(username=colleague.username)
    held = list(user.posts.select_related("department", "hall", "town").order_by("pk"))
    for post in colleague.posts:
        wanted = _place(post)
        there = [
            one for one in held if (one.role, one.department, one.hall, one.town) == (post.role, *wanted)
        ]
        if not any(one.valid_to is None or one.valid_from == post.valid_from for one in there):
            department, hall, town = wanted
            given.append(
                registering.appoint(
                    user,
                    role=post.role,
                    department=department,
                    hall=hall,
                    town=town,
                    on=post.valid_from,
                    until=post.valid_to,
                )
            )
            held.append(given[-1])
        elif not any((one.valid_from, one.valid_to) == (post.valid_from, post.valid_to) for one in there):
            left.append(there[-1])


def _place(post: PostEntry) -> tuple[Department | None, Hall | None, Region | None]:
    return (
        Department.objects.get(credit_code=post.department) if post.department else None,
        Hall.objects.get(code=post.hall) if post.hall else None,
        Region.objects.get(code=post.town) if post.town else None,
    )
