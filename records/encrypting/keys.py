"""Checks at start-up that the keys of the settings can do their work."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks

from records.encrypting.envelope import KEY_ID


def check_keys(**_asked: Any) -> list[checks.CheckMessage]:
    """Refuse to start with a key that is missing, short, or named so that it cannot stand in a token."""
    problems = [
        *(f"FIELD_KEYS: key id {kid!r} may hold letters, digits, - and _ only" for kid in _bad_names()),
        *(
            f"FIELD_KEYS: key {kid!r} is not 32 bytes"
            for kid, key in settings.FIELD_KEYS.items()
            if len(key) != 32
        ),
        *(
            f"{name} is not 32 bytes"
            for name in ("HASH_KEY", "JOURNAL_KEY")
            if len(getattr(settings, name)) != 32
        ),
    ]
    if settings.FIELD_KEY_ACTIVE not in settings.FIELD_KEYS:
        problems.append("FIELD_KEY_ACTIVE names no key of FIELD_KEYS")
    return [checks.Error(problem, id="records.E001") for problem in problems]


def _bad_names() -> list[str]:
    return [kid for kid in settings.FIELD_KEYS if not KEY_ID.fullmatch(kid)]
