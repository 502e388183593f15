"""The desk of a window: where one sits is said first, then codes are scanned."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from certificates.presenting import following
from common import clock
from portal.counter import access, showing
from portal.counter.access import Clerk, office_page
from portal.counter.forms import WindowForm

LAST = 6  # scans shown below the box


@office_page
@never_cache
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Ask which window it is, else wait for a code."""
    clerk = access.clerk_of(request)
    if not clerk.window:
        return render(request, "counter/window.html", {"clerk": clerk, "form": WindowForm()})
    return desk_with(request, clerk)


@office_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: HttpRequest) -> HttpResponse:
    """Take a place at a window, or another one."""
    clerk = access.clerk_of(request)
    form = WindowForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        taken = access.sit_at(request, clerk, number=form.cleaned_data["number"])
        messages.success(request, f"您现在在 {taken}。")
        return redirect("counter:desk")
    status = 422 if form.is_bound else 200
    return render(request, "counter/window.html", {"clerk": clerk, "form": form}, status=status)


def desk_with(request: HttpRequest, clerk: Clerk, *, fault: str = "", status: int = 200) -> HttpResponse:
    """Return the desk with what was scanned of late, and what was wrong with the last code."""
    at = clock.now()
    scans = following.scans_of(clerk.user, window=clerk.window, at=at)[:LAST]
    known = {"clerk": clerk, "fault": fault, "recent": showing.rows(list(scans), at=at)}
    return render(request, "counter/desk.html", known, status=status)
