"""Celery's entry points of the catalogue."""

from __future__ import annotations

from celery import shared_task

from common import clock
from matters import turning


@shared_task(name="matters.tasks.turn_editions")
def turn_editions() -> int:
    """Write down the editions whose day has come. They are in force without it: it keeps the lists in step."""
    return turning.turn_all(on=clock.today())
