"""The Celery application: workers keep their database connection, and find out by themselves when it has died."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task
from celery.signals import (
    beat_init,
    setup_logging,
    task_postrun,
    task_prerun,
    worker_init,
    worker_process_init,
)
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections

from common import memory
from portal.demo import starting
from portal.observing import working

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")


class RoomyTask(Task):  # type: ignore[type-arg]  # generic in the stubs alone
    """A task that runs with room on the interpreter's stack."""

    __call__ = memory.roomy(Task.__call__)


app = Celery("portal", task_cls=RoomyTask)
# CELERY_DB_REUSE_MAX in the settings keeps Celery's Django fixup from closing the connection with every task.
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
working.connect()


@worker_init.connect
@beat_init.connect
def refuse_other_databases(**_: Any) -> None:
    """In demo mode, end here unless the database is a demo's: Celery would log any other error and go on."""
    try:
        starting.start()
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from error


@worker_process_init.connect
def settle(**_: Any) -> None:
    """Begin with a clean heap: a worker process lives as long as the portal."""
    memory.settle()


@task_prerun.connect
@task_postrun.connect
def check_connections(**_: Any) -> None:
    """Drop a connection that broke or grew too old, and have the next query check it (CONN_HEALTH_CHECKS).

    The fixup would do this by closing every connection; a PostgreSQL restart must not need a hand either.
    """
    close_old_connections()


@setup_logging.connect
def keep_our_lines(**_: Any) -> None:
    """Leave the log as Django's LOGGING has set it up: Celery asks here before it sets up its own."""
