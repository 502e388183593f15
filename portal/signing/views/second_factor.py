"""The code of staff: giving one, binding a phone, fresh recovery codes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.signing import second_factor
from common import clock
from portal.signing import enrolling
from portal.signing.forms import WRONG_NEW, CodeForm, NewCodeForm
from portal.web.navigation import address
from portal.web.session import arriving

FORM_METHODS = ["GET", "HEAD", "POST"]


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(FORM_METHODS)
def code(request: HttpRequest) -> HttpResponse:
    """Ask for the code; who has no phone bound yet is led to bind one."""
    onward, user = _onward(request), arriving.held(request)
    if user is None or arriving.passed(request):
        return _begin_anew(request, onward)
    if not second_factor.is_enrolled(user):
        return redirect(f"{reverse('signing:new_code')}?{urlencode({'next': onward})}")
    form = CodeForm(request, user, _posted(request))
    if form.is_valid():
        return arriving.step_up(request, user, kind=form.kind, response=HttpResponseRedirect(onward))
    known = {"form": form, "next": onward, "who": user, "demo_sign_in": address("demo:sign_in")}
    return render(request, "signing/code.html", known, status=422 if form.is_bound else 200)


@login_not_required
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(FORM_METHODS)
def new_code(request: HttpRequest) -> HttpResponse:
    """Bind a phone by its first code, and show the recovery codes, once. Raises AlreadyEnrolled."""
    onward, user = _onward(request), arriving.held(request)
    if user is None:
        return _begin_anew(request, onward)
    if second_factor.is_enrolled(user):
        return arriving.to_code(onward)
    secret = enrolling.secret_of(request, user)
    form = NewCodeForm(_posted(request))
    if form.is_valid():
        given = second_factor.enrol(
            user, secret=secret, code=form.cleaned_data["code"], at=clock.system_time()
        )
        if given is not None:
            return _bound(request, user, given, onward)
        form.add_error("code", WRONG_NEW)
    known = {"form": form, "next": onward, "who": user, **enrolling.picture(user, secret)}
    return render(request, "signing/new_code.html", known, status=422 if form.is_bound else 200)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(FORM_METHODS)
def spare_codes(request: HttpRequest) -> HttpResponse:
    """Show ten fresh recovery codes, once, against a code of the moment; the old ones are void."""
    user = request.user
    if not isinstance(user, User) or not arriving.passed(request) or not second_factor.is_enrolled(user):
        return arriving.to_code(reverse("signing:spare_codes"))
    form = CodeForm(request, user, _posted(request))
    if form.is_valid():
        codes = second_factor.renew_codes(user)
        fresh = {"codes": codes, "next": reverse("signing:sign_ins")}
        return render(request, "signing/spare_codes.html", fresh)
    known = {"form": form, "left": second_factor.codes_left(user)}
    return render(request, "signing/renew.html", known, status=422 if form.is_bound else 200)


def _bound(request: HttpRequest, user: User, codes: list[str], onward: str) -> HttpResponse:
    enrolling.forget(request)
    response = HttpResponse()
    arriving.step_up(request, user, kind="code", response=response)
    shown = render(request, "signing/spare_codes.html", {"codes": codes, "next": onward, "bound": True})
    shown.cookies.update(response.cookies)
    return shown


def _posted(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _onward(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next", "")
    return arriving.safe(request, wanted) or reverse("bureau:queue")


def _begin_anew(request: HttpRequest, onward: str) -> HttpResponse:
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    return redirect(f"{reverse('public:staff_sign_in')}?{urlencode({'next': onward})}")
