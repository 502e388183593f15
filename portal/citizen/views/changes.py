"""补正、撤回: what an applicant may change in a case that is open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from approvals import selectors
from approvals.applying import submission
from approvals.models import SupplementNotice
from approvals.states import OPEN
from common import clock
from matters.forms import AnswerForm
from portal.citizen import filling, finding, uploading
from portal.citizen.showing import progress
from portal.web import unsaved
from portal.web.uploading import takes_files

FORM_METHODS = ["GET", "HEAD", "POST"]


@never_cache
@takes_files
@unsaved.given_back()
@require_http_methods(FORM_METHODS)
def supplement(request: HttpRequest, reference: str) -> HttpResponse:
    """Show exactly the fields the notice opens, each with its reason, and take the answer."""
    principal, application = finding.application(request, reference=reference)
    notice = selectors.open_notice(application)
    if notice is None:
        messages.info(request, "这件办件现在没有要补正的内容。下面是办理情况。")
        return redirect("citizen:application", reference)
    files = uploading.tried(request, principal, reference=reference)
    given = filling.known(application, at=clock.now())
    data = request.POST if request.method == "POST" else unsaved.take(request)
    opened = submission.opened_fields(notice)
    form = filling.supplement_form(application, given, only=opened, data=data)
    _explain(form, notice)
    if files.errors:
        uploading.tell(form, files)
    elif files.at:  # a button beside a file: the page again, with what it brought
        form = filling.supplement_form(application, given, only=opened, data=None)
        _explain(form, notice)
    elif request.method == "POST" and form.is_valid():
        answers = form.answers_json()
        submission.answer_supplement(principal, reference=reference, answers=_answers(answers, opened))
        messages.success(request, "补正内容已收到。")
        return redirect("citizen:application", reference)
    known = {
        "application": application,
        "notice": notice,
        "form": form,
        "deadline": progress.notice_deadline(notice, on=clock.today()),
    }
    status = (files.status or 422) if form.is_bound and form.errors else 200
    return render(request, "citizen/supplement.html", known, status=status)


def _answers(answers: dict[str, object], opened: set[str]) -> dict[str, object]:
    return {name: value for name, value in answers.items() if name in opened}


def _explain(form: AnswerForm, notice: SupplementNotice) -> None:
    """Put each reason at the fields it concerns."""
    for item in notice.items:
        for name in item["opens"]:
            field = form.fields.get(name.removeprefix("form."))
            if field is not None:
                field.why = f"为什么要改：{item['text']}"  # type: ignore[attr-defined]  # read by portal.web.forms.fields


@never_cache
@require_http_methods(FORM_METHODS)
def withdraw(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask once, then take the application back; a second click finds it withdrawn and says so."""
    principal, application = finding.application(request, reference=reference)
    if application.state not in OPEN:
        messages.info(request, f"这件办件已经结束（{application.get_state_display()}），不用再撤回。")
        return redirect("citizen:application", reference)
    if request.method != "POST":
        return render(request, "citizen/withdraw.html", {"application": application})
    submission.withdraw(principal, reference=reference)
    messages.success(request, "申请已撤回，这件办件结束了。")
    return redirect("citizen:application", reference)
