"""One pooled connection to the broker for each process; it carries wake-ups, never truth."""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings


@cache
def connection() -> redis.Redis:
    """Return this process's client for REDIS_URL; blocking reads must ask for less than 5 seconds."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=1.0,
        socket_timeout=5.0,
        health_check_interval=30,
    )
