"""Who may do what in a case. Enforced inside the verbs, asked by pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from accounts import identifying
from accounts.acting.principals import Principal
from accounts.models import ActingRight, Post, User
from accounts.permissions import post_in
from approvals.models import Application, Draft
from matters.models import Matter


def may_apply(principal: Principal, matter: Matter) -> bool:
    """Return whether the matter is for this kind of applicant, still there, and covered by the mandate of who acts."""
    fits = matter.applicant == principal.kind and not principal.closed
    return fits and principal.limits.covers(matter.code)


def own(principal: Principal, *, of: str = "") -> Q:
    """Return which drafts and applications are the principal's (`of`: the way to them from the rows that are asked).

    An organisation's are the organisation's, whoever filed them. A mandate that names matters shows those alone.
    """
    told: dict[str, Any] = {f"{of}organisation": principal.organisation}
    if principal.organisation is None:
        told[f"{of}person"] = principal.person
    if principal.limits.matters:
        told[f"{of}matter__code__in"] = principal.limits.matters
    return Q(**told)


def is_applicant(principal: Principal, application: Application | Draft) -> bool:
    """Return whether the case is the principal's own, within the matters of a mandate; see `own`."""
    if principal.limits.matters and application.matter.code not in principal.limits.matters:
        return False
    if principal.organisation is not None:
        return application.organisation_id == principal.organisation.pk
    return application.organisation_id is None and application.person_id == principal.person.pk


def may_decide(user: User, application: Application) -> bool:
    """Return whether the user is an officer of the matter's department and has no part in the case.

    Raises UnknownIdentity.
    """
    post = post_in(user, role=Post.Role.OFFICER, department=application.matter.department)
    return post is not None and not is_involved(user, application)


def is_involved(user: User, application: Application) -> bool:
    """Return whether the user or their household is applicant or agent, or the user acts for the applicant.

    Nobody decides their own case, nor that of those they live with (公务员法 art. 76, 行政许可法 art. 5).
    Raises UnknownIdentity: of an account that is nobody's it cannot be told.
    """
    people = [one for one in (application.person, application.agent) if one is not None]
    own = identifying.required(user)
    if any(bytes(one.id_number_hash) == own for one in people):
        return True
    homes = {bytes(one.household_hash) for one in people if one.household_hash}
    if homes and identifying.household_of(user) in homes:
        return True
    if application.organisation_id is None:
        return False
    rights = ActingRight.objects.filter(
        person__id_number_hash=own, organisation_id=application.organisation_id
    )
    return rights.exists()
