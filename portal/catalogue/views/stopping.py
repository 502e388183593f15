"""停用秒批: stopping and releasing deciding at once."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matters.writing import stopping
from portal.catalogue import access
from portal.catalogue.access import Admin, office_page
from portal.catalogue.forms import ReasonForm
from portal.catalogue.views.history import asked
from portal.web.components.wording import iso_dt


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Stop deciding a matter at once, with the reason officers will read."""
    admin = access.reader_of(request)
    found = access.matter_of(admin, code=code)
    if found.instant_stop_id is not None and request.method != "POST":
        return redirect("catalogue:matter", code=code)
    form = ReasonForm(request.POST or None, hint="审批人员会看到原因和您的名字；申请人只看到由工作人员办理。")
    if not form.is_valid():
        return asked(request, "catalogue/stop.html", admin, found, form)
    try:
        stopping.stop(admin.user, matter=found, reason=form.cleaned_data["reason"])
    except stopping.AlreadyStopped:
        return _too_late(request, admin, code, form, "catalogue/stop.html")
    messages.success(request, "秒批已停用：从现在起，这个事项全部由工作人员办理。")
    return redirect("catalogue:matter", code=code)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, code: str) -> HttpResponse:
    """Let the machine decide again, with the reason."""
    admin = access.admin_of(request)
    found = access.matter_of(admin, code=code)
    form = ReasonForm(request.POST or None, hint="会和停用的原因记在一起。")
    if not form.is_valid():
        return asked(request, "catalogue/release.html", admin, found, form)
    try:
        stopping.release(admin.user, matter=found, reason=form.cleaned_data["reason"])
    except stopping.NotStopped:
        return _too_late(request, admin, code, form, "catalogue/release.html")
    messages.success(request, "秒批已恢复：新的申请由系统核验；已经转人工的，仍由工作人员办理。")
    return redirect("catalogue:matter", code=code)


def _too_late(request: HttpRequest, admin: Admin, code: str, form: ReasonForm, template: str) -> HttpResponse:
    """Say who was first, and keep what was typed."""
    found = access.matter_of(admin, code=code)
    by = found.instant_stop
    was = (
        f"{by.stopped_by.display_name} {iso_dt(by.stopped_at)} 已经停用了秒批，原因：{by.reason}。"
        if by
        else ""
    )
    form.add_error(None, f"{was or '秒批没有停用，或者刚刚已经恢复。'}您这一次没有再记。")
    known = {"admin": admin, "matter": found, "form": form}
    return render(request, template, known, status=409)
