"""On what an office may look by duty: one case or one matter, as it was found and not as the looker says."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Ground:
    """A case or matter in which this user has work, and what it is about. Made by `approvals.auditing.grounds` alone.

    `types` are the certificate types it uses, `holders` the people and organisations it is about: None for a matter
    without a case, which names nobody.
    """

    user_id: UUID
    matter_code: str
    types: frozenset[str]
    case_reference: str = ""
    holders: frozenset[UUID] | None = None

    def covers(self, *, user_id: UUID, holder_id: UUID, slug: str) -> bool:
        """Return whether a user may look at a holder's certificate of a type for it (国务院令第716号 art. 7)."""
        about = self.holders is None or holder_id in self.holders
        return about and user_id == self.user_id and slug in self.types
