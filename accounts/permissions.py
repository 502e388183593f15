"""What a post allows. Asked by verbs and templates; a superior's flag does not exist.

Who holds several posts acts in one of them at a time: what the others would allow does not count meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence

from accounts.models import Department, Post, User
from common import clock
from common.statements.worded import Select

_POSTS = Select(lambda: Post.objects.select_related("department", "hall", "town"))


def posts_of(user: User) -> list[Post]:
    """Return the posts the user holds today. Every page of somebody at work asks."""
    today = clock.today()
    held = _POSTS.rows("WHERE accounts_post.user_id = %s ORDER BY accounts_post.id", [user.pk])
    return [post for post in held if post.held_on(today)]


def active_post(user: User) -> Post | None:
    """Return the one post the user acts in: the one they chose while they hold it, else the first they hold."""
    return active_of(user, posts_of(user))


def active_of(user: User, held: Sequence[Post]) -> Post | None:
    """Return which of the posts held today is the active one."""
    chosen = [post for post in held if post.pk == user.active_post_id]
    return next(iter(chosen or held), None)


def acting_as(user: User, *roles: str) -> Post | None:
    """Return the post the user acts in when it is of one of these roles, else None."""
    post = active_post(user)
    return post if post is not None and post.role in roles else None


def post_in(user: User, *, role: Post.Role, department: Department) -> Post | None:
    """Return the post the user acts in when it is of this role in this department, else None."""
    post = acting_as(user, role)
    return post if post is not None and post.department_id == department.pk else None


def is_staff(user: User) -> bool:
    """Return whether the user holds any post today."""
    return bool(posts_of(user))
