"""Who may enter the store: keepers of certificates of a department. The verbs ask again."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import Department, Post, User
from certificates.holding.looking import AT_WORK
from common.errors import DomainError
from portal.web.session.arriving import office_page
from portal.web.session.posts import held, post_place

__all__ = ["Keeper", "Looker", "NoLooker", "NoStore", "keeper_of", "looker_of", "office_page"]


class NoStore(DomainError):
    """Acting in a post that does not keep certificates."""

    status = 403

    def __init__(self, *, has_post: bool) -> None:
        """Say to change the post only to who holds the right one."""
        onward = "请先切换到您的证照管理员岗位。" if has_post else "需要管理证照的，请联系本部门的管理员。"
        super().__init__(f"“证照库”由各部门的证照管理员管理。{onward}")


class NoLooker(DomainError):
    """Acting in a post that does not look at certificates."""

    status = 403

    def __init__(self, *, has_post: bool) -> None:
        """Say to change the post only to who holds the right one."""
        onward = "请先切换到这样的岗位。" if has_post else "需要开通的，请联系本部门的管理员。"
        super().__init__(f"查验证照，只有审批人员、窗口人员和证照管理员岗位能办。{onward}")


@dataclass(frozen=True, slots=True)
class Keeper:
    """A user who acts as keeper of the certificates of a department."""

    user: User
    post: Post
    department: Department

    @property
    def places(self) -> str:
        """Return where the post is held, for the bar."""
        return post_place(self.post)


def keeper_of(request: HttpRequest) -> Keeper:
    """Return the user who acts as keeper of a department; raises NoStore."""
    known = held(request)
    others = known.others if known is not None else ()
    post = known.active if known is not None else None
    if post is None or post.role != Post.Role.KEEPER or post.department is None:
        raise NoStore(has_post=any(other.role == Post.Role.KEEPER for other in others))
    assert isinstance(request.user, User)  # who holds a post is one
    return Keeper(request.user, post, post.department)


@dataclass(frozen=True, slots=True)
class Looker:
    """A user in a post that looks at the certificates of others, and leaves a record of each look."""

    user: User
    post: Post

    @property
    def places(self) -> str:
        """Return where the post is held, for the bar."""
        return post_place(self.post)


def looker_of(request: HttpRequest) -> Looker:
    """Return who acts as officer, clerk or keeper; raises NoLooker."""
    known = held(request)
    post = known.active if known is not None else None
    if post is None or post.role not in AT_WORK:
        others = known.others if known is not None else ()
        raise NoLooker(has_post=any(other.role in AT_WORK for other in others))
    assert isinstance(request.user, User)  # who holds a post is one
    return Looker(request.user, post)
