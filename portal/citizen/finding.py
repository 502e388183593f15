"""The drafts, cases and certificates of whom one acts for; anybody else's are answered like unknown ones (404).

What belongs to another one the person may act for is not opened either: the page says so, and offers to switch.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from accounts.acting import principals
from accounts.acting.principals import MayNotAct, Principal
from approvals import selectors
from approvals.errors import NoSuchApplication, NoSuchDraft
from approvals.models import Application, Draft
from certificates.errors import NotYours
from certificates.models import Certificate
from portal.web import unsaved
from portal.web.principals import WHOM, OtherPrincipal, acting_for, acts_for, person_of, principal_of

NOBODY = None, None, ""


def draft(request: HttpRequest, *, reference: str) -> tuple[Principal, Draft]:
    """Return a draft and whom it is for. Raises NoSuchDraft, OtherPrincipal."""
    try:  # nearly always it is of whom the session acts for: one look
        return (mine := principal_of(request)), selectors.own_draft(mine, reference=reference)
    except (NoSuchDraft, MayNotAct):
        if (principal := _filed_as(request, reference, Draft)) is None:
            raise NoSuchDraft from None
        return principal, selectors.own_draft(principal, reference=reference)


def application(request: HttpRequest, *, reference: str) -> tuple[Principal, Application]:
    """Return a case and whom it is for. Raises NoSuchApplication, OtherPrincipal."""
    try:
        return (mine := principal_of(request)), selectors.own_application(mine, reference=reference)
    except (NoSuchApplication, MayNotAct):
        if (principal := _filed_as(request, reference, Application)) is None:
            raise NoSuchApplication from None
        return principal, selectors.own_application(principal, reference=reference)


def is_submitted(request: HttpRequest, *, reference: str) -> bool:
    """Return whether the reference is a case one may open: a draft that became one keeps its reference."""
    return _filed_as(request, reference, Application) is not None


def as_drawn(request: HttpRequest) -> Principal:
    """Return the principal of a form that names no case; raises OtherPrincipal when it was drawn for another one."""
    drawn_for = request.POST.get(WHOM, acting_for(request))
    if drawn_for != acting_for(request):
        raise _other(request, principals.principal(person_of(request), whom=drawn_for))
    return principal_of(request)


def certificate(request: HttpRequest, *, certificate_id: UUID) -> tuple[Principal, Certificate]:
    """Return a certificate and as whom one sees it: its holder's side, or who acts in the case that issued it.

    Raises NotYours, OtherPrincipal.
    """
    rows = Certificate.objects.filter(pk=certificate_id).select_related("type", "successor")
    found = rows.defer("fields").first()
    if found is None:
        raise NotYours
    principal = _as(request, found.holder_person_id, found.holder_organisation_id)
    if principal is None or not _may_see(principal, found):
        raise NotYours
    return _same(request, principal), found


def _may_see(principal: Principal, found: Certificate) -> bool:
    """Return whether a mandate shows the certificate: all of them, or what a case it covers has issued."""
    if principal.limits.sees_certificates:
        return True
    return found.source in selectors.issued_for(principal)


def _filed_as(request: HttpRequest, reference: str, model: type[Draft | Application]) -> Principal | None:
    """Return the principal a case is of, None where the person has no right to see it today."""
    rows = model.objects.filter(reference=reference)
    row = rows.values_list("person_id", "organisation_id", "matter__code").first()
    holder, organisation, matter_code = row or NOBODY
    principal = _as(request, holder, organisation)
    if principal is None or not principal.limits.covers(matter_code):
        return None
    return _same(request, principal)


def _as(request: HttpRequest, person_id: UUID | None, organisation_id: UUID | None) -> Principal | None:
    person = person_of(request)
    if organisation_id is not None:
        whom = f"organisation:{organisation_id}"
    elif person_id is None:
        return None
    else:
        whom = "" if person_id == person.pk else f"person:{person_id}"
    try:
        return (
            principal_of(request) if whom == acting_for(request) else principals.principal(person, whom=whom)
        )
    except MayNotAct:
        return None


def _same(request: HttpRequest, principal: Principal) -> Principal:
    """Return the principal the session acts for; nothing carries over from one to the next."""
    if principal.whom != acting_for(request):
        raise _other(request, principal)
    return principal


def _other(request: HttpRequest, wanted: Principal) -> OtherPrincipal:
    onward, kept = unsaved.keep(request)
    return OtherPrincipal(
        wanted, now=acts_for(request), onward=onward, acted=request.method == "POST", kept=kept
    )
