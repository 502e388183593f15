"""Finding applications whose wake-up was lost, or whose worker died."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q

from approvals.models import Application
from approvals.states import ApplicationState
from common import clock

GRACE = timedelta(seconds=3)  # a healthy worker has decided long before


def left_waiting() -> bool:
    """Return whether any application waits without a living claim."""
    at = clock.now()
    unclaimed = Q(lease_until__isnull=True, waiting_since__lt=at - GRACE) | Q(lease_until__lt=at)
    return Application.objects.filter(unclaimed, state=ApplicationState.SUBMITTED).exists()
