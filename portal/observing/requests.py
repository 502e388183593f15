"""One log line and one measured time a request; the id that the proxy gave it goes through to the answer."""

from __future__ import annotations

import logging
import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.observing import measuring

log = logging.getLogger("portal.request")

HEADER = "X-Request-ID"
UNRESOLVED = "-"
STATIC = "static"
PROBES = frozenset({"healthz/live", "healthz/ready", "metrics"})
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_REFERENCE = re.compile(r"\d{20}")


class Observed:
    """The outermost layer: what it does not see, nobody sees."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer under an id, then write the line."""
        request.request_id = known = request_id(request)  # type: ignore[attr-defined]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=known):
            response = self.get_response(request)
            response[HEADER] = known
            _tell(request, response, seconds=time.perf_counter() - started)
        return response


def request_id(request: HttpRequest) -> str:
    """Return the proxy's id, or a new one. Without a proxy anybody could send anything: then it is always new."""
    sent = str(request.headers.get(HEADER, "")) if settings.BEHIND_PROXY else ""
    return sent if _ID.fullmatch(sent) else secrets.token_hex(16)


def route(request: HttpRequest) -> str:
    """Return the pattern of the address, never the address: it may hold a token, a name, a number."""
    if request.resolver_match is not None:
        return str(request.resolver_match.route) or "/"
    return STATIC if request.path_info.startswith(settings.STATIC_URL) else UNRESOLVED


def application(request: HttpRequest) -> str | None:
    """Return the reference of the application that the address names."""
    named = str(request.resolver_match.kwargs.get("reference", "")) if request.resolver_match else ""
    return named if _REFERENCE.fullmatch(named) else None


def _user(request: HttpRequest) -> int | None:
    """Return the account's number if anything asked who it is: the log line alone must cost no query."""
    account = getattr(request, "_cached_user", None)
    return account.pk if account is not None and account.is_authenticated else None


def _tell(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    where = route(request)
    method = request.method if request.method in METHODS else "other"
    measuring.REQUESTS.labels(where, method, f"{response.status_code // 100}xx").observe(seconds)
    failed = response.status_code >= 400
    if not failed and (where == STATIC or where in PROBES):
        return
    told = {
        "method": method,
        "route": where,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "user": _user(request),
        "case": application(request),
    }
    level = logging.WARNING if response.status_code >= 500 else logging.INFO
    log.log(level, "request", extra={name: value for name, value in told.items() if value is not None})
