"""Scanning at a window: a code, then the question, the wait for the phone, and what may be seen."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from approvals.applying import taking
from certificates.models import Scan
from certificates.presenting import scanning, seeing
from certificates.presenting.errors import LookRefused, OtherWindow
from certificates.presenting.stages import Stage, stage
from common import clock
from common.errors import DomainError
from portal.counter import access, asking, showing, wording
from portal.counter.access import Clerk, office_page, seated
from portal.counter.views.beginning import desk_with


@office_page
@never_cache
@require_POST
@seated
def scan(request: HttpRequest) -> HttpResponse:
    """Take a code; what is wrong with it is said beside the box."""
    clerk = access.clerk_of(request)
    try:
        taken = scanning.scan(
            clerk.user, window=clerk.window, code=request.POST.get("code", ""), at=clock.now()
        )
    except DomainError as wrong:
        return desk_with(request, clerk, fault=wrong.message, status=wrong.status)
    return redirect("counter:look", taken.pk)


@office_page
@never_cache
@require_safe
@seated
def look(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Show a scan as far as it has come; once agreed, the fields, each look recorded before."""
    clerk, at = access.clerk_of(request), clock.now()
    found = _found(clerk, scan_id)
    seen: list[seeing.Seen] = []
    if stage(found, at=at) == Stage.OPEN:
        try:
            seen = seeing.see(clerk.user, scan_id=scan_id, window=clerk.window, at=at)
        except LookRefused as refused:
            messages.warning(request, refused.message)
            found = _found(clerk, scan_id)
    page = showing.page(found, seen, at=at)
    known = {
        "clerk": clerk,
        "page": page,
        "at": at,
        **(_choices(request, found) if page.stage == Stage.SCANNED else {}),
    }
    return render(request, "counter/scan.html", known)


@office_page
@never_cache
@require_safe
@seated
def state(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Say in one word how far a scan has come."""
    found = _found(access.clerk_of(request), scan_id)
    return JsonResponse({"mark": showing.mark(found, at=clock.now())})


@office_page
@never_cache
@require_POST
@seated
def ask(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Put the question to the phone; what cannot be asked is said above the choices."""
    clerk, at = access.clerk_of(request), clock.now()
    found = _found(clerk, scan_id)
    try:
        if not request.POST.get("matter") and "chosen" not in request.POST:
            return _which_fields(request, clerk, found)
        wanted = asking.wanted(found, request.POST)
        scanning.ask(clerk.user, scan_id=scan_id, window=clerk.window, wanted=wanted, at=at)
    except DomainError as wrong:
        if stage(found, at=at) != Stage.SCANNED:
            raise
        known = {
            "clerk": clerk,
            "page": showing.page(found, [], at=at),
            "at": at,
            "fault": wording.for_clerk(wrong),
        }
        return render(request, "counter/scan.html", known | _choices(request, found), status=wrong.status)
    return redirect("counter:look", scan_id)


def _which_fields(request: HttpRequest, clerk: Clerk, found: Scan) -> HttpResponse:
    """Ask which fields of the ticked types a purpose needs: none is asked for that nobody chose."""
    at = clock.now()
    known: dict[str, object] = {"clerk": clerk, "page": showing.page(found, [], at=at), "at": at}
    if lacks := asking.missing(found, request.POST):
        known |= {"lacks": lacks, **_choices(request, found)}
        return render(request, "counter/scan.html", known, status=422)
    known |= {"parts": asking.parts_for(found, request.POST), "purpose": request.POST.get("purpose", "")}
    return render(request, "counter/scan.html", known)


@office_page
@never_cache
@require_POST
@seated
def leave(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """End a scan, and be ready for the next one."""
    clerk = access.clerk_of(request)
    taken = taking.is_begun(_found(clerk, scan_id).case_reference)
    scanning.leave(clerk.user, scan_id=scan_id, window=clerk.window, taken=taken, at=clock.now())
    messages.success(request, "这次扫码已结束，请扫下一位。")
    return redirect("counter:desk")


def _found(clerk: Clerk, scan_id: UUID) -> Scan:
    try:
        return scanning.of_window(clerk.user, scan_id=scan_id, window=clerk.window)
    except OtherWindow:
        seeing.see(
            clerk.user, scan_id=scan_id, window=clerk.window, at=clock.now()
        )  # refuses too, and says so
        raise


def _choices(request: HttpRequest, found: Scan) -> dict[str, object]:
    """Return what can be asked for: the matters that fit the words, the chosen one, or types for a purpose."""
    told = request.POST if request.method == "POST" else request.GET
    q, shown = told.get("q", "").strip(), found.presentation
    known: dict[str, object] = {"q": q, "matters": asking.found(shown, q), "for_purpose": "purpose" in told}
    known["plan"] = asking.plan(shown, told["matter"]) if told.get("matter") else None
    return known | (_types(told, found) if known["for_purpose"] else {})


def _types(told: QueryDict, found: Scan) -> dict[str, object]:
    """Return the types a purpose may name, those that matters use first, and what was typed and ticked."""
    types, usual = asking.types_for(found.presentation), asking.common(found.presentation)
    ticked = told.getlist("types")
    near = [kind for kind in types if kind.slug in usual or kind.slug in ticked or found.presentation.types]
    far = [kind for kind in types if kind not in near]
    return {"near": near, "far": far, "ticked": ticked, "purpose": told.get("purpose", "")}
