"""Celery's entry points: what goes out by SMS and e-mail, and what is forgotten. A message only says "look"."""

from __future__ import annotations

import logging

import kombu.exceptions
from celery import shared_task

from accounts.acting import documents
from accounts.telling.sending import delivering

log = logging.getLogger(__name__)
ROUNDS = 100  # then another worker may take its turn


@shared_task(name="accounts.tasks.deliver")
def deliver() -> int:
    """Send what is due until nothing is, unless somebody else is at it."""
    total = 0
    with delivering.only_one() as mine:
        for _ in range(ROUNDS if mine else 0):
            tried = delivering.deliver_due()
            total += tried
            if not tried:
                break
    return total


@shared_task(name="accounts.tasks.forget_documents")
def forget_documents() -> int:
    """Throw away documents that were uploaded for a guardianship and never handed in."""
    return documents.forget_unused()


def wake() -> None:
    """Send a wake-up. A broker that is down is no error: the timetable looks every few seconds."""
    try:
        deliver.apply_async(retry=False)
    except (kombu.exceptions.OperationalError, OSError) as error:
        log.warning("no wake-up sent: %s", type(error).__name__)
