"""Why somebody looks at a case that is not theirs: written by them, read by the applicant, so without names."""

from __future__ import annotations

from accounts.models import Person
from approvals.errors import PurposeNamesPerson, PurposeRequired
from common.identifiers import holds_number

SHORTEST, LONGEST = 5, 100  # characters: less is no purpose, more is not read


def stated(reason: str, *, about: Person) -> str:
    """Return a purpose as it is kept; raises PurposeRequired, PurposeNamesPerson."""
    purpose = " ".join(reason.split())
    if not SHORTEST <= len(purpose) <= LONGEST:
        raise PurposeRequired
    if holds_number(purpose) or about.name in purpose:
        raise PurposeNamesPerson
    return purpose
