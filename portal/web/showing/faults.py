"""Every error page in the gallery, as it comes to a visitor, without anything having to go wrong."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common import clock
from portal.web import errors
from portal.web.errors import Trouble

SAMPLES = {
    "400": Trouble(400),
    "403": Trouble(403),
    "404": Trouble(404),
    "405": Trouble(405),
    "409": Trouble(409, message="这件事您已经有一件在办，不能再交一件。", reference="44050720261120000051"),
    "413": Trouble(413),
    "429": Trouble(429, message="短时间内试了太多次，请 10 分钟后再试。"),
    "500": Trouble(500, code="7K2M"),
    "503": Trouble(503),
}
PLAIN = {"400", "413", "500", "503"}
OTHERS = {"csrf": "errors/csrf.html", "maintenance": "errors/maintenance.html"}
NAMES = (*SAMPLES, *OTHERS)


@login_not_required
@require_safe
def fault(request: HttpRequest, name: str) -> HttpResponse:
    """Show one error page with the status it has."""
    if name in OTHERS:
        known = {"trouble": Trouble(403), "until": clock.now().replace(hour=22, minute=0)}
        return render(request, OTHERS[name], known, status=503 if name == "maintenance" else 403)
    if name not in SAMPLES:
        raise Http404
    return (errors.plain_page if name in PLAIN else errors.page)(request, SAMPLES[name])
