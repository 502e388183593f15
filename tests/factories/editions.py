"""What tests about drafts of editions begin with: the allowance's draft, and what a back-test says of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import User
from matters.models import EditionDraft
from matters.writing import drafts
from tests.factories import district

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
TESTED: dict[str, Any] = {
    "cases": 12,
    "flips": 1,
    "to_grant": 1,
    "to_refer": 0,
    "needs_reason": False,
    "at": "",
}


def begun(writer: User) -> EditionDraft:
    """Return the allowance's draft as it was begun from what is in force."""
    matter = district.matter()
    assert matter.current_edition is not None
    return drafts.begin(writer, matter=matter, edition=matter.current_edition)


def changed(writer: User) -> EditionDraft:
    """Return the allowance's draft with another summary."""
    return drafts.save(
        writer,
        draft_id=begun(writer).pk,
        revision=1,
        change=lambda content: content | {"summary": "新的说明"},
    )
