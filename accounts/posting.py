"""Posts as people handle them: acting in one of several, appointing, ending, handing over when someone leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from accounts import actors, registering
from accounts.models import Department, Hall, Post, Region, User
from accounts.permissions import acting_as, posts_of
from common import clock
from common.errors import DomainError
from records import journal


class NotYourPost(DomainError):
    """A post nobody holds today, or somebody else's."""

    status = 403
    message = "您今天没有这个岗位，不能切换过去。请刷新页面，从列出的岗位里选。"


class NotYoursToGive(DomainError):
    """Only an admin of the department, acting as one, handles its posts."""

    status = 403
    message = "您现在的岗位不能管理这个部门的人员。请切换到本部门的事项管理员岗位，或联系上级管理员。"


class CannotHandOver(DomainError):
    """The successor is the same person, or has no account that works."""

    message = "不能交接给本人或者已停用的账号。请换一位接手人。"


class AlreadyEnded(DomainError):
    """The post ended before."""

    message = "这个岗位已经结束了，不用再办。"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a post is held: a department, a hall, a town; None where it does not matter."""

    department: Department | None = None
    hall: Hall | None = None
    town: Region | None = None


def misplaced(role: Post.Role, *, department: bool, hall: bool, town: bool) -> str:
    """Return why a role cannot be held where these are named, as a Chinese sentence; empty when it can."""
    if role in {Post.Role.OFFICER, Post.Role.KEEPER} and not department:
        return f"{role.label}是一个部门的，请写明部门。"
    if role == Post.Role.CLERK and not (department or hall or town):
        return "窗口人员请写明在哪个大厅、镇街或者部门。"
    if role in {Post.Role.ADMIN, Post.Role.SUPERVISOR} and (hall or town):
        return f"{role.label}管一个部门或者全区，不在大厅或者镇街任职。"
    return ""


@transaction.atomic
def choose(user: User, *, post_id: int) -> Post:
    """Act in this post from now on, in every window of the user. Raises NotYourPost."""
    post = next((held for held in posts_of(user) if held.pk == post_id), None)
    if post is None:
        raise NotYourPost
    User.objects.filter(pk=user.pk).update(active_post=post)
    user.active_post = post
    _note(post, act="post_chosen", by=user)
    return post


@transaction.atomic
def appoint(
    admin: User, *, user: User, role: Post.Role, place: Place, on: date, until: date | None = None
) -> Post:
    """Give a user a post from a day on, to a last day if that is known. Raises NotYoursToGive."""
    _require_admin(admin, place.department)
    return registering.appoint(
        user,
        role=role,
        department=place.department,
        hall=place.hall,
        town=place.town,
        on=on,
        until=until,
        actor=actors.of_user(admin),
    )


@transaction.atomic
def end(admin: User, *, post: Post, last_day: date) -> Post:
    """End a post with a day; yesterday takes it away at once. Raises NotYoursToGive, AlreadyEnded."""
    return _end(admin, post=post, last_day=last_day)


@transaction.atomic
def hand_over(admin: User, *, post: Post, successor: User, last_day: date) -> Post:
    """End a post and give it to a successor from the next day on (a queue belongs to the department, so it stays).

    Raises NotYoursToGive, AlreadyEnded, CannotHandOver. Returns the successor's post.
    """
    if successor.pk == post.user_id or not successor.is_active:
        raise CannotHandOver
    ended = _end(admin, post=post, last_day=last_day)
    place = Place(ended.department, ended.hall, ended.town)
    begun = appoint(
        admin, user=successor, role=Post.Role(ended.role), place=place, on=last_day + timedelta(days=1)
    )
    Post.objects.filter(pk=ended.pk).update(handed_to=begun)
    _note(ended, act="handed_over", by=admin, handed_to=str(successor.pk))
    return begun


def _end(admin: User, *, post: Post, last_day: date) -> Post:
    locked = Post.objects.select_for_update(of=("self",)).select_related("department", "hall", "town")
    found = locked.get(pk=post.pk)
    _require_admin(admin, found.department)
    if found.valid_to is not None and found.valid_to <= clock.today():
        raise AlreadyEnded
    found.valid_to = max(last_day, found.valid_from - timedelta(days=1))
    found.save(update_fields=["valid_to"])
    _note(found, act="post_ended", by=admin, last_day=found.valid_to.isoformat())
    return found


def _require_admin(user: User, department: Department | None) -> None:
    if not may_manage(user, department):
        raise NotYoursToGive


def may_manage(user: User, department: Department | None) -> bool:
    """Return whether the user acts as an admin of the department, or of the whole district."""
    post = acting_as(user, Post.Role.ADMIN)
    return post is not None and post.speaks_for(department.pk if department is not None else None)


def _note(post: Post, *, act: str, by: User, **details: str) -> None:
    journal.note(
        stream=f"user:{post.user_id}",
        act=act,
        actor=actors.of_user(by),
        subject=str(post.user_id),
        details={"post": str(post.pk), "role": post.role, **details},
    )
