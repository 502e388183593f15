"""The pages about registers, which read only, and the sheets of a case, each look at which is noted."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Post, User
from approvals.auditing import looking
from approvals.errors import NoSuchApplication, PurposeRequired
from common import clock
from portal.supervision import access, auditing, showing
from portal.supervision.access import office_page


@office_page
@never_cache
@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """Show every register: up or down, how fast, what it holds back."""
    supervisor = access.supervisor_of(request)
    at = clock.now()
    shown = {"supervisor": supervisor, "rows": showing.register_rows(at=at), "at": at}
    return render(request, "supervision/registers.html", shown)


@office_page
@never_cache
@require_safe
def register(request: HttpRequest, name: str) -> HttpResponse:
    """Show one register: its numbers, its last failures, the matters that ask it."""
    supervisor = access.supervisor_of(request)
    at = clock.now()
    page = showing.register_page(supervisor, name=name, at=at)
    if page is None:
        raise Http404
    return render(request, "supervision/register.html", {"supervisor": supervisor, "page": page, "at": at})


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sheets(request: HttpRequest) -> HttpResponse:
    """Open every verification sheet of a case for a supervisor who says why; nothing is shown without the note.

    The sheets stand on a page of their own for some minutes: who loads it again has looked once.
    """
    supervisor = access.supervisor_of(request, only=Post.Role.SUPERVISOR, subject="核验单复查")
    form = auditing.AuditForm(request.POST or None)
    shown = {"supervisor": supervisor, "form": form}
    if not isinstance(request.user, User):
        raise Http404
    if form.is_valid():
        try:
            audit = looking.look(request.user, **form.cleaned_data)
        except NoSuchApplication:
            form.add_error("reference", "没有找到这件办件，或者它不归您监督。请核对件号。")
        except PurposeRequired as error:
            form.add_error("reason", error.message)
        else:
            auditing.remember(request.session, user=request.user, reference=audit.application.reference)
            return redirect(f"{reverse('supervision:sheets')}?case={audit.application.reference}")
    if request.method != "POST" and (reference := request.GET.get("case", "")):
        if not auditing.looked(request.session, user=request.user, reference=reference):
            messages.info(request, "这件办件要重新写明原因才能打开：每次查看都有留痕。")
            return redirect("supervision:sheets")
        audit = looking.look_on(request.user, reference=reference)
        shown |= {"audit": audit, "runs": auditing.shown(audit)}
    return render(request, "supervision/sheets.html", shown, status=422 if form.is_bound else 200)
