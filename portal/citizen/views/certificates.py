"""我的证照: the wallet, and one certificate."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from certificates import checking
from certificates.holding import authorising, downloading
from certificates.states import CertificateStatus
from common import clock
from portal.citizen import finding
from portal.citizen.holding.rows import use_rows, visits
from portal.citizen.holding.views import held, uses_of
from portal.citizen.presenting import screens
from portal.citizen.showing import faces
from portal.web import serving
from portal.web.principals import principal_of

NEWEST, VISITS = 4, 3
LOOKED_THROUGH = 40  # records: a visit at a window is about ten


@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Show all certificates of whom one acts for, with their states in words."""
    principal, today = principal_of(request), clock.today()
    gives = authorising.may_give(principal)
    shows = principal.limits.sees_certificates
    mine = list(held(principal))
    ways = faces.renewals(mine, applicant=principal.kind, on=today)
    shown = [faces.short(one, on=today, may_give=gives, shows=shows, renewals=ways) for one in mine]
    wanted = request.GET.get("state", "")
    groups = [(key, words, sum(_in(face.state, key) for face in shown)) for key, words in faces.GROUPS]
    known = {
        "principal": principal,
        "faces": [face for face in shown if _in(face.state, wanted)],
        "groups": groups,
        "wanted": wanted,
        "screen": screens.screen(principal, at=clock.now()),
        "visits": visits(use_rows(uses_of(principal)[:LOOKED_THROUGH]))[:VISITS],
    }
    return render(request, "citizen/wallet.html", known)


def _in(state: str, group: str) -> bool:
    return group in {"", faces.group(state)}


@require_safe
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Open one certificate of one's own, with the code others check it by."""
    today = clock.today()
    principal, found = finding.certificate(request, certificate_id=certificate_id)
    gives = authorising.may_give(principal)
    face = faces.face(request, found, viewer=principal, on=today, opened=True, may_give=gives)
    known = {
        "certificate": found,
        "face": face,
        "usable": face.state in {"valid", "soon"},
        "has_paper": found.status == CertificateStatus.VALID,
        "superseded": found.status == CertificateStatus.SUPERSEDED,
        "note": faces.note(found, face.state, on=today),
        "renewal": faces.renewals([found], applicant=principal.kind, on=today).get(found.type.slug, ""),
        "successor": checking.successor_of(found),
        "opens": principal.limits.sees_certificates,
        "uses": use_rows(uses_of(principal).filter(certificate=found)[:NEWEST]),
    }
    return render(request, "citizen/certificate.html", known)


@never_cache
@require_safe
def paper(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Hand out one's own certificate as a sealed paper."""
    principal, found = finding.certificate(request, certificate_id=certificate_id)
    content = downloading.paper(found, viewer=principal, at=clock.now())
    return serving.paper(content, name=f"{found.type.name} {found.number}.pdf")
