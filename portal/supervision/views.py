"""The pages about registers. They read only."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import clock
from portal.supervision import access, showing
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
