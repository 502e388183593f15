"""亮码: show a code, see who scanned it and what is asked, answer. Looking changes nothing; buttons do."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.applying import taking
from certificates import selectors as store
from certificates.models import CertificateType
from certificates.presenting import answering, codes, following
from certificates.presenting.errors import AlreadyAnswered, AnsweredTooLate
from common import clock
from portal.citizen import finding
from portal.citizen.presenting import screens
from portal.web.principals import person_of, principal_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Show the code of this minute, or what came of it; posting begins a new one."""
    at = clock.now()
    if request.method == "POST":
        codes.begin(finding.as_drawn(request), types=request.POST.getlist("types"), at=at)
        return redirect("citizen:code")
    principal = principal_of(request)
    known = {"principal": principal, "screen": screens.screen(principal, at=at), "at": at}
    return render(request, "citizen/presenting/code.html", known)


@never_cache
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Say in one word whether the phone has something new to show."""
    return JsonResponse({"mark": following.showing(person_of(request), at=clock.now()).mark})


@never_cache
@require_safe
def pick(request: HttpRequest) -> HttpResponse:
    """Choose what to show, and whose."""
    principal, at = principal_of(request), clock.now()
    holder = principal.organisation or principal.person
    held = store.valid_by_type(holder, on=clock.today()) if principal.limits.sees_certificates else {}
    known = {
        "principal": principal,
        "held": CertificateType.objects.filter(slug__in=held).order_by("name"),
        "others": screens.others(principal, at=at),
        "wanted": request.GET.getlist("types"),
    }
    return render(request, "citizen/presenting/pick.html", known)


@require_POST
def agree(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Let the window see what it asked for."""
    try:
        taking.agree(person_of(request), scan_id=scan_id, at=clock.now())
    except (AlreadyAnswered, AnsweredTooLate) as late:
        messages.warning(request, late.message)
    return redirect("citizen:code")


@require_POST
def refuse(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Let it see nothing."""
    try:
        answering.refuse(person_of(request), scan_id=scan_id, at=clock.now())
    except (AlreadyAnswered, AnsweredTooLate) as late:
        messages.warning(request, late.message)
    return redirect("citizen:code")


@require_POST
def withdraw(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Take it back, at once."""
    answering.withdraw(person_of(request), scan_id=scan_id, at=clock.now())
    return redirect("citizen:code")
