"""The three acts: grant, refuse, ask for more. Each page posts to itself, so that a lost session loses no words."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from approvals import reviewing
from approvals.models import Application
from common import clock
from portal.bureau import access, casefile, deciding
from portal.bureau.access import Officer, office_page
from portal.bureau.forms import AskForm, GrantForm, RefuseForm
from portal.bureau.views.reading import frame
from portal.web import unsaved


def _asked(request: HttpRequest, reference: str) -> tuple[Officer, Application]:
    officer = access.officer_of(request)
    return officer, access.open_case(officer, reference=reference)


def _sent(request: HttpRequest) -> dict[str, Any]:
    """Return the form's arguments: what was posted, or what was kept when the session ended in the middle."""
    if request.method == "POST":
        return {"data": request.POST}
    kept = unsaved.take(request)
    return {"initial": kept.dict()} if kept is not None else {}


def _page(
    request: HttpRequest, template: str, officer: Officer, application: Application, **more: Any
) -> HttpResponse:
    known = {"case": casefile.opened(officer.user, application), **more}
    wrong = more["form"].is_bound and not more["form"].is_valid()
    return render(request, template, frame(officer) | known, status=422 if wrong else 200)


def _back_to_queue(request: HttpRequest, application: Application, words: str) -> HttpResponse:
    messages.success(request, f"件号尾号 {application.reference[-4:]}：{words}")
    return redirect("bureau:queue")


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, reference: str) -> HttpResponse:
    """Grant with reasons, and with the outcome where the machine could not choose it."""
    officer, application = _asked(request, reference)
    form = GrantForm(rows=deciding.rows_to_choose(application), **_sent(request))
    if not form.is_valid():
        return _page(request, "bureau/grant.html", officer, application, form=form)
    reviewing.grant(
        officer.user,
        application=application,
        reasons=form.cleaned_data["reasons"],
        outcome_row=form.outcome_row,
    )
    return _back_to_queue(request, application, "已准予，证照已签发，并通知了申请人。")


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, reference: str) -> HttpResponse:
    """Refuse with reasons: first the reasons, then the decision as it will read, then the act."""
    officer, application = _asked(request, reference)
    form = RefuseForm(**_sent(request))
    step = request.POST.get("step", "")
    if not form.is_valid() or step not in {"check", "confirm"}:
        again = RefuseForm(initial=request.POST.dict()) if step == "edit" else form
        return _page(request, "bureau/refuse.html", officer, application, form=again)
    if step == "check":
        return _page(request, "bureau/refuse_confirm.html", officer, application, form=form)
    reviewing.refuse(officer.user, application=application, reasons=form.cleaned_data["reasons"])
    return _back_to_queue(request, application, "已作出不予批准决定，并告知了理由和救济途径。")


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
