"""我的证照: the wallet, one certificate, who used it, and what was allowed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.acting.principals import Principal
from approvals import selectors
from certificates import selectors as store
from certificates.holding import authorising
from certificates.models import Authorisation, Certificate, UseRecord
from certificates.states import CertificateStatus
from common import clock
from portal.citizen import finding
from portal.citizen.showing import faces, lists
from portal.citizen.showing.consent import held_by
from portal.web.principals import principal_of
from registers.selectors import calls_for

ON_A_PAGE = 20
NEWEST = 4


@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Show all certificates of whom one acts for, with their states in words."""
    principal, today = principal_of(request), clock.today()
    shown = [faces.short(one, on=today) for one in _held(principal)]
    wanted = request.GET.get("state", "")
    groups = [(key, words, sum(_in(face.state, key) for face in shown)) for key, words in faces.GROUPS]
    known = {
        "principal": principal,
        "faces": [face for face in shown if _in(face.state, wanted)],
        "groups": groups,
        "wanted": wanted,
        "uses": lists.use_rows(uses_of(principal)[:NEWEST]),
    }
    return render(request, "citizen/wallet.html", known)


def _in(state: str, group: str) -> bool:
    return group in {"", faces.group(state)}


@require_safe
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Open one certificate of one's own, with the code others check it by."""
    today = clock.today()
    principal, found = finding.certificate(request, certificate_id=certificate_id)
    face = faces.face(request, found, viewer=principal, on=today, opened=True)
    known = {
        "certificate": found,
        "face": face,
        "usable": face.state in {"valid", "soon"},
        "superseded": found.status == CertificateStatus.SUPERSEDED,
        "note": faces.note(found, face.state, on=today),
        "successor": getattr(found, "successor", None),
        "uses": lists.use_rows(uses_of(principal).filter(certificate=found)[:NEWEST]),
    }
    return render(request, "citizen/certificate.html", known)


@require_safe
def uses(request: HttpRequest) -> HttpResponse:
    """Show who looked at one's certificates, and what registers were asked; `?certificate=` narrows it to one."""
    principal = principal_of(request)
    rows, only = uses_of(principal), None
    if request.GET.get("certificate"):
        only = _held(principal).filter(pk__in=_ids(request.GET["certificate"])).first()
        rows = rows.filter(certificate=only) if only else rows
    page = Paginator(rows, ON_A_PAGE).get_page(request.GET.get("page"))
    known = {"principal": principal, "page": page, "rows": lists.use_rows(page), "only": only}
    if only is None:
        calls = Paginator(calls_for(selectors.references_of(principal)), ON_A_PAGE)
        known["asked"] = asked = calls.get_page(request.GET.get("asked"))
        known["calls"] = lists.call_rows(asked)
    return render(request, "citizen/uses.html", known)


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []


@require_safe
def authorisations(request: HttpRequest) -> HttpResponse:
    """Show what one allowed and refused."""
    principal = principal_of(request)
    page = Paginator(_authorisations_of(principal), ON_A_PAGE).get_page(request.GET.get("page"))
    known = {"principal": principal, "page": page, "rows": lists.authorisation_rows(page)}
    return render(request, "citizen/authorisations.html", known)


@require_POST
def revoke(request: HttpRequest, authorisation_id: UUID) -> HttpResponse:
    """Take a consent back, at once."""
    authorising.revoke(finding.as_drawn(request), authorisation_id=authorisation_id, at=clock.now())
    messages.success(request, "授权已撤回，从现在起不再读取这些证照。正在办的事会转给工作人员核对。")
    return redirect("citizen:authorisations")


def uses_of(principal: Principal) -> QuerySet[UseRecord]:
    """Return the use records of whom the principal stands for, as far as the mandate of who acts goes."""
    return store.uses_of(**_holder(principal)).filter(_within(principal))


def _authorisations_of(principal: Principal) -> QuerySet[Authorisation]:
    return store.authorisations_of(**_holder(principal)).filter(_within(principal))


def _held(principal: Principal) -> QuerySet[Certificate]:
    """Return the certificates a principal may open: a mandate without them shows what its own cases issued."""
    rows = held_by(principal)
    return (
        rows
        if principal.limits.sees_certificates
        else rows.filter(source__in=selectors.issued_for(principal))
    )


def _holder(principal: Principal) -> dict[str, Any]:
    organisation = principal.organisation
    return {"organisation": organisation} if organisation else {"person": principal.person}


def _within(principal: Principal) -> Q:
    if not principal.limits.sees_certificates:
        return Q(case_reference__in=selectors.references_of(principal))
    return Q(matter_code__in=principal.limits.matters) if principal.limits.matters else Q()
