"""The tags that go with each level (GB/T 39734), as data."""

from __future__ import annotations

import json
from functools import cache

from django.conf import settings


@cache
def tags() -> dict[int, dict[str, str]]:
    """Return level → code → text; the first digit of a code is its level."""
    raw = json.loads((settings.DATA_DIR / "codes" / "rating_tags.json").read_text(encoding="utf-8"))
    return {int(level): dict(pairs) for level, pairs in raw["levels"].items()}
