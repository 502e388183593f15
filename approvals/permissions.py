"""Who may do what in a case. Enforced inside the verbs, asked by pages."""

from __future__ import annotations

from accounts.acting.principals import Principal
from accounts.models import ActingRight, Post, User
from accounts.permissions import post_in
from approvals.models import Application
from matters.models import Matter


def may_apply(principal: Principal, matter: Matter) -> bool:
    """Return whether the matter is for this kind of applicant."""
    return matter.applicant == principal.kind


def is_applicant(principal: Principal, application: Application) -> bool:
    """Return whether the case is the principal's own."""
    organisation_id = principal.organisation.pk if principal.organisation else None
    return application.person_id == principal.person.pk and application.organisation_id == organisation_id


def may_decide(user: User, application: Application) -> bool:
    """Return whether the user is an officer of the matter's department and has no part in the case."""
    post = post_in(user, role=Post.Role.OFFICER, department=application.matter.department)
    return post is not None and not is_involved(user, application)


def is_involved(user: User, application: Application) -> bool:
    """Return whether the case is the user's own or their organisation's: nobody decides their own case."""
    if application.person.user_id == user.pk:
        return True
    if application.organisation_id is None:
        return False
    rights = ActingRight.objects.filter(person__user=user, organisation_id=application.organisation_id)
    return rights.exists()
