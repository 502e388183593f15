"""How xdist hands out process tests: one by one, but those of one town, or of one module's long set-up, together.

xdist's own `--dist loadgroup` writes the group into a test's id, which pytest 9 no longer lets it; this reads the path.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from typing_extensions import override
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

TOWN = {"test_nothing_in_clear", "test_restarts", "test_tampering"}


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """The largest group first, then one test after the other to whoever is free."""

    @override
    def _split_scope(self, nodeid: str) -> str:
        stem = PurePosixPath(nodeid.partition("::")[0]).stem
        return "town" if stem in TOWN else nodeid
