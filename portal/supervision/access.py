"""Who may see how the portal's sources are: supervisors, and the admins of matters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from accounts.models import Post
from common.errors import DomainError
from portal.web.session.arriving import office_page
from portal.web.session.posts import held, post_place

__all__ = ["NotSupervising", "Supervisor", "office_page", "supervisor_of"]
_ROLES = (Post.Role.SUPERVISOR, Post.Role.ADMIN)


class NotSupervising(DomainError):
    """Acting in a post that does not see how sources are."""

    status = 403

    def __init__(self, *, roles: Sequence[str], subject: str, has_post: bool) -> None:
        """Name the page and who sees it; say to change the post only to who holds the right one."""
        names = "和".join(Post.Role(role).label for role in roles)
        onward = (
            f"请先切换到您的{names.replace('和', '或')}岗位。"
            if has_post
            else "需要看的，请联系本部门的管理员。"
        )
        super().__init__(f"“{subject}”只有{names}岗位能看。{onward}")


@dataclass(frozen=True, slots=True)
class Supervisor:
    """The post acted in, and the others of the same person."""

    post: Post
    others: tuple[Post, ...]

    @property
    def places(self) -> str:
        """Return where the post is held, for the bar."""
        return post_place(self.post)

    def deciding_in(self, department_id: int) -> Post | None:
        """Return the post in which this person decides cases of a department, None without one."""
        deciding = (post for post in self.others if post.role == Post.Role.OFFICER)
        return next((post for post in deciding if post.department_id == department_id), None)


def supervisor_of(
    request: HttpRequest, *, only: Post.Role | None = None, subject: str = "数据来源"
) -> Supervisor:
    """Return who acts as supervisor or admin (`only`: in that role alone); raises NotSupervising."""
    known = held(request)
    roles = (only,) if only is not None else _ROLES
    others = known.others if known is not None else ()
    if known is None or known.active is None or known.active.role not in roles:
        has_post = any(post.role in roles for post in others)
        raise NotSupervising(roles=roles, subject=subject, has_post=has_post)
    return Supervisor(known.active, others)
