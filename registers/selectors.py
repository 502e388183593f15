"""Reading the record of questions asked."""

from __future__ import annotations

import time
from collections.abc import Collection

from django.db.models import QuerySet

from registers.models import Register, RegisterCall

_REMEMBERED_SECONDS = 5.0
_BY_NAME = "SELECT * FROM registers_register WHERE name = ANY(%s)"
_remembered: dict[str, tuple[float, Register]] = {}


def known(names: Collection[str]) -> dict[str, Register]:
    """Return the registers of these names; a process looks the same one up once in a few seconds."""
    now = time.monotonic()
    found = {name: _remembered[name] for name in names if name in _remembered}
    fresh = {name: row for name, (at, row) in found.items() if now - at < _REMEMBERED_SECONDS}
    if missing := sorted(set(names) - set(fresh)):
        for row in Register.objects.raw(_BY_NAME, [missing]):
            fresh[row.name] = row
            _remembered[row.name] = now, row
    return fresh


def forget(name: str) -> None:
    """Look a register up anew: its definition was changed by this process."""
    _remembered.pop(name, None)


def calls_for(references: Collection[str]) -> QuerySet[RegisterCall]:
    """Return the questions asked for these cases, with their registers, the newest first."""
    asked = RegisterCall.objects.filter(case_reference__in=references)
    return asked.select_related("register").order_by("-asked_at", "pk")
