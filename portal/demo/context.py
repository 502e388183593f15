"""What every page of a demo shows: how far its clock is ahead."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from portal.demo import shifted


def demo_clock(request: HttpRequest) -> dict[str, Any]:
    """Return the days the clock is ahead; 0 shows nothing but the way to it."""
    return {"demo_days_ahead": shifted.days_ahead()}
