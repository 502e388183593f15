"""What was posted after the session had ended: kept sealed until the same page opens again, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from portal.web.session.store import ENDED
from portal.web.uploading import files_were_skipped
from records.encrypting import envelope

SESSION_KEY = "unsaved"
LONGEST = 20_000  # characters: more than any page of questions holds
_ENDED = "您登录的时间到了，为了安全已自动退出。"
KEPT = f"{_ENDED}刚才填的内容没有丢，请重新登录，会回到原来那一页。"
NOT_KEPT = f"{_ENDED}刚才这一步没有办成，填写的内容也没有留下。请重新登录后再做一次。"
SIGN_IN = "请先登录。刚才这一步没有办成，填写的内容也没有留下，请登录后再做一次。"
FILES_LOST = "刚才选的文件没有传上来，登录后请重新选择；以前传好的文件都还在。"
_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


def given_back(page: str = "") -> Callable[[_View], _View]:
    """Mark a view whose posts are kept; the page (a URL name, by default the view's own) gives them back by `take`."""

    def mark(view: _View) -> _View:
        view.given_back = page  # type: ignore[attr-defined]  # read by SignInFirst
        return view

    return mark


class SignInFirst(LoginRequiredMiddleware):
    """Leads to sign-in; a form that was sent comes back to the page it stood on, with what was written."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Keep a posted page, and say whether it was kept; a POST alone leads to the page it came from.

        What a page's script sends beside the form (saving as one types, an upload) is kept in silence where it can be.
        """
        if request.method != "POST":
            return super().handle_no_permission(request, view_func)
        is_script = "X-Requested-With" in request.headers
        page = _page_of(request, getattr(view_func, "given_back", None))
        had_signed_in = ENDED in request.session
        kept = had_signed_in and page is not None and _remember(request)
        if is_script:
            return super().handle_no_permission(request, view_func)
        messages.warning(request, KEPT if kept else NOT_KEPT if had_signed_in else SIGN_IN)
        if files_were_skipped(request):
            messages.warning(request, FILES_LOST)
        return redirect_to_login(page or _page_before(request), resolve_url(self.get_login_url(view_func)))


def keep(request: HttpRequest) -> tuple[str, bool]:
    """Keep a post that was not carried out for the page it belongs to; return that page, and whether it was kept."""
    if request.method != "POST":
        return request.get_full_path(), False
    name = getattr(request.resolver_match.func, "given_back", None) if request.resolver_match else None
    page = _page_of(request, name)
    return page or _page_before(request), page is not None and _remember(request)


def take(request: HttpRequest, *, path: str = "") -> QueryDict | None:
    """Return, once, what was posted to this page (or to `path`, which gives back here) before signing in again.

    To who posted it alone: when somebody else signs in at the same browser, it is thrown away.
    """
    wanted, whose = path or request.path, str(request.user.pk)
    kept = request.session.get(SESSION_KEY)
    if kept is None:
        return None
    is_own = kept.get("whose") == whose
    if is_own and kept["path"] != wanted:
        return None
    del request.session[SESSION_KEY]
    if not is_own:
        return None
    return QueryDict(envelope.unseal(kept["sealed"], aad=_place(wanted, whose)))


def _page_of(request: HttpRequest, name: str | None) -> str | None:
    """Return the page that gives a post back: its own when it was sent from there, or the one that is named."""
    if name and (match := request.resolver_match):
        return reverse(name, args=match.args, kwargs=match.kwargs)
    page = _page_before(request)
    return page if name is not None and urlsplit(page).path == request.path else None


def _remember(request: HttpRequest) -> bool:
    whose = str(request.user.pk) if request.user.is_authenticated else request.session.get(ENDED)
    if whose is None:
        return False
    data = request.POST.copy()
    data.pop("csrfmiddlewaretoken", None)
    written = data.urlencode()
    if len(written) > LONGEST:
        return False
    # Sealed: a session row is no place for what people write about themselves.
    sealed = envelope.seal(written, aad=_place(request.path, whose))
    request.session[SESSION_KEY] = {"path": request.path, "whose": whose, "sealed": sealed}
    return True


def _page_before(request: HttpRequest) -> str:
    referrer = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(referrer, {request.get_host()}, require_https=request.is_secure()):
        return "/"
    parts = urlsplit(referrer)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _place(path: str, whose: str) -> str:
    return f"unsaved:{whose}:{path}"
