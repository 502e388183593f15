"""Telling a waiting result page that its case has moved. Carries no meaning but "look"; losing it costs a poll."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import BoundedSemaphore

import redis
from django.conf import settings

from common.redis import QUICK, connection

log = logging.getLogger(__name__)
KEPT_SECONDS = 60
# A page that waits holds a request thread: only so many of a process may do so at once.
_waiters = BoundedSemaphore(settings.INSTANT_WAITERS)


def announce(references: Iterable[str]) -> None:
    """Wake the pages waiting for these cases; a broker that is down is no error."""
    try:
        pipeline = connection().pipeline(transaction=False)
        for reference in references:
            pipeline.rpush(_key(reference), 1)
            pipeline.expire(_key(reference), KEPT_SECONDS)
        pipeline.execute()
    except redis.RedisError as error:
        log.warning("announcing failed: %s", type(error).__name__)


def wait(reference: str, *, seconds: float) -> bool:
    """Return True as soon as the case is announced, False after the time, at once when too many wait already."""
    if not _waiters.acquire(blocking=False):
        return False
    try:
        return connection(patience=seconds + QUICK).blpop([_key(reference)], timeout=seconds) is not None
    except redis.RedisError as error:
        log.warning("waiting failed: %s", type(error).__name__)
        return False
    finally:
        _waiters.release()


def forget(reference: str) -> None:
    """Drop an announcement nobody waited for, before the case begins to wait again."""
    try:
        connection().delete(_key(reference))
    except redis.RedisError as error:
        log.warning("forgetting failed: %s", type(error).__name__)


def _key(reference: str) -> str:
    return f"done:{reference}"
