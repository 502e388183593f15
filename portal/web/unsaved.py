"""What was posted after the session had ended: kept sealed until the same page opens again, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from records.encrypting import envelope

SESSION_KEY = "unsaved"
LONGEST = 20_000  # characters: more than any page of questions holds
EXPIRED = "您登录的时间到了，为了安全已自动退出。刚才填的内容没有丢，请重新登录，会回到原来那一页。"


class SignInFirst(LoginRequiredMiddleware):
    """Leads to sign-in; a form that was sent comes back to the page it stood on, with what was written."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Remember a posted page; a POST alone cannot be opened again, so lead to the page it came from."""
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        page = _page_before(request)
        if urlsplit(page).path == request.path:
            _remember(request)
        messages.warning(request, EXPIRED)
        return redirect_to_login(page, resolve_url(self.get_login_url(view_func)))


def take(request: HttpRequest) -> QueryDict | None:
    """Return, once, what was posted to this page before signing in again."""
    kept = request.session.get(SESSION_KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[SESSION_KEY]
    return QueryDict(envelope.unseal(kept["sealed"], aad=_place(request.path)))


def _remember(request: HttpRequest) -> None:
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    written = data.urlencode()
    if len(written) <= LONGEST:
        # Sealed: a session row is no place for what people write about themselves.
        sealed = envelope.seal(written, aad=_place(request.path))
        request.session[SESSION_KEY] = {"path": request.path, "sealed": sealed}


def _page_before(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _place(path: str) -> str:
    return f"unsaved:{path}"
