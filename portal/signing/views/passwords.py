"""修改密码: by who knows the old one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.permissions import is_staff
from accounts.signing import second_factor
from common.errors import DomainError
from portal.signing.forms import PasswordForm
from portal.web.session import arriving


class NoPassword(DomainError):
    """Who comes by the identity platform alone has nothing to change here."""

    message = "您的账号没有设密码，是用省统一身份认证平台登录的，密码请到那里修改。"


@sensitive_post_parameters("old", "new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Change the own password; sessions elsewhere end. Raises NoPassword, ChangedMeanwhile."""
    user = request.user
    assert isinstance(user, User)  # SignInFirst has led a guest away
    if not user.has_usable_password():
        raise NoPassword
    if second_factor.is_enrolled(user) and not arriving.passed(request):
        return arriving.to_code(reverse("signing:password"))
    form = PasswordForm(request, user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        arriving.change_password(request, user, new=form.cleaned_data["new"])
        messages.success(request, "密码已修改。别的设备上的登录都已退出，下次登录请用新密码。")
        return redirect("signing:sign_ins")
    known = {"form": form, "staff": is_staff(user)}
    return render(request, "signing/password.html", known, status=422 if form.is_bound else 200)
