"""One pooled connection to the broker for each process; it carries wake-ups, never truth."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)
T = TypeVar("T")
AT_ONCE = 0.1  # seconds: what is only good to know is not waited for
REST_SECONDS = 5.0
_silent_until = 0.0
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


def attempt(do: Callable[[redis.Redis], T], *, otherwise: Callable[[], T]) -> T:
    """Do something that is good to have and no more; after a failure this process does without for a few seconds."""
    global _silent_until  # noqa: PLW0603 -- one moment a process
    if time.monotonic() < _silent_until:
        return otherwise()
    try:
        return do(connection(patience=AT_ONCE))
    except redis.RedisError as error:
        log.warning("the broker is done without: %s", type(error).__name__)
        _silent_until = time.monotonic() + REST_SECONDS
        return otherwise()
