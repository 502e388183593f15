"""The citizen's own drafts and cases by reference; another person's are answered like unknown ones (404)."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest

from accounts.acting import principals
from accounts.acting.principals import Principal
from approvals import selectors
from approvals.errors import NoSuchApplication, NoSuchDraft
from approvals.models import Application, Draft
from certificates.errors import NotYours
from certificates.models import Certificate
from common import clock
from portal.web.principals import person_of


def draft(request: HttpRequest, *, reference: str) -> tuple[Principal, Draft]:
    """Return a draft and whom it is for, or raise NoSuchDraft."""
    principal = _filed_as(request, reference, Draft)
    if principal is None:
        raise NoSuchDraft
    return principal, selectors.own_draft(principal, reference=reference)


def application(request: HttpRequest, *, reference: str) -> tuple[Principal, Application]:
    """Return a case and whom it is for, or raise NoSuchApplication."""
    principal = _filed_as(request, reference, Application)
    if principal is None:
        raise NoSuchApplication
    return principal, selectors.own_application(principal, reference=reference)


def is_submitted(request: HttpRequest, *, reference: str) -> bool:
    """Return whether the reference is a case of this person: a draft that became one keeps its reference."""
    return Application.objects.filter(reference=reference, person=person_of(request)).exists()


def _filed_as(request: HttpRequest, reference: str, model: type[Draft | Application]) -> Principal | None:
    """Return the principal a case was filed as. It opens under any chosen identity, while the right to act lasts."""
    person = person_of(request)
    row = model.objects.filter(reference=reference, person=person).values_list("organisation_id").first()
    if row is None:
        return None
    return principals.principal(person, organisation_id=row[0])


def certificate(request: HttpRequest, *, certificate_id: UUID) -> tuple[Principal, Certificate]:
    """Return a certificate of the person or of an organisation they act for, and as whom they hold it."""
    person = person_of(request)
    organisations = {one.pk: one for one in principals.organisations_of(person, on=clock.today())}
    mine = Q(holder_person=person) | Q(holder_organisation__in=organisations)
    rows = Certificate.objects.filter(mine, pk=certificate_id).select_related("type", "successor")
    found = rows.defer("fields").first()
    if found is None:
        raise NotYours
    return Principal(
        person, organisations[found.holder_organisation_id] if found.holder_organisation_id else None
    ), found
