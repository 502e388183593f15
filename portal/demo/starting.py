"""What a server or worker does first in demo mode: refuse a database that is not a demo's, find the clock as it was."""

from __future__ import annotations

import logging

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from portal.demo import marking, shifted

log = logging.getLogger(__name__)
REFUSAL = (
    "DEMO=1, but this database was not marked by `manage.py load_demo`."
    " Load the demo into an empty database, or unset DEMO."
)


def start() -> None:
    """Raise ImproperlyConfigured unless the database is marked; does nothing without DEMO=1.

    A database that does not answer yet stops nothing: every act of the demo asks again.
    """
    if not settings.DEMO:
        return
    try:
        days = marking.shift_kept()
    except OperationalError as error:
        log.warning("cannot tell whether this is a demo's database: %s", type(error).__name__)
        return
    finally:
        connection.close()  # the children of this process open their own
    if days is None:
        raise ImproperlyConfigured(REFUSAL)
    try:
        shifted.tell(days)
    except redis.RedisError as error:
        log.warning("the demo clock cannot be told: %s", type(error).__name__)
