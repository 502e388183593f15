"""Issuing, correcting and renewing certificates of the keeper's department, by a form from the type's schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from certificates import schemas
from certificates.errors import AlreadyHeld, InvalidFields, MoveReasonRequired, NothingToChange, NumberTaken
from certificates.holding.looking import holder_of
from certificates.issuance import carrying
from certificates.keeping import finding, reissuing
from certificates.keeping.reissuing import Given, NextVersion
from certificates.models import Certificate, CertificateType
from common import clock
from portal.store import access
from portal.store.access import office_page
from portal.store.filling import PREFIX, FieldsForm
from portal.store.forms import ChangeForm, IssueForm
from portal.store.showing import drafting, holding
from portal.store.showing.drafting import Preview

T = TypeVar("T")
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
    form, fields = IssueForm(request.POST or None), _fields(request, kind, anew=True)
    looked = None
    if form.is_valid() and fields.is_valid() and "back" not in request.POST:
        looked = _looked_over(keeper.user, kind, form, fields)
    if looked is not None and "seal" in request.POST and (made := _sealed(keeper.user, kind, form, fields)):
        messages.success(request, "已签发，已经告诉持证人。")
        return redirect("store:certificate", made.pk)
    shown = {"keeper": keeper, "kind": kind, "form": form, "fields": fields}
    if looked is not None and not form.errors and not fields.errors:
        return render(request, "store/issue_preview.html", shown | {"page": looked, "kept": _kept(request)})
    failed = bool(form.errors or fields.errors)
    return render(request, "store/issue.html", shown, status=422 if failed else 200)


def _looked_over(user: User, kind: CertificateType, form: IssueForm, fields: FieldsForm) -> Preview | None:
    """Return what is about to be sealed, None where something is to be mended first."""
    holder = holder_of(form.cleaned_data["holder"])
    if holder is None:
        form.add_error("holder", "没有找到这个号码，请核对。持证人要先在政务服务网登录过，或者已由部门登记。")
        return None
    given, reason = _given(form, fields), form.cleaned_data["reason"]
    asked = _done(
        form,
        fields,
        lambda: reissuing.draft(
            user, slug=kind.slug, holder=holder, given=given, reason=reason, at=clock.now()
        ),
    )
    return drafting.preview(asked, holder=holder) if asked is not None else None


def _sealed(user: User, kind: CertificateType, form: IssueForm, fields: FieldsForm) -> Certificate | None:
    holder = holder_of(form.cleaned_data["holder"])
    assert holder is not None
    given, reason = _given(form, fields), form.cleaned_data["reason"]
    return _done(
        form,
        fields,
        lambda: reissuing.issue(
            user, slug=kind.slug, holder=holder, given=given, reason=reason, at=clock.now()
        ),
    )


def _given(form: IssueForm, fields: FieldsForm) -> Given:
    told = form.cleaned_data
    return Given(told["number"], told["begins"], told["until"], fields.values)


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """Return what was filled in, to be handed on by the page that is looked over."""
    acts = {"csrfmiddlewaretoken", "seal", "back"}
    return [(name, value) for name, value in request.POST.items() if name not in acts]  # type: ignore[misc]


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Correct or renew a certificate by a new version."""
    keeper = access.keeper_of(request)
    found = finding.one(keeper.user, certificate_id=certificate_id)
    form, fields = ChangeForm(request.POST or None), _fields(request, found.type)
    known = {
        "keeper": keeper,
        "form": form,
        "fields": fields,
        "shown": holding.shown(found, on=clock.today()),
    }
    asked = None
    if form.is_valid() and fields.is_valid() and "back" not in request.POST:
        asked = _changed(reissuing.draft_change, keeper.user, found, form, fields)
    made = (
        _changed(reissuing.change, keeper.user, found, form, fields)
        if asked is not None and "seal" in request.POST
        else None
    )
    if made is not None:
        messages.success(request, f"已签发第 {made.version} 版，原来的一版不再使用，已经告诉持证人。")
        return redirect("store:certificate", made.pk)
    if asked is not None and not form.errors and not fields.errors:
        looked = {"facts": drafting.changed(asked, found), "kept": _kept(request)}
        return render(request, "store/change_preview.html", known | looked)
    failed = bool(form.errors or fields.errors)
    return render(request, "store/change.html", known, status=422 if failed else 200)


def _changed(
    act: Callable[..., T], user: User, found: Certificate, form: ChangeForm, fields: FieldsForm
) -> T | None:
    """Look the next version over, or seal it: both from the same words."""
    given = form.cleaned_data
    return _done(
        form,
        fields,
        lambda: act(
            user,
            certificate_id=found.pk,
            wanted=NextVersion(fields.values, renews=given["how"] == "renew", until=given["until"]),
            reason=given["reason"],
            at=clock.now(),
        ),
    )


def _done(form: Form, fields: FieldsForm, act: Callable[[], T]) -> T | None:
    """Do it; what can be mended by typing otherwise is said in the form, so that nothing typed is lost."""
    try:
        return act()
    except InvalidFields as error:
        for name, words in error.fields.items():
            beside = f"{PREFIX}{name}" in fields.fields
            (fields if beside else form).add_error(f"{PREFIX}{name}" if beside else None, words)
    except MENDABLE as error:
        form.add_error(None, error.message)
    return None


def _fields(request: HttpRequest, kind: CertificateType, *, anew: bool = False) -> FieldsForm:
    """Return the boxes; a new certificate has its holder's from the register, and all that its card needs."""
    specs = schemas.of_version(kind, kind.current_schema)
    follows = carrying.repeated(kind.holder_kind) if anew else frozenset()
    return FieldsForm(
        request.POST or None,
        specs=specs,
        required=schemas.required(specs) if anew else (),
        without={carrying.NUMBER, *follows},
    )
