"""How long one stays signed in without doing anything, and what pages say of it (WCAG 2.2.1, 2.2.6)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.http import HttpRequest, HttpResponse

from common import clock
from portal.web.navigation import address
from portal.web.session.store import SEEN

WRITES_AN_HOUR = 60  # how often at most a session that is in use is written anew


class Idling:
    """Lets a session live on while it is used. A page that looks by itself is no use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Write when the session was last used, once a minute at most."""
        if SIGNED_IN in request.session and not _looks_by_itself(request):
            touch(request)
        return self.get_response(request)


@dataclass(frozen=True, slots=True)
class Staying:
    """Until when one stays signed in."""

    left: int
    warning: int
    until: datetime
    url: str
    soon: bool


def touch(request: HttpRequest, *, at_once: bool = False) -> None:
    """Let the time without use begin anew; at once, or when it is worth writing."""
    now = clock.system_time().timestamp()
    if at_once or now - request.session.get(SEEN, 0) >= min(3600 / WRITES_AN_HOUR, _age(request) / 20):
        request.session[SEEN] = now


def left(request: HttpRequest) -> int:
    """Return the seconds until the session ends; 0 for a guest. A little less than true, never more."""
    if SIGNED_IN not in request.session:
        return 0
    now = clock.system_time().timestamp()
    return max(int(request.session.get(SEEN, now) + _age(request) - now), 0)


def staying(request: HttpRequest) -> Staying | None:
    """Return what a page says, None for a guest."""
    if not hasattr(request, "session") or SIGNED_IN not in request.session:
        return None
    seconds = left(request)
    warning = min(settings.IDLE_WARNING_SECONDS, _age(request) // 2)
    until = (clock.system_time() + timedelta(seconds=seconds)).astimezone(clock.SHANGHAI)
    return Staying(seconds, warning, until, address("signing:stay"), seconds <= warning)


def _age(request: HttpRequest) -> int:
    return int(request.session.get_session_cookie_age())


def _looks_by_itself(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"} and request.headers.get("X-Requested-With") == "fetch"
