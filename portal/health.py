"""Answers for load balancers and orchestrators: is this process alive, and can it serve?"""

from __future__ import annotations

from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Say that this process answers; touches neither the database nor the broker."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database and the broker do, otherwise 503 naming the part; never a reason or an address."""
    parts = {name: _answers(ask) for name, ask in CHECKS.items()}
    good = all(parts.values())
    body = {
        "status": "ok" if good else "unavailable",
        **{name: "ok" if up else "down" for name, up in parts.items()},
    }
    return JsonResponse(body, status=200 if good else 503)


def _answers(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except (Error, redis.RedisError, OSError):
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _broker() -> bool:
    with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1) as client:
        return bool(client.ping())


CHECKS: dict[str, Callable[[], bool]] = {"database": _database, "broker": _broker}
