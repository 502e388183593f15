"""Who may work at a window: a clerk, who said at the start of the day which window they sit at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.models import Post, User
from common.errors import DomainError
from portal.web.session.arriving import office_page
from portal.web.session.posts import held, post_place

__all__ = ["Clerk", "NotAtCounter", "clerk_of", "office_page", "seated", "sit_at"]
WINDOW = "counter_window"  # session key: which window, and in which post it was said
_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


class NotAtCounter(DomainError):
    """Acting in a post that does not serve at a window."""

    status = 403

    def __init__(self, *, has_post: bool) -> None:
        """Say to change the post only to who holds the right one."""
        onward = "请先切换到您的窗口人员岗位。" if has_post else "需要开通，请联系本部门的管理员。"
        super().__init__(f"窗口工作台只有窗口人员岗位能用。{onward}")


@dataclass(frozen=True, slots=True)
class Clerk:
    """A user in a clerk's post; `window` is empty until they said where they sit."""

    user: User
    post: Post
    window: str

    @property
    def places(self) -> str:
        """Return hall and window, for the bar."""
        return f"{post_place(self.post)} · {self.window}" if self.window else post_place(self.post)


def clerk_of(request: HttpRequest) -> Clerk:
    """Return who acts as clerk; raises NotAtCounter."""
    known = held(request)
    active = known.active if known is not None else None
    if active is None or active.role != Post.Role.CLERK or not isinstance(request.user, User):
        others = known.others if known is not None else ()
        raise NotAtCounter(has_post=any(post.role == Post.Role.CLERK for post in others))
    said = request.session.get(WINDOW) or {}
    return Clerk(request.user, active, said.get("window", "") if said.get("post") == active.pk else "")


def sit_at(request: HttpRequest, clerk: Clerk, *, number: int) -> str:
    """Remember the window for this session and this post; return it in words."""
    window = f"{number} 号窗口"
    request.session[WINDOW] = {"post": clerk.post.pk, "window": window}
    return window


def seated(view: _View) -> _View:
    """Open a page to a clerk who said which window they sit at; who did not is asked first."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not clerk_of(request).window:
            return redirect("counter:desk")
        return view(request, *args, **kwargs)

    return gated  # type: ignore[return-value]
