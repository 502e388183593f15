"""Sentences with named places: “每月{outcome.monthly_amount}元”. No expressions, no code."""

from __future__ import annotations

import re
from collections.abc import Callable

_PLACE = re.compile(r"\{([a-z][a-z0-9_.:-]*)\}")


def placeholders(template: str) -> tuple[str, ...]:
    """Return the names a template holds, in order."""
    return tuple(_PLACE.findall(template))


def filled(template: str, *, value_of: Callable[[str], str]) -> str:
    """Return the template with each place filled; what `value_of` raises goes through."""
    return _PLACE.sub(lambda match: value_of(match.group(1)), template)
