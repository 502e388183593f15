"""Posts as the office's frame shows them: the one acted in, and those one may change to."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import Post, User
from accounts.permissions import active_of, posts_of

_FOUND = "_held"  # the request's own: what is held is asked anew in the next one


@dataclass(frozen=True, slots=True)
class Held:
    """The post acted in and the others held today."""

    active: Post | None
    others: tuple[Post, ...]

    @property
    def words(self) -> str:
        """Return the active post as the bar says it: 区民政局 审批人员."""
        return post_words(self.active) if self.active is not None else "没有岗位"

    @property
    def place(self) -> str:
        """Return where the active post is held, for the bar."""
        return post_place(self.active) if self.active is not None else ""

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Return the others as menus name them: 区民政局 审批人员."""
        return [(post.pk, short_words(post)) for post in self.others]


def held(request: HttpRequest) -> Held | None:
    """Return what the signed-in user holds today, None for a guest; asked once a request."""
    user = request.user
    if not isinstance(user, User):
        return None
    known: Held | None = getattr(request, _FOUND, None)
    if known is None:
        found = posts_of(user)
        active = active_of(user, found)
        known = Held(active, tuple(post for post in found if active is not None and post.pk != active.pk))
        setattr(request, _FOUND, known)
    return known


def role_of(known: Held | None) -> str:
    """Return the role acted in, empty without one."""
    return known.active.role if known is not None and known.active is not None else ""


def post_place(post: Post) -> str:
    """Return where a post is held; the whole district where it names no place."""
    places = [place.name for place in (post.department, post.hall, post.town) if place is not None]
    return " ".join(places) or "全区"


def post_words(post: Post) -> str:
    """Return a post in words."""
    return f"{post_place(post)} {post.get_role_display()}"


def short_words(post: Post) -> str:
    """Return a post in as few words as a menu has room for."""
    department, place = post.department, post.hall or post.town
    where = department.short_name if department is not None else place.name if place is not None else "全区"
    return f"{where} {post.get_role_display()}"
