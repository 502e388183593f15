"""Moves of a certificate, each on a page that says what will happen: suspend, resume, propose an ending, settle it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from certificates.keeping import finding, moving
from certificates.models import Certificate
from common import clock
from portal.store import access
from portal.store.access import Keeper, office_page
from portal.store.forms import EndForm, ReasonForm
from portal.store.showing import holding


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def suspend(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Suspend a certificate."""
    keeper = access.keeper_of(request)
    found, form = finding.one(keeper.user, certificate_id=certificate_id), ReasonForm(request.POST or None)
    if not form.is_valid():
        return _asked(request, "store/suspend.html", keeper, found, form)
    moving.suspend(
        keeper.user, certificate_id=certificate_id, reason=form.cleaned_data["reason"], at=clock.now()
    )
    messages.success(request, "已暂停使用，已经告诉持证人。")
    return redirect("store:certificate", certificate_id)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Let a suspended certificate count again."""
    keeper = access.keeper_of(request)
    found, form = finding.one(keeper.user, certificate_id=certificate_id), ReasonForm(request.POST or None)
    if not form.is_valid():
        return _asked(request, "store/resume.html", keeper, found, form)
    moving.resume(
        keeper.user, certificate_id=certificate_id, reason=form.cleaned_data["reason"], at=clock.now()
    )
    messages.success(request, "已恢复使用，已经告诉持证人。")
    return redirect("store:certificate", certificate_id)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """Propose one of the four endings; a colleague confirms it."""
    keeper = access.keeper_of(request)
    found, form = finding.one(keeper.user, certificate_id=certificate_id), EndForm(request.POST or None)
    if not form.is_valid():
        return _asked(request, "store/end.html", keeper, found, form)
    moving.propose(keeper.user, certificate_id=certificate_id, decision=form.decision, at=clock.now())
    messages.success(request, "已提出，等本部门另一位证照管理员复核确认。确认以前，证照状态不变。")
    return redirect("store:certificate", certificate_id)


@office_page
@never_cache
@require_POST
def confirm(request: HttpRequest, ending_id: UUID) -> HttpResponse:
    """End a certificate as a colleague proposed."""
    keeper = access.keeper_of(request)
    ended = moving.confirm(keeper.user, proposal_id=ending_id, at=clock.now())
    messages.success(request, f"已确认：证照已{ended.get_status_display()}，已经告诉持证人。")
    return redirect("store:certificate", ended.pk)


@office_page
@never_cache
@require_POST
def drop(request: HttpRequest, ending_id: UUID) -> HttpResponse:
    """Drop a proposed ending."""
    keeper = access.keeper_of(request)
    proposal = moving.drop(keeper.user, proposal_id=ending_id, at=clock.now())
    messages.success(request, "已取消，证照状态不变。")
    return redirect("store:certificate", proposal.certificate_id)


def _asked(
    request: HttpRequest, template: str, keeper: Keeper, found: Certificate, form: Form
) -> HttpResponse:
    told = {"keeper": keeper, "form": form, "shown": holding.shown(found, on=clock.today())}
    return render(request, template, told, status=422 if form.is_bound else 200)
