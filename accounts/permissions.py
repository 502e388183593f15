"""What a post allows. Asked by verbs and templates; a superior's flag does not exist."""

from __future__ import annotations

from accounts.models import Department, Post, User
from common import clock


def posts_of(user: User) -> list[Post]:
    """Return the posts the user holds today."""
    today = clock.today()
    held = Post.objects.filter(user=user).select_related("department").order_by("id")
    return [post for post in held if post.held_on(today)]


def post_in(user: User, *, role: Post.Role, department: Department) -> Post | None:
    """Return the user's post of a role in a department today, or None."""
    for post in posts_of(user):
        if post.role == role and post.department_id == department.pk:
            return post
    return None


def is_staff(user: User) -> bool:
    """Return whether the user holds any post today."""
    return bool(posts_of(user))
