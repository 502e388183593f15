"""Who may enter the catalogue, and which matters and drafts they may open. The verbs ask again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from accounts.models import Post, User
from common.errors import DomainError
from matters.models import Edition, EditionDraft, Matter
from matters.permissions import may_stop, may_write
from matters.writing.errors import NotYourCatalogue
from portal.web.session.arriving import office_page
from portal.web.session.posts import held, post_place

LONGEST_NUMBER = 6  # digits of an edition's number
__all__ = [
    "Admin",
    "NoCatalogue",
    "admin_of",
    "draft_of",
    "edition_of",
    "matter_of",
    "office_page",
    "reader_of",
]


class NoCatalogue(DomainError):
    """Acting in a post that does not keep the catalogue."""

    status = 403

    def __init__(self, *, has_post: bool) -> None:
        """Say to change the post only to who holds the right one."""
        onward = "请先切换到您的事项管理员岗位。" if has_post else "需要管理事项的，请联系本部门的管理员。"
        super().__init__(f"“事项管理”由事项管理员写和改，监督人员可以看。{onward}")


@dataclass(frozen=True, slots=True)
class Admin:
    """A user who acts as admin of a department or of the whole district, or reads there as its supervisor."""

    user: User
    post: Post

    @property
    def writes(self) -> bool:
        """Return whether the post writes and publishes; a supervisor reads, and may stop deciding at once."""
        return self.post.role == Post.Role.ADMIN

    @property
    def places(self) -> str:
        """Return where the post is held, for the bar."""
        return post_place(self.post)


def admin_of(request: HttpRequest, *roles: str) -> Admin:
    """Return the user who acts as admin, or in another of these roles; raises NoCatalogue."""
    known = held(request)
    if known is None or known.active is None or known.active.role not in {Post.Role.ADMIN, *roles}:
        others = known.others if known is not None else ()
        raise NoCatalogue(has_post=any(post.role == Post.Role.ADMIN for post in others))
    if not isinstance(request.user, User):
        raise NoCatalogue(has_post=False)
    return Admin(request.user, known.active)


def reader_of(request: HttpRequest) -> Admin:
    """Return the user who acts as admin or supervisor; raises NoCatalogue."""
    return admin_of(request, Post.Role.SUPERVISOR)


def matter_of(admin: Admin, *, code: str) -> Matter:
    """Return a matter of the admin's or supervisor's catalogue; raises NotYourCatalogue."""
    beside = ("department", "current_edition", "next_edition", "instant_stop__stopped_by")
    heavy = [f"{one}__{part}" for one in beside[1:3] for part in ("content", "vocabulary")]
    found = Matter.objects.select_related(*beside).defer(*heavy).filter(code=code).first()
    if found is None or not may_stop(admin.user, found.department):
        raise NotYourCatalogue
    return found


def edition_of(matter: Matter, *, number: str) -> Edition | None:
    """Return the edition of a matter with a number as it was typed, if there is one."""
    if not number.isascii() or not number.isdecimal() or len(number) > LONGEST_NUMBER:
        return None
    return Edition.objects.filter(matter=matter, number=int(number)).first()


def draft_of(admin: Admin, *, draft_id: UUID) -> EditionDraft:
    """Return a draft of the admin's catalogue with whom it names; raises NotYourCatalogue."""
    people = ("begun_by", "edited_by", "checked_by", "published_by")
    found = EditionDraft.objects.select_related("department", "based_on", "edition", *people)
    draft = found.filter(pk=draft_id).first()
    if draft is None or not may_write(admin.user, draft.department):
        raise NotYourCatalogue
    return draft
