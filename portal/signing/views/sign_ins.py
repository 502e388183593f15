"""登录记录: when, how and from where one signed in, and ending it elsewhere."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import is_staff
from accounts.signing import second_factor, sign_ins

_NONE = "没有别的设备在登录。"


@never_cache
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """List them."""
    user = _user(request)
    rows = sign_ins.own(user, session_key=request.session.session_key or "")
    known = {
        "rows": rows,
        "elsewhere": sum(row.open and not row.here for row in rows),
        "staff": is_staff(user),
        "enrolled": second_factor.is_enrolled(user),
        "password": user.has_usable_password(),
    }
    return render(request, "signing/sign_ins.html", known)


@never_cache
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every other session of the account."""
    ended = sign_ins.end_others(_user(request), keep=request.session.session_key or "")
    messages.success(request, f"已经退出其他 {ended} 处登录。" if ended else _NONE)
    return redirect("signing:sign_ins")


@never_cache
@require_POST
def end_one(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    """End one other session of the account."""
    ended = sign_ins.end_one(_user(request), sign_in_id=sign_in_id, keep=request.session.session_key or "")
    messages.success(request, "那台设备已经退出。" if ended else "那台设备已经不在登录。")
    return redirect("signing:sign_ins")


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # SignInFirst has led a guest away
    return request.user
