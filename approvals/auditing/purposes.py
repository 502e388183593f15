"""Why somebody looks at a case that is not theirs: written by them, read by the applicant, so without names."""

from __future__ import annotations

import re

from accounts.models import Person
from approvals.errors import PurposeNamesPerson, PurposeRequired

SHORTEST, LONGEST = 5, 100  # characters: less is no purpose, more is not read
_NUMBER = re.compile(r"\d(?:[\s-]*\d){5}")  # six digits, however they are spaced: part of somebody's number


def stated(reason: str, *, about: Person) -> str:
    """Return a purpose as it is kept; raises PurposeRequired, PurposeNamesPerson."""
    purpose = " ".join(reason.split())
    if not SHORTEST <= len(purpose) <= LONGEST:
        raise PurposeRequired
    if _NUMBER.search(purpose) or about.name in purpose:
        raise PurposeNamesPerson
    return purpose
