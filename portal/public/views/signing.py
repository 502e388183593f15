"""Signing in and out, and choosing for whom one acts. The identity source is `accounts.signing.identity`."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.acting import principals
from accounts.models import SignIn, User
from accounts.signing import claiming, platform
from portal.public.forms import SignInForm, StaffSignInForm
from portal.web.navigation import address
from portal.web.principals import ACTING_FOR, WHOM, person_of
from portal.web.session import arriving

FORM_METHODS = ["GET", "HEAD", "POST"]


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(FORM_METHODS)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a citizen in by password, and go where they wanted to go."""

    def let_in(user: User, onward: str) -> HttpResponse:
        return arriving.arrive(request, user, way=SignIn.Way.PASSWORD, response=HttpResponseRedirect(onward))

    known = {"template": "public/sign_in.html", "home": "public:home"}
    return _sign_in(request, SignInForm, let_in=let_in, **known)


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(FORM_METHODS)
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Check the password of someone with a post, who is then asked for a code."""

    def let_in(user: User, onward: str) -> HttpResponse:
        return arriving.hold(request, user, onward=onward)

    known = {"template": "public/staff_sign_in.html", "home": "bureau:queue"}
    return _sign_in(request, StaffSignInForm, let_in=let_in, **known)


def _sign_in(
    request: HttpRequest,
    form_class: type[SignInForm],
    *,
    let_in: Callable[[User, str], HttpResponse],
    template: str,
    home: str,
) -> HttpResponse:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    onward = arriving.safe(request, wanted) or reverse(home)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    form = form_class(request, request.POST) if request.method == "POST" else form_class(request)
    if form.is_valid() and form.user is not None:
        return let_in(form.user, onward)
    known = {
        "form": form,
        "next": onward,
        "demo_sign_in": address("demo:sign_in"),
        "platform": claiming.platform().name if platform.is_configured() else "",
    }
    return render(request, template, known, status=422 if form.is_bound else 200)


@login_not_required
@never_cache
@require_http_methods(FORM_METHODS)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session by POST, also where it had ended already; an address typed in changes nothing."""
    if request.method != "POST":
        return redirect("public:home")
    arriving.depart(request)
    if request.session.get(arriving.PLATFORM_END):
        return redirect("signing:platform_left")
    messages.success(request, "您已退出登录。在公用电脑上，请把浏览器窗口也关掉。")
    return redirect("public:home")


@never_cache
@require_http_methods(FORM_METHODS)
def act_for(request: HttpRequest) -> HttpResponse:
    """Choose for whom one acts: oneself, or another one one has a right to act for. Raises NoPerson, MayNotAct."""
    onward = arriving.safe(request, request.POST.get("next", "")) or reverse("public:home")
    if request.method != "POST":  # back from a sign-in in between
        return HttpResponseRedirect(onward)
    chosen = principals.principal(person_of(request), whom=request.POST.get(WHOM, ""))
    request.session[ACTING_FOR] = chosen.whom
    messages.success(request, f"现在替“{chosen.name}”办事。" if chosen.whom else "现在办您本人的事。")
    return HttpResponseRedirect(onward)
