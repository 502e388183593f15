"""Issuing, correcting and renewing certificates of the keeper's department, by a form from the type's schema."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from certificates import schemas
from certificates.errors import AlreadyHeld, InvalidFields, MoveReasonRequired, NothingToChange, NumberTaken
from certificates.holding.looking import holder_of
from certificates.keeping import finding, reissuing
from certificates.keeping.reissuing import Given
from certificates.models import Certificate, CertificateType
from common import clock
from portal.store import access
from portal.store.access import office_page
from portal.store.filling import FieldsForm
from portal.store.forms import ChangeForm, IssueForm
from portal.store.showing import holding

MENDABLE = (AlreadyHeld, MoveReasonRequired, NothingToChange, NumberTaken)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: HttpRequest, code: str) -> HttpResponse:
    """Issue a certificate that no application led to."""
    keeper = access.keeper_of(request)
    kind = next((one for one in reissuing.types_of(keeper.user) if one.code == code), None)
    if kind is None:
        raise Http404
    form, fields = IssueForm(request.POST or None), _fields(request, kind)
    holder = holder_of(form.cleaned_data["holder"]) if form.is_valid() else None
    if form.is_valid() and holder is None:
        form.add_error("holder", "没有找到这个号码，请核对。持证人要先在政务服务网登录过，或者已由部门登记。")
    if holder is not None and form.is_valid() and fields.is_valid():
        told = form.cleaned_data
        given = Given(told["number"], told["begins"], told["until"], fields.values)
        made = _done(
            form,
            lambda: reissuing.issue(
                keeper.user, slug=kind.slug, holder=holder, given=given, reason=told["reason"], at=clock.now()
            ),
        )
        if made is not None:
            messages.success(request, "已签发，已经告诉持证人。")
            return redirect("store:certificate", made.pk)
    shown = {"keeper": keeper, "kind": kind, "form": form, "fields": fields}
    return render(request, "store/issue.html", shown, status=422 if form.is_bound else 200)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Correct or renew a certificate by a new version."""
    keeper = access.keeper_of(request)
    found = finding.one(keeper.user, certificate_id=certificate_id)
    form, fields = ChangeForm(request.POST or None), _fields(request, found.type)
    if form.is_valid() and fields.is_valid():
        given = form.cleaned_data
        made = _done(
            form,
            lambda: reissuing.change(
                keeper.user,
                certificate_id=certificate_id,
                changes=fields.values,
                reason=given["reason"],
                renews=given["how"] == "renew",
                renewed_until=given["until"],
                at=clock.now(),
            ),
        )
        if made is not None:
            messages.success(request, f"已签发第 {made.version} 版，原来的一版不再使用，已经告诉持证人。")
            return redirect("store:certificate", made.pk)
    shown = {
        "keeper": keeper,
        "form": form,
        "fields": fields,
        "shown": holding.shown(found, on=clock.today()),
    }
    return render(request, "store/change.html", shown, status=422 if form.is_bound else 200)


def _done(form: Form, act: Callable[[], Certificate]) -> Certificate | None:
    """Do it; what can be mended by typing otherwise is said in the form, so that nothing typed is lost."""
    try:
        return act()
    except InvalidFields as error:
        form.add_error(None, "；".join(error.fields.values()))
    except MENDABLE as error:
        form.add_error(None, error.message)
    return None


def _fields(request: HttpRequest, kind: CertificateType) -> FieldsForm:
    return FieldsForm(request.POST or None, specs=schemas.of_version(kind, kind.current_schema))
