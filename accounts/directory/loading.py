"""Entering a directory: all of it or nothing, and the same file again changes nothing.

A file adds and brings up to date; it takes nothing away. A post ends where an admin ends it, and a file that still
names it does not give it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from accounts import registering
from accounts.directory import entries
from accounts.directory.entries import ColleagueEntry, Directory, PostEntry
from accounts.models import Department, Hall, Post, Region, User


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many divisions, bodies and halls there are now, and who and how many posts are new."""

    regions: int
    departments: int
    halls: int
    people: tuple[str, ...]  # user names
    posts: int


@transaction.atomic
def load(document: object, *, dry_run: bool = False) -> Loaded:
    """Enter what a file says, or see what that would come to. Raises InvalidTree with every fault, changing nothing."""
    told = entries.parse(
        document,
        departments=Department.objects.values_list("credit_code", flat=True),
        halls=Hall.objects.values_list("code", flat=True),
    )
    regions = registering.regions()
    for department in told.departments:
        registering.department(department.model_dump())
    for hall in told.halls:
        registering.hall(hall.model_dump())
    new = _accounts(told)
    posts = sum(_appoint(colleague) for colleague in told.people)
    loaded = Loaded(regions, Department.objects.count(), Hall.objects.count(), new, posts)
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


def _appoint(colleague: ColleagueEntry) -> int:
    user = User.objects.get(username=colleague.username)
    return sum(_give(user, post, held=list(user.posts.all())) for post in colleague.posts)


def _give(user: User, post: PostEntry, *, held: Sequence[Post]) -> bool:
    department = Department.objects.get(credit_code=post.department) if post.department else None
    hall = Hall.objects.get(code=post.hall) if post.hall else None
    town = Region.objects.get(code=post.town) if post.town else None
    wanted = (post.role, department, hall, town, post.valid_from)
    if any((one.role, one.department, one.hall, one.town, one.valid_from) == wanted for one in held):
        return False  # held, or ended since
    registering.appoint(
        user,
        role=post.role,
        department=department,
        hall=hall,
        town=town,
        on=post.valid_from,
        until=post.valid_to,
    )
    return True
