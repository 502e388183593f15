"""Pages of the demo: choose who to be, and which day it is."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.telling import following
from common import clock
from portal.demo import marking, shifted, shifting, signing
from portal.demo.district.lives import district
from portal.demo.forms import FaultForm, ShiftForm
from portal.demo.gateway import asking

STEPS = (1, 5, 30, 365)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the demo's people; POST signs in as one of them."""
    if request.method == "POST":
        return signing.sign_in(request, username=request.POST.get("username", ""))
    marking.require_mark()
    known = {"sections": signing.sections(), "password": district().password}
    return render(request, "demo/sign_in.html", known)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def the_clock(request: HttpRequest) -> HttpResponse:
    """Show the demo's clock; POST moves it forward."""
    marking.require_mark()
    form = ShiftForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ahead = shifting.shift(form.cleaned_data["days"])
        messages.success(request, f"演示时钟已拨到 {shifted.day_after(ahead):%Y-%m-%d}。")
        return redirect("demo:clock")
    ahead = shifted.days_ahead()
    known = {
        "form": form,
        "steps": STEPS,
        "ahead": ahead,
        "real_today": clock.today() - timedelta(days=ahead),
    }
    return render(request, "demo/clock.html", known, status=422 if form.is_bound else 200)


@login_not_required
@require_POST
def back(request: HttpRequest) -> HttpResponse:
    """Return the demo's clock to today."""
    shifting.back_to_now()
    messages.success(request, "演示时钟已回到今天。")
    return redirect("demo:clock")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outgoing(request: HttpRequest) -> HttpResponse:
    """Show what the stand-in for gateway and mail server took; POST makes it fail, or heals it."""
    marking.require_mark()
    form = FaultForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and asking.break_down(form.cleaned_data["channel"], form.cleaned_data["fault"]):
        messages.success(request, "已更改。之后发出的会按您选的处理。")
        return redirect("demo:outgoing")
    state = asking.state()
    known = {
        "state": state,
        "forms": FaultForm.each(state.faults) if state else [],
        "channels": following.health(at=clock.now()),
    }
    return render(request, "demo/outgoing.html", known, status=422 if form.is_bound else 200)
