"""Who may enter the catalogue, and which matters and drafts they may open. The verbs ask again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Post, User
from common.errors import DomainError
from matters.models import EditionDraft, Matter
from matters.permissions import may_write
from matters.writing.errors import NotYourCatalogue
from portal.web.session.arriving import office_page
from portal.web.session.posts import held, post_place

__all__ = ["Admin", "NoCatalogue", "admin_of", "draft_of", "matter_of", "office_page"]


class NoCatalogue(DomainError):
    """Acting in a post that does not keep the catalogue."""

    status = 403

    def __init__(self, *, has_post: bool) -> None:
        """Say to change the post only to who holds the right one."""
        onward = "请先切换到您的事项管理员岗位。" if has_post else "需要管理事项的，请联系本部门的管理员。"
        super().__init__(f"“事项管理”只有事项管理员岗位能看和改。{onward}")


@dataclass(frozen=True, slots=True)
class Admin:
    """A user who acts as admin of a department, or of the whole district."""

    user: User
    post: Post

    @property
    def places(self) -> str:
        """Return where the post is held, for the bar."""
        return post_place(self.post)


def admin_of(request: HttpRequest) -> Admin:
    """Return the user who acts as admin; raises NoCatalogue."""
    known = held(request)
    if known is None or known.active is None or known.active.role != Post.Role.ADMIN:
        others = known.others if known is not None else ()
        raise NoCatalogue(has_post=any(post.role == Post.Role.ADMIN for post in others))
    if not isinstance(request.user, User):
        raise NoCatalogue(has_post=False)
    return Admin(request.user, known.active)


def matter_of(admin: Admin, *, code: str) -> Matter:
    """Return a matter of the admin's catalogue; raises NotYourCatalogue."""
    found = Matter.objects.select_related("department", "current_edition").filter(code=code).first()
    if found is None or not may_write(admin.user, found.department):
        raise NotYourCatalogue
    return found


def draft_of(admin: Admin, *, draft_id: UUID) -> EditionDraft:
    """Return a draft of the admin's catalogue with whom it names; raises NotYourCatalogue."""
    people = ("begun_by", "edited_by", "checked_by", "published_by")
    found = EditionDraft.objects.select_related("department", "based_on", "edition", *people)
    draft = found.filter(pk=draft_id).first()
    if draft is None or not may_write(admin.user, draft.department):
        raise NotYourCatalogue
    return draft
