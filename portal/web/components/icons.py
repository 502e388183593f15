"""Which icons the sprite holds; an unknown name fails at once instead of drawing nothing."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings


@lru_cache(maxsize=1)
def known_icons() -> tuple[str, ...]:
    """Return the names, from the list the sprite is built from."""
    names = (
        (settings.BASE_DIR / "static" / "vendor" / "tabler" / "icons.txt").read_text(encoding="utf-8").split()
    )
    return ("mark", *names)
