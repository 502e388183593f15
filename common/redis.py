"""One pooled connection to the broker for each process; it carries wake-ups, never truth."""

from __future__ import annotations

from functools import cache

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

QUICK = 0.5  # seconds: a broker that hangs must not make an applicant wait


@cache
def connection(*, patience: float = QUICK) -> redis.Redis:
    """Return this process's client for REDIS_URL; a blocking read names a patience longer than its own time-out.

    A connection that broke is made anew once; one that is silent is not asked again.
    """
    return redis.Redis.from_url(
        settings.REDIS_URL,
        decode_responses=True,
        socket_connect_timeout=QUICK,
        socket_timeout=patience,
        health_check_interval=30,
        retry=Retry(NoBackoff(), 1, supported_errors=(redis.ConnectionError,)),
    )
