"""What one test learnt of registers is no other test's business: breakers, kept answers, remembered definitions."""

from __future__ import annotations

import os

from common.redis import connection
from registers import breaking, selectors


def forget_registers() -> None:
    """Let go of every breaker and kept answer, and of the definitions this process remembers."""
    breaking._views.clear()
    selectors._remembered.clear()
    if not os.environ["REDIS_URL"].startswith("redis://127.0.0.1:9/"):
        for key in connection().scan_iter("register:*"):
            connection().delete(key)


def has_learnt() -> bool:
    """Return whether this process asked any register since it last forgot."""
    return bool(breaking._views or selectors._remembered)
