"""The acts: grant, refuse, ask for more, reveal. Each page posts to itself, so that a lost session loses no words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from approvals import reviewing
from approvals.errors import NotAllowed, PurposeRequired
from approvals.models import Application
from approvals.selectors import latest_sheet
from common import clock
from matters import editions
from portal.bureau import access, deciding, opening, supplying
from portal.bureau.access import Officer, office_page
from portal.bureau.forms import AskForm, GrantForm, RefuseForm, RevealForm
from portal.bureau.views.reading import frame
from portal.web import unsaved


def _asked(request: HttpRequest, reference: str) -> tuple[Officer, Application]:
    officer = access.officer_of(request)
    return officer, access.open_application(officer, reference=reference)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return the form's arguments: what was posted, or what was kept when the session ended in the middle."""
    if request.method == "POST":
        return {"data": request.POST}
    kept = unsaved.take(request)
    return {"initial": kept.dict()} if kept is not None else {}


def _page(
    request: HttpRequest, template: str, officer: Officer, application: Application, **more: Any
) -> HttpResponse:
    known = {"shown": opening.opened(officer.user, application), **more}
    wrong = more["form"].is_bound and not more["form"].is_valid()
    return render(request, template, frame(officer) | known, status=422 if wrong else 200)


def _back_to_queue(request: HttpRequest, application: Application, words: str) -> HttpResponse:
    messages.success(request, f"件号尾号 {application.reference[-4:]}：{words}")
    return redirect("bureau:queue")


@unsaved.given_back()
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, reference: str) -> HttpResponse:
    """Grant with reasons, and with the outcome where the machine could not choose it."""
    officer, application = _asked(request, reference)
    gaps = supplying.gaps(application)
    sheet = latest_sheet(application)
    failed = deciding.failed_checks(sheet)
    rows = deciding.rows_to_choose(application, sheet)
    form = GrantForm(rows=rows, gaps=gaps, failed=failed, **_sent(request))
    if not form.is_valid():
        ended, closed = deciding.ending(application)
        known = {"failed": failed, "ended": ended, "closed": closed}
        return _page(request, "bureau/grant.html", officer, application, form=form, **known)
    reviewing.grant(
        officer.user,
        application=application,
        reasons=form.cleaned_data["reasons"],
        outcome_row=form.outcome_row,
        supplied=supplying.supplied(form.cleaned_data),
        over_failed=bool(form.cleaned_data.get("over_failed")),
    )
    return _back_to_queue(request, application, "已准予，证照已签发，并通知了申请人。")


@unsaved.given_back()
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Refuse with reasons: first the reasons, then the decision as it will read, then the act."""
    officer, application = _asked(request, reference)
    licence = editions.compiled(application.edition).package.is_licence
    form = RefuseForm(licence=licence, **_sent(request))
    step = request.POST.get("step", "")
    if not form.is_valid() or step not in {"check", "confirm"}:
        again = RefuseForm(licence=licence, initial=request.POST.dict()) if step == "edit" else form
        return _page(request, "bureau/refuse.html", officer, application, form=again)
    if step == "check":
        return _page(request, "bureau/refuse_confirm.html", officer, application, form=form)
    reviewing.refuse(officer.user, application=application, reasons=form.cleaned_data["reasons"])
    return _back_to_queue(request, application, "已作出不予批准决定，并告知了理由和救济途径。")


@unsaved.given_back()
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, reference: str) -> HttpResponse:
    """Tell everything that is missing at once; the clock stands still until it is answered."""
    officer, application = _asked(request, reference)
    form = AskForm(
        questions=deciding.questions_to_open(application),
        advice=deciding.advice(application),
        **_sent(request),
    )
    if not form.is_valid():
        days, by = deciding.notice_due(application, on=clock.today())
        return _page(request, "bureau/ask.html", officer, application, form=form, days=days, by=by)
    reviewing.ask_for_more(officer.user, application=application, defects=form.defects())
    return _back_to_queue(
        request, application, f"已一次性告知 {len(form.defects())} 处，补正期间不计办理时限。"
    )


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the case once with numbers and addresses readable, after the applicant's record says why."""
    officer = access.officer_of(request)
    application = access.application_of(officer, reference=reference)
    if application.state not in reviewing.REVEALING:
        raise NotAllowed
    form = RevealForm(**_sent(request))
    if not form.is_valid():
        return _page(request, "bureau/reveal.html", officer, application, form=form)
    try:
        seen = reviewing.reveal(officer.user, application=application, reason=form.cleaned_data["reason"])
    except PurposeRequired as error:
        form.add_error("reason", error.message)
        return _page(request, "bureau/reveal.html", officer, application, form=form)
    known = {"shown": opening.opened(officer.user, application, revealed=seen)}
    return render(request, "bureau/application.html", frame(officer) | known)


@office_page
@require_POST
def look_again(request: HttpRequest, reference: str) -> HttpResponse:
    """Have the machine look again, when a source has come back."""
    officer, application = _asked(request, reference)
    reviewing.look_again(officer.user, application=application)
    return _back_to_queue(request, application, "已请系统重新核验。通过的当场办结，没有通过的会回到待办。")
