"""Maintenance (系统维护): while a flag file stands, every page answers 503 and says until when; nothing is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from common import clock
from portal.web import context, display

UNKNOWN_SECONDS = 600
LEAST_SECONDS = 60
OPEN = ("/healthz/", "/metrics")  # who looks after the portal still reaches it


@dataclass(frozen=True, slots=True)
class Pause:
    """What the flag file says: until when, if anybody knows."""

    until: datetime | None

    def retry_after(self, *, at: datetime) -> int:
        """Return the seconds after which trying again may help."""
        left = (self.until - at).total_seconds() if self.until else UNKNOWN_SECONDS
        return max(int(left), LEAST_SECONDS)


class Maintenance:
    """Stands before session, user and database: these may be what is being repaired."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever, or 503 with the end in words."""
        found = None if request.path.startswith(OPEN) else pause()
        return self.get_response(request) if found is None else _closed(request, found)


def flag_file() -> Path:
    """Return where the flag lies; all web servers must see the same."""
    return Path(settings.MAINTENANCE_FILE)


def pause() -> Pause | None:
    """Return what the flag file says, None without one. What cannot be read as a time counts as unknown."""
    try:
        text = flag_file().read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError):
        return Pause(None)
    return Pause(moment(text))


def moment(text: str) -> datetime | None:
    """Return the local time a text names (2026-11-22 02:00), None if it names none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=clock.SHANGHAI)
    except ValueError:
        return None


def _closed(request: HttpRequest, found: Pause) -> HttpResponse:
    response: HttpResponse
    if request.path.startswith("/api/"):
        problem = {"type": "about:blank", "title": "系统维护中", "status": 503, "detail": "请稍后再试。"}
        response = JsonResponse(problem, status=503, content_type="application/problem+json")
    else:
        known = {**context.frame(display.of(request)), "until": found.until, "here": request.path}
        response = HttpResponse(render_to_string("errors/maintenance.html", known), status=503)
    response["Retry-After"] = str(found.retry_after(at=clock.system_time()))
    response["Cache-Control"] = "no-store"
    return response
