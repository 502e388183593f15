"""Who may enter the office, and which case they may open. The verbs ask again; pages only say it sooner."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.acting.guarding import CONFIRMING
from accounts.models import Department, Post, User
from approvals import permissions, selectors
from approvals.errors import NoSuchApplication, NotAllowed, NotYours
from approvals.models import Application
from approvals.states import ApplicationState
from common.errors import DomainError
from portal.web.session.arriving import office_page
from portal.web.session.posts import held, post_place, role_of

__all__ = ["NoOfficerPost", "Officer", "application_of", "office_page", "officer_of", "open_application"]


_DESKS: dict[str, str] = {
    Post.Role.CLERK: "counter:desk",
    Post.Role.ADMIN: "catalogue:matters",
    Post.Role.KEEPER: "store:find",
    Post.Role.SUPERVISOR: "supervision:sheets",
}


class NoOfficerPost(DomainError):
    """Signed in, but without a post that decides cases."""

    status = 403
    message = (
        "您现在没有审批岗位，不能进入办件工作台。有几个岗位的，请先切换；"
        "需要开通请联系本部门的管理员；办个人的事请用您本人的账号登录。"
    )


class NoAdminPost(DomainError):
    """Acting in a post that does not see an admin's page."""

    status = 403

    def __init__(self, subject: str, *, held: bool) -> None:
        """Say which page it is, and to change the post only to who holds the right one."""
        onward = "请先切换到您的事项管理员岗位。" if held else "需要看的，请联系本部门的管理员。"
        super().__init__(f"“{subject}”只有事项管理员岗位能看和办。{onward}")


class NotInYourDepartments(NoSuchApplication):
    """Unknown, or another department's: the same answer, in words for staff."""

    message = "没有找到这件办件，或者它不归您现在的岗位办理。请核对件号，从“待办”里打开。"


@dataclass(frozen=True, slots=True)
class Officer:
    """A user with the departments they decide for today."""

    user: User
    post: Post

    @property
    def departments(self) -> tuple[Department, ...]:
        """Return the department acted for: none for a post of the whole district."""
        return (self.post.department,) if self.post.department is not None else ()

    @property
    def places(self) -> str:
        """Return where the post is held, for the bar."""
        return post_place(self.post)


def confirming(request: HttpRequest) -> Officer:
    """Return the user who acts as clerk or officer, or raise NoOfficerPost."""
    return _acting(request, *CONFIRMING)


def officer_of(request: HttpRequest) -> Officer:
    """Return the user who acts as officer of a department, or raise NoOfficerPost."""
    officer = _acting(request, Post.Role.OFFICER)
    if not officer.departments:
        raise NoOfficerPost
    return officer


def admin_of(request: HttpRequest, *, subject: str = "岗位管理") -> Officer:
    """Return the user who acts as admin, or raise NoAdminPost with the name of the page."""
    known = held(request)
    others = known.others if known is not None else ()
    refused = NoAdminPost(subject, held=any(post.role == Post.Role.ADMIN for post in others))
    return _acting(request, Post.Role.ADMIN, refused=refused)


def user_of(request: HttpRequest) -> User:
    """Return the signed-in account; the gate of the office let nobody else in."""
    if not isinstance(request.user, User):
        raise NoOfficerPost
    return request.user


def desk_of(request: HttpRequest) -> str:
    """Return the name of the page where the active post begins its day, empty for the queue itself."""
    return _DESKS.get(role_of(held(request)), "")


def _acting(request: HttpRequest, *roles: str, refused: DomainError | None = None) -> Officer:
    known = held(request)
    if known is None or known.active is None or known.active.role not in roles:
        raise refused or NoOfficerPost
    return Officer(user_of(request), known.active)


def application_of(officer: Officer, *, reference: str) -> Application:
    """Return a case of the departments. Raises NotInYourDepartments, NotYours (their own), UnknownIdentity."""
    if not reference.isalnum():
        raise NotInYourDepartments
    try:
        application = selectors.application_for_officer(officer.user, reference=reference)
    except NoSuchApplication as error:
        raise NotInYourDepartments from error
    if permissions.is_involved(officer.user, application):
        raise NotYours
    return application


def open_application(officer: Officer, *, reference: str) -> Application:
    """Return a case that waits for a decision; raises NotAllowed when a colleague was quicker."""
    application = application_of(officer, reference=reference)
    if application.state != ApplicationState.IN_REVIEW:
        raise NotAllowed(
            f"这件办件现在是“{application.get_state_display()}”，不用再办："
            "可能同事已经办结，或申请人已撤回。请回到待办办下一件。"
        )
    return application
