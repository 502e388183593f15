"""补正、撤回: what an applicant may change in a case that is open."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.acting.principals import Principal
from approvals import selectors
from approvals.applying import submission
from approvals.errors import Unchanged
from approvals.models import Application, SupplementNotice
from approvals.states import OPEN, ApplicationState
from common import clock
from matters.forms import AnswerForm
from portal.citizen import finding
from portal.citizen.showing import progress
from portal.web import unsaved
from portal.web.drafting import filling, uploading
from portal.web.uploading import takes_files

FORM_METHODS = ["GET", "HEAD", "POST"]
SAME_CODE = "same"
SAME = "和原来填的一样，没有改。请照说明改正；确认没有错的，请在下面打勾，交工作人员核实"


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
    elif request.method == "POST" and form.is_valid() and _answered(request, principal, application, form):
        return redirect("citizen:application", reference)
    known = {
        "application": application,
        "notice": notice,
        "form": form,
        "may_stand": form.is_bound and any(form.has_error(name, SAME_CODE) for name in form.errors),
        "deadline": progress.notice_deadline(notice, on=clock.today()),
    }
    status = (files.status or 422) if form.is_bound and form.errors else 200
    return render(request, "citizen/supplement.html", known, status=status)


def _answered(request: HttpRequest, principal: Principal, application: Application, form: AnswerForm) -> bool:
    """Hand in what was answered; what is the same as before is said at its field, and may be stood by with a tick."""
    answers, stands = form.answers_json(), "stands" in request.POST
    asked = set(form.fields)
    try:
        done = submission.answer_supplement(
            principal,
            reference=application.reference,
            answers={name: value for name, value in answers.items() if name in asked},
            dropped=asked - set(answers),
            stands=stands,
        )
    except Unchanged as same:
        for name in sorted(same.fields):
            field = form.fields.get(name)
            label = field.label if field else "要补正的内容"
            form.add_error(name if field else None, ValidationError(f"“{label}”{SAME}", code=SAME_CODE))
        return False
    referred = done.state == ApplicationState.IN_REVIEW
    messages.success(request, "补正内容已收到，已转工作人员核实。" if referred else "补正内容已收到。")
    return True


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
