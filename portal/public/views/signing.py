"""Signing in and out, and choosing for whom one acts. The identity source is `accounts.signing.identity`."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.acting import principals
from portal.public.forms import SignInForm, StaffSignInForm
from portal.web.navigation import address
from portal.web.principals import ACTING_FOR, person_of

FORM_METHODS = ["GET", "HEAD", "POST"]


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(FORM_METHODS)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a citizen in by password, and go where they wanted to go."""
    return _sign_in(request, SignInForm, template="public/sign_in.html", home="public:home")


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(FORM_METHODS)
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Let someone with a post in, by their own door."""
    return _sign_in(request, StaffSignInForm, template="public/staff_sign_in.html", home="bureau:queue")


def _sign_in(request: HttpRequest, form_class: type[SignInForm], *, template: str, home: str) -> HttpResponse:
    onward = _safe(request, request.POST.get("next") or request.GET.get("next", "")) or reverse(home)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    form = form_class(request, request.POST) if request.method == "POST" else form_class(request)
    if form.is_valid() and form.user is not None:
        login(request, form.user)
        return HttpResponseRedirect(onward)
    known = {"form": form, "next": onward, "demo_sign_in": address("demo:sign_in")}
    return render(request, template, known, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_http_methods(FORM_METHODS)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session by POST, also where it had ended already; an address typed in changes nothing."""
    if request.method != "POST":
        return redirect("public:home")
    logout(request)
    messages.success(request, "您已退出登录。在公用电脑上，请把浏览器窗口也关掉。")
    return redirect("public:home")


@never_cache
@require_http_methods(FORM_METHODS)
def act_for(request: HttpRequest) -> HttpResponse:
    """Choose for whom one acts: oneself, or an organisation one has a right to act for. Raises NoPerson, MayNotAct."""
    onward = _safe(request, request.POST.get("next", "")) or reverse("public:home")
    if request.method != "POST":  # back from a sign-in in between
        return HttpResponseRedirect(onward)
    wanted = request.POST.get("organisation", "")
    chosen = principals.principal(person_of(request), organisation_id=wanted)
    request.session[ACTING_FOR] = wanted
    messages.success(request, f"现在以“{chosen.name}”的名义办事。")
    return HttpResponseRedirect(onward)


def _safe(request: HttpRequest, wanted: str) -> str:
    known = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if known else ""
