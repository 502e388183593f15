"""Electronic seals of the keeper's department: the list, one seal, new ones, out of use, ended."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from certificates.errors import SealCertificateRefused
from certificates.models import Seal
from certificates.sealing import authority, seals
from portal.store import access
from portal.store.access import office_page
from portal.store.forms import AnswerForm, SealReasonForm
from portal.store.showing import sealing

_ACTS: dict[str, tuple[Callable[..., Seal], str, str]] = {
    "suspend": (
        seals.suspend,
        "停用印章",
        "印章已停用：从现在起，本单位的证照不能签发，直到恢复或者换用新印章。",
    ),
    "resume": (seals.resume, "恢复使用", "印章已恢复使用。"),
    "destroy": (seals.destroy, "注销印章", "印章已注销，密钥已销毁。以前签发的证照不受影响。"),
}


@office_page
@never_cache
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """List the department's seals, and the request that waits for an answer."""
    keeper = access.keeper_of(request)
    shown, asked = sealing.seals_of(keeper.department), sealing.open_request(keeper.department)
    return render(request, "store/seals.html", {"keeper": keeper, "seals": shown, "asked": asked})


@office_page
@never_cache
@require_safe
def one(request: HttpRequest, seal_id: UUID) -> HttpResponse:
    """Show a seal, its certificate and what it was put to."""
    keeper = access.keeper_of(request)
    shown = sealing.seal_of(keeper.department, seal_id)
    page = sealing.uses(shown, page=request.GET.get("page"))
    given = {"shown": shown, "facts": sealing.facts(shown), "page": page, "uses": sealing.used(page)}
    return render(request, "store/seal.html", {"keeper": keeper, **given})


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, seal_id: UUID, act: str) -> HttpResponse:
    """Suspend, resume or destroy a seal, with the reason."""
    keeper, (verb, title, done) = access.keeper_of(request), _ACTS[act]
    shown = sealing.seal_of(keeper.department, seal_id)
    form = SealReasonForm(request.POST or None)
    if not form.is_valid():
        given = {"keeper": keeper, "shown": shown, "act": act, "title": title, "form": form}
        return render(request, "store/seal_change.html", given)
    verb(keeper.user, seal=shown.seal, reason=form.cleaned_data["reason"])
    messages.success(request, done)
    return redirect("store:seal", seal_id=seal_id)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a new key and ask for its certificate; where the authority answers at once, there is a new seal."""
    keeper, answer = access.keeper_of(request), authority.at_once()
    if request.method != "POST":
        given = {
            "keeper": keeper,
            "seals": sealing.seals_of(keeper.department),
            "at_once": answer is not None,
        }
        return render(request, "store/seal_new.html", given)
    asked = seals.request(keeper.user, department=keeper.department, custodian=keeper.user)
    if answer is None:
        return redirect("store:seal_request", asked_id=asked.pk)
    seal = seals.make(keeper.user, asked=asked, certificate_pem=answer(asked.request_pem))
    messages.success(request, "新印章已启用。以前的印章已注销，它签发的证照不受影响。")
    return redirect("store:seal", seal_id=seal.pk)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def asked_for(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Show what the authority is sent, and take its answer."""
    keeper = access.keeper_of(request)
    asked = sealing.request_of(keeper.department, asked_id)
    if asked.seal_id is not None:
        return redirect("store:seal", seal_id=asked.seal_id)
    form = AnswerForm(request.POST or None)
    if form.is_valid():
        try:
            seal = seals.make(keeper.user, asked=asked, certificate_pem=form.cleaned_data["answer"])
        except SealCertificateRefused as refused:
            form.add_error("answer", refused.message)
        else:
            messages.success(request, "新印章已启用。以前的印章已注销，它签发的证照不受影响。")
            return redirect("store:seal", seal_id=seal.pk)
    return render(request, "store/seal_request.html", {"keeper": keeper, "asked": asked, "form": form})


@office_page
@require_POST
def drop(request: HttpRequest, asked_id: UUID) -> HttpResponse:
    """Give a request up."""
    keeper = access.keeper_of(request)
    seals.drop(keeper.user, asked=sealing.request_of(keeper.department, asked_id))
    messages.success(request, "申请已放弃，它的密钥已销毁。")
    return redirect("store:seals")
