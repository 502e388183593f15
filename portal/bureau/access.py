"""Who may enter the office, and which case they may open. The verbs ask again; pages only say it sooner."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest

from accounts.models import Department, Post, User
from accounts.permissions import posts_of
from approvals import permissions, selectors
from approvals.errors import NoSuchApplication, NotAllowed, NotYours
from approvals.models import Application
from approvals.states import ApplicationState
from common.errors import DomainError

# A guest who opens an office page is led to the sign-in of staff, not to that of citizens.
office_page = login_required(login_url="public:staff_sign_in")


class NoOfficerPost(DomainError):
    """Signed in, but without a post that decides cases."""

    status = 403
    message = (
        "您现在的账号没有审批岗位，不能进入办件工作台。"
        "需要开通请联系本部门的管理员；办个人的事请用您本人的账号登录。"
    )


class NotInYourDepartments(NoSuchApplication):
    """Unknown, or another department's: the same answer, in words for staff."""

    message = "没有找到这件办件，或者它不归您的部门办理。请核对件号，从“待办”里打开。"


@dataclass(frozen=True, slots=True)
class Officer:
    """A user with the departments they decide for today."""

    user: User
    departments: tuple[Department, ...]

    @property
    def places(self) -> str:
        """Return the departments' names for the bar."""
        return "、".join(department.name for department in self.departments)


def officer_of(request: HttpRequest) -> Officer:
    """Return the officer who asks, or raise NoOfficerPost."""
    user = request.user
    held = (
        [post for post in posts_of(user) if post.role == Post.Role.OFFICER] if isinstance(user, User) else []
    )
    departments = tuple(post.department for post in held if post.department is not None)
    if not isinstance(user, User) or not departments:
        raise NoOfficerPost
    return Officer(user, departments)


def application_of(officer: Officer, *, reference: str) -> Application:
    """Return a case of the officer's departments; raises NotInYourDepartments, or NotYours for a case of their own."""
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
