"""Error pages in plain Chinese: what happened, that nothing is lost, what to do next."""

from __future__ import annotations

import logging
import secrets
import sys
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from accounts.acting.principals import Principal
from accounts.signing import lockouts
from common.errors import DomainError
from portal.web import context, display, navigation
from portal.web.session import posts

log = logging.getLogger("portal.web")

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RETRY_SECONDS = 30
PROBLEM_JSON = "application/problem+json"
# A program is answered in its own form (RFC 9457), also where no operation of the API is reached: title, detail.
PROBLEMS = {
    400: ("请求读不懂", "请求不是正确的 JSON，或者参数不对。请核对后再发。"),
    404: ("没有找到", "没有这个地址，或者它不是您的。"),
    413: ("内容太大", "内容超过了上限，请减小后再发。"),
    500: ("系统出错", "系统出错了，已记录。请稍后再试，或拨打 12345。"),
    503: ("暂时不能服务", "系统暂时不能服务，请稍后再试，已提交的内容不会丢失。"),
}
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})
# Desks of the staff, whose errors keep the staff's frame: where they begin, and the words that lead back.
DESKS = (("bureau:queue", "回待办"), ("catalogue:matters", "回事项管理"), ("counter:desk", "回扫码"))


@dataclass(frozen=True, slots=True)
class Trouble:
    """What an error page shows."""

    status: int
    message: str = ""
    code: str = ""
    reference: str = ""
    switch_to: Principal | None = None
    onward: str = ""
    retry_after: int = 0
    request_id: str = ""


def fault_code() -> str:
    """Return four letters a caller can read out on the phone and support can find in the log."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(4))


def page(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Return the page of a status; a status without its own page uses the general one (409)."""
    if _is_program(request, trouble):
        return _problem(trouble)
    name = trouble.status if trouble.status in PAGES else 409
    known = {"trouble": trouble, **_frame(request)}
    response = render(request, f"errors/{name}.html", known, status=trouble.status)
    if trouble.retry_after:
        response["Retry-After"] = str(trouble.retry_after)
    return response


def _way_back(request: HttpRequest) -> dict[str, Any]:
    """Return what differs below the desks of the staff: they are led back to their own."""
    for name, words in DESKS:
        desk = navigation.address(name)
        if desk and request.path_info.startswith(desk):
            return {"home_url": desk, "home_words": words, "at_desk": True}
    return {}


def _frame(request: HttpRequest) -> dict[str, Any]:
    """Return the office's frame for whoever acts in a post there; a citizen who strayed keeps the citizen's."""
    known = _way_back(request)
    if not hasattr(request, "user"):  # what comes too early has nobody yet
        return known
    inside = bool(known) and bool(posts.role_of(posts.held(request)))
    return {**known, "page_frame": "office_base.html"} if inside else {}


def plain_page(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Return a page that needs no session, no user and no database."""
    if _is_program(request, trouble):
        return _problem(trouble)
    known = {
        **context.frame(display.of(request)),
        "trouble": trouble,
        "here": request.path,
        **_way_back(request),
    }
    response = HttpResponse(render_to_string(f"errors/{trouble.status}.html", known), status=trouble.status)
    if trouble.status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _is_program(request: HttpRequest, trouble: Trouble) -> bool:
    return request.path_info.startswith("/api/") and trouble.status in PROBLEMS


def _problem(trouble: Trouble) -> HttpResponse:
    title, detail = PROBLEMS[trouble.status]
    if trouble.code:
        detail = f"{detail}故障编号 {trouble.code}。"
    told = {"type": "about:blank", "title": title, "status": trouble.status, "detail": detail}
    response = JsonResponse(told, status=trouble.status, content_type=PROBLEM_JSON)
    if trouble.status == 503:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400; a body over the limit arrives here too and is a 413."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return plain_page(request, Trouble(status))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return page(request, Trouble(403))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404. Says the same for what does not exist and for what is another person's."""
    return page(request, Trouble(404))


def not_allowed(request: HttpRequest, refused: HttpResponseNotAllowed) -> HttpResponse:
    """Return 405 with a page, and with the methods that are allowed."""
    response = page(request, Trouble(405))
    response["Allow"] = refused["Allow"]
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; a lost database is a 503, so that the visitor waits instead of writing a complaint."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return unavailable(request)
    code = fault_code()
    log.error(
        "fault %s at %s %s",
        code,
        request.method,
        request.resolver_match.route if request.resolver_match else "-",
    )
    return plain_page(request, Trouble(500, code=code, request_id=getattr(request, "request_id", "")))


def unavailable(request: HttpRequest) -> HttpResponse:
    """Return 503 with Retry-After."""
    log.warning("unavailable")
    return plain_page(request, Trouble(503))


def domain_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return the page of a domain error: its status, its Chinese sentence."""
    known = Trouble(
        error.status,
        message=error.message,
        reference=getattr(
            error, "reference", ""
        ),  # AlreadyOpen names the case that is open: the page leads there
        switch_to=getattr(error, "switch_to", None),  # OtherPrincipal: the page offers to switch and go on
        onward=getattr(error, "onward", ""),
        retry_after=getattr(error, "retry_after", 0),  # seconds, where waiting helps
    )
    return page(request, known)


def locked_out(request: HttpRequest, response: HttpResponse, credentials: object) -> HttpResponse:
    """settings.AXES_LOCKOUT_CALLABLE: 429 with the wait, in place of what the form said."""
    return domain_error(request, lockouts.waiting(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Settings.CSRF_FAILURE_VIEW: the page was open too long, or cookies are blocked. Nothing was stored."""
    known = {"trouble": Trouble(403), **_frame(request)}
    return render(request, "errors/csrf.html", known, status=403)
