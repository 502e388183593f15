"""亮码: show a code, see who scanned it and what is asked, answer. Looking changes nothing; buttons do."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from approvals.applying import confirming, taking
from approvals.errors import AlreadyOpen, Incomplete, NotAsShown
from certificates import selectors as store
from certificates.models import CertificateType
from certificates.presenting import answering, codes, following
from certificates.presenting.errors import AlreadyAnswered, AnsweredTooLate
from common import clock
from portal.citizen import finding
from portal.citizen.presenting import filings, screens
from portal.web.principals import person_of, principal_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Show the code of this minute, or what came of it; posting begins a new one."""
    at = clock.now()
    if request.method == "POST":
        types = [] if "all" in request.POST else request.POST.getlist("types")
        if "picked" in request.POST and not types:
            messages.warning(request, "一本也没有选，没有出示。请至少选一本；都要出示的，请按“全部出示”。")
            return redirect("citizen:code_pick")
        codes.begin(finding.as_drawn(request), types=types, at=at)
        return redirect("citizen:code")
    principal = principal_of(request)
    known = {"principal": principal, "screen": screens.screen(principal, at=at), "at": at}
    return render(request, "citizen/presenting/code.html", known)


@never_cache
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Say in one word whether the phone has something new to show."""
    at = clock.now()
    now = following.showing(person_of(request), at=at)
    return JsonResponse({"mark": now.mark + filings.filing(now.scan, now.stage, at=at).mark})


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


@require_POST
def confirm(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """File what the window filled in, as it was shown, with what is promised here."""
    person, at = person_of(request), clock.now()
    said = {name: answer == "yes" for name, answer in request.POST.items() if answer in {"yes", "no"}}
    draft = confirming.waiting(confirming.of_phone(person, scan_id=scan_id), at=at)
    promises = filings.asked(draft, at=at).promises if draft else ()
    if unsaid := [one.label for one in promises if one.required and one.name not in said]:
        messages.warning(request, f"还没有提交。请先选好：{'、'.join(unsaid)}。")
        return redirect("citizen:code")
    try:
        seen = request.POST.get("seen", "")
        confirming.confirm(person, scan_id=scan_id, seen=seen, promised=said, at=at)
    except Incomplete:
        messages.warning(request, "还没有提交：按您的选择，窗口还要再填几项。填好后会再请您核对。")
    except (NotAsShown, AlreadyOpen) as refusal:
        messages.warning(request, refusal.message)
    return redirect("citizen:code")


@require_POST
def decline(request: HttpRequest, scan_id: UUID) -> HttpResponse:
    """Say that what the window filled in is wrong: it is told so, and nothing is filed."""
    confirming.decline(person_of(request), scan_id=scan_id, at=clock.now())
    messages.info(request, "没有提交。请当面告诉窗口哪里不对，改好以后会再请您核对。")
    return redirect("citizen:code")
