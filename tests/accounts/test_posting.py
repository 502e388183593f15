"""Posts: one acted in at a time, given and taken by an admin of the same place, handed over without a gap."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts import permissions, posting, registering
from accounts.models import Department, Post, User
from accounts.posting import Place
from common import clock
from records.models import JournalEntry

pytestmark = pytest.mark.django_db
Role = Post.Role


@pytest.fixture
def departments(city: object) -> list[Department]:
    """Two departments of the district."""
    return list(Department.objects.order_by("pk")[:2])


def account(name: str) -> User:
    return registering.account(name, display_name=name, password="a long test password")


def admin_of(department: Department | None, name: str = "admin") -> User:
    user = account(name)
    registering.appoint(user, role=Role.ADMIN, department=department, on=date(2020, 1, 1))
    return user


def acts(user: User) -> list[str]:
    return list(
        JournalEntry.objects.filter(stream=f"user:{user.pk}")
        .order_by("sequence")
        .values_list("act", flat=True)
    )


def test_only_the_active_post_counts(departments: list[Department]) -> None:
    user = account("both")
    first, second = (
        registering.appoint(user, role=Role.OFFICER, department=one, on=date(2020, 1, 1))
        for one in departments
    )
    assert permissions.active_post(user) == first
    posting.choose(user, post_id=second.pk)
    again = User.objects.get(pk=user.pk)
    assert permissions.active_post(again) == second
    assert permissions.post_in(again, role=Role.OFFICER, department=departments[1])
    assert permissions.post_in(again, role=Role.OFFICER, department=departments[0]) is None
    assert "post_chosen" in acts(user)


def test_a_post_that_ended_gives_way_to_one_still_held(departments: list[Department]) -> None:
    user, chief = account("both"), admin_of(None)
    first, second = (
        registering.appoint(user, role=Role.OFFICER, department=one, on=date(2020, 1, 1))
        for one in departments
    )
    posting.choose(user, post_id=second.pk)
    posting.end(chief, post=second, last_day=clock.today() - timedelta(days=1))
    assert permissions.active_post(User.objects.get(pk=user.pk)) == first


def test_nobody_acts_in_a_post_of_somebody_else_or_of_the_past(departments: list[Department]) -> None:
    user, other = account("one"), account("two")
    theirs = registering.appoint(other, role=Role.OFFICER, department=departments[0], on=date(2020, 1, 1))
    later = registering.appoint(
        user, role=Role.OFFICER, department=departments[0], on=clock.today() + timedelta(days=1)
    )
    for post in (theirs, later):
        with pytest.raises(posting.NotYourPost):
            posting.choose(user, post_id=post.pk)


@pytest.mark.parametrize(
    ("where", "allowed"), [("same", True), ("district", True), ("other", False), ("officer", False)]
)
def test_who_may_appoint(departments: list[Department], where: str, allowed: bool) -> None:
    place = {"same": departments[0], "district": None, "other": departments[1]}.get(where, departments[0])
    chief = admin_of(place)
    if where == "officer":
        Post.objects.filter(user=chief).update(role=Role.OFFICER)
    new = account("new")

    def appoint() -> Post:
        return posting.appoint(
            chief, user=new, role=Role.CLERK, place=Place(departments[0]), on=clock.today()
        )

    if allowed:
        assert appoint().held_on(clock.today())
    else:
        with pytest.raises(posting.NotYoursToGive):
            appoint()
        assert not permissions.is_staff(new)


def test_a_post_given_today_can_be_taken_back_at_once(departments: list[Department]) -> None:
    chief, new = admin_of(departments[0]), account("new")
    post = posting.appoint(chief, user=new, role=Role.CLERK, place=Place(departments[0]), on=clock.today())
    posting.end(chief, post=post, last_day=clock.today() - timedelta(days=1))
    assert not permissions.is_staff(new)
    with pytest.raises(posting.AlreadyEnded):
        posting.end(chief, post=post, last_day=clock.today())


def test_a_hand_over_leaves_no_day_without_and_none_with_both(departments: list[Department]) -> None:
    chief, heir = admin_of(departments[0]), account("heir")
    leaver = account("leaver")
    post = registering.appoint(leaver, role=Role.OFFICER, department=departments[0], on=date(2020, 1, 1))
    last = clock.today() + timedelta(days=3)
    begun = posting.hand_over(chief, post=post, successor=heir, last_day=last)
    post.refresh_from_db()
    for offset in range(7):
        day = clock.today() + timedelta(days=offset)
        assert post.held_on(day) != begun.held_on(day), day
    assert post.handed_to == begun
    assert acts(leaver)[-2:] == ["post_ended", "handed_over"]


def test_nobody_hands_over_to_themselves_or_to_a_closed_account(departments: list[Department]) -> None:
    chief, closed = admin_of(departments[0]), account("closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    closed.refresh_from_db()
    post = registering.appoint(
        account("leaver"), role=Role.CLERK, department=departments[0], on=date(2020, 1, 1)
    )
    for successor in (post.user, closed):
        with pytest.raises(posting.CannotHandOver):
            posting.hand_over(chief, post=post, successor=successor, last_day=clock.today())
    post.refresh_from_db()
    assert post.valid_to is None
