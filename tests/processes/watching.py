"""Looking at the database while other processes work."""

from __future__ import annotations

import time
from collections.abc import Callable

from approvals.models import Application
from certificates.models import Certificate


def within(seconds: float, ask: Callable[[], bool]) -> bool:
    """Return whether something becomes true in time."""
    until = time.monotonic() + seconds
    while not ask() and time.monotonic() < until:
        time.sleep(0.05)
    return ask()


def state_of(reference: str) -> str:
    """Return the state of a case as stored now."""
    return str(Application.objects.values_list("state", flat=True).get(reference=reference))


def issued(reference: str) -> list[Certificate]:
    """Return what the decisions of a case issued."""
    application = Application.objects.get(reference=reference)
    sources = [f"decision:{decision.pk}" for decision in application.decisions.all()]
    return list(Certificate.objects.filter(source__in=sources).order_by("pk"))
