"""What django-axes asks before a password or a code is looked at: who has tried too often, counted in the broker.

A handler of our own, because those of axes keep user names and addresses in clear (invariant 10), count a try only
after it (many at once gain), have one limit for names and addresses, and stop all signing in when the cache is away.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from axes.handlers.base import AbstractAxesHandler, AxesBaseHandler
from django.http import HttpRequest

from accounts.signing import braking
from accounts.signing.braking import Braked

log = logging.getLogger("accounts")


class SignInBraked(Braked):
    """Too many wrong passwords or codes. The words are the same whether the account exists or not."""

    words = (
        "密码或口令输错的次数太多，为了保护账号，登录先停一停。"
        "请 {minutes} 分钟后再登录；这段时间里，输对了也登录不了。着急办事请拨 12345，或到政务服务中心窗口。"
    )


class Lockouts(AbstractAxesHandler, AxesBaseHandler):  # type: ignore[misc]  # axes has no types
    """settings.AXES_HANDLER. Django tells axes of every try, every failure and every success."""

    def is_allowed(self, request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> bool:
        """Count the try before it is looked at, so that many at once gain nothing; return whether it may go on."""
        name, address = str((credentials or {}).get("username", "")), str(request.axes_ip_address or "")  # type: ignore[attr-defined]
        wait = max(
            braking.count("sign_in_name", name), braking.count("sign_in_address", braking.block(address))
        )
        request.sign_in_wait = wait  # type: ignore[attr-defined]
        request.sign_in_tried = (name, address)  # type: ignore[attr-defined]
        if wait:
            log.warning("sign-in braked for %d s", wait)
        return not wait

    def get_failures(self, *_: Any, **__: Any) -> int:
        """Return 0: `is_allowed` has decided."""
        return 0

    def user_login_failed(self, *_: Any, **__: Any) -> None:
        """Do nothing: the try is counted already."""

    def user_logged_in(self, _sender: object, request: HttpRequest, *_: Any, **__: Any) -> None:
        """Take back what was counted."""
        was_right(request)

    def user_logged_out(self, *_: Any, **__: Any) -> None:
        """Do nothing."""


def was_right(request: HttpRequest) -> None:
    """Take back what was counted: the name starts anew, the address has one failure less."""
    if tried := getattr(request, "sign_in_tried", None):
        start_anew(tried[0])
        take_back(request)


def start_anew(username: str) -> None:
    """Forget how often a name was tried."""
    braking.forget("sign_in_name", username)


def take_back(request: HttpRequest) -> None:
    """Let a try that was right not count against its address: an office signs in behind one."""
    if tried := getattr(request, "sign_in_tried", None):
        braking.count("sign_in_address", braking.block(tried[1]), by=-1)
        request.sign_in_tried = None  # type: ignore[attr-defined]


def waiting(request: HttpRequest) -> SignInBraked:
    """Return what to tell somebody whom axes has stopped."""
    return SignInBraked(int(getattr(request, "sign_in_wait", 0)) or 1)
