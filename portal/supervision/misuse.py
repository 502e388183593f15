"""用证异议: the reports of holders for whoever supervises the body concerned, open ones first, and their answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Post, User
from certificates.errors import NotYoursToAnswer, WordsRequired
from certificates.holding import reporting
from certificates.models import MisuseReport
from certificates.states import MisuseFinding
from common import clock, workdays
from portal.supervision import access
from portal.supervision.access import Supervisor, office_page
from portal.web import unsaved
from portal.web.components.uses import details

ON_A_PAGE = 30
SUBJECT = "用证异议"


class AnswerForm(forms.Form):
    """What was found, and the words the holder reads."""

    finding = forms.ChoiceField(
        label="查的结果",
        choices=MisuseFinding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择查的结果。", "invalid_choice": "请从列出的结果里选。"},
    )
    words = forms.CharField(
        label="给持证人的答复",
        widget=forms.Textarea,
        min_length=reporting.SHORTEST,
        max_length=reporting.LONGEST,
        error_messages={
            "required": "请写明查到了什么。",
            "min_length": f"请写清楚一些，至少 {reporting.SHORTEST} 个字。",
            "max_length": f"太长了，请不超过 {reporting.LONGEST} 个字。",
        },
    )
    words.hint = "写明查了什么、查到什么、怎么处理的。持证人会原样看到。"  # type: ignore[attr-defined]  # read by portal.web.forms


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One report of the list; `left`: working days, below zero when it is late."""

    report: MisuseReport
    pill: str
    words: str
    left: int


def report_rows(found: Iterable[MisuseReport], *, on: date) -> list[ReportRow]:
    """Return reports with how much time is left."""
    return [ReportRow(one, *_state(one, on)) for one in found]


def _state(one: MisuseReport, on: date) -> tuple[str, str, int]:
    if one.answered_at is not None:
        return "pass", one.get_finding_display(), 0
    left = workdays.workdays_between(on, one.due_on)
    words = f"超期 {-left} 个工作日" if left < 0 else "今天到期" if left == 0 else f"剩 {left} 个工作日"
    return ("fail" if left < 0 else "unknown" if left <= 2 else "waiting"), words, left


@office_page
@never_cache
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """List the reports one supervises, the open ones first by their due date."""
    supervisor, user = _supervising(request)
    page = Paginator(reporting.reports_for(user), ON_A_PAGE).get_page(request.GET.get("page"))
    rows = report_rows(page, on=clock.today())
    known = {
        "supervisor": supervisor,
        "page": page,
        "rows": rows,
        "workdays": reporting.ANSWER_WORKDAYS,
    }
    return render(request, "supervision/misuse.html", known)


@unsaved.given_back()
@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """Show one report with the use in full; a post answers it."""
    supervisor, user = _supervising(request)
    found = reporting.reports_for(user).filter(pk=report_id).first()
    if found is None:
        raise NotYoursToAnswer
    kept = None if request.method == "POST" else unsaved.take(request)
    form = AnswerForm(
        request.POST if request.method == "POST" else None, initial=kept.dict() if kept else None
    )
    if form.is_valid() and _answered(user, found, form):
        messages.success(request, "已答复持证人。答复写进了那条用证记录。")
        return redirect("supervision:misuse")
    known = {
        "supervisor": supervisor,
        "row": report_rows([found], on=clock.today())[0],
        "report": found,
        "rows": details(found.use, holder="持证人"),
        "form": form,
        "may_answer": reporting.may_answer(user, found),
    }
    return render(request, "supervision/misuse_report.html", known, status=422 if form.is_bound else 200)


def _answered(user: User, found: MisuseReport, form: AnswerForm) -> bool:
    given = form.cleaned_data
    try:
        reporting.answer(
            user,
            report_id=found.pk,
            finding=MisuseFinding(given["finding"]),
            words=given["words"],
            at=clock.now(),
        )
    except WordsRequired as error:
        form.add_error("words", error.message)
        return False
    return True


def _supervising(request: HttpRequest) -> tuple[Supervisor, User]:
    supervisor = access.supervisor_of(request, only=Post.Role.SUPERVISOR, subject=SUBJECT)
    assert isinstance(request.user, User)  # who holds a post is one
    return supervisor, request.user
