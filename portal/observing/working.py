"""The lines of a worker carry their task. Which request woke it is not said, and would not be true.

A wake-up means only "look" (decision 2): one may lead to fifty cases of fifty requests. What belongs together is found
by the case: the request's line names it, and so does the line of the batch that decided it.
"""

from __future__ import annotations

from typing import Any

import structlog
from celery.signals import task_postrun, task_prerun


def connect() -> None:
    """Have every task of this process begin and end here."""
    task_prerun.connect(begin, weak=False)
    task_postrun.connect(end, weak=False)


def begin(task_id: str = "", task: Any = None, **_: Any) -> None:
    """Name the task on every line that follows."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=getattr(task, "name", ""), task_id=task_id)


def end(**_: Any) -> None:
    """Name it no more."""
    structlog.contextvars.clear_contextvars()
