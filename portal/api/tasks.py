"""Celery's entry points of the API: each calls one function."""

from __future__ import annotations

from celery import shared_task

from portal.api import keeping


@shared_task
def forget_old() -> int:
    """Forget keys nobody sends again."""
    return keeping.forget_old()
