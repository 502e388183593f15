"""The order in which Chinese readers look for a name."""

from __future__ import annotations


def by_reading(name: str) -> bytes:
    """Return a sort key: GB/T 2312 lays its 3,755 common characters out by their reading (pinyin), rarer ones after."""
    return name.encode("gb18030", "replace")
