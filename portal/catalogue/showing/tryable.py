"""Made-up people an admin may try a draft with: nobody, unless TRYABLE_PEOPLE names some (the demo's lives)."""

from __future__ import annotations

from datetime import date
from typing import Any, Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from matters.editions import Compiled


class Offer(Protocol):
    """Made-up people, and what a matter would know of each."""

    def names(self, compiled: Compiled) -> list[tuple[str, str]]:
        """Return (key, words) of the people a matter is for."""

    def facts(self, key: str, *, compiled: Compiled, on: date) -> dict[str, Any] | None:
        """Return the facts of one of them as an example writes them; None: no such person."""


def people() -> Offer | None:
    """Return who is offered, None where nobody is."""
    return cast("Offer", import_string(settings.TRYABLE_PEOPLE)()) if settings.TRYABLE_PEOPLE else None
