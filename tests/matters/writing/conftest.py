"""The allowance's draft, who writes it, and who may publish it, on a Friday noon that stands still."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from accounts.models import User
from common import clock
from matters.models import EditionDraft
from matters.writing import drafts
from tests.factories import district
from tests.factories.fixtures import NOON

TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
TESTED: dict[str, Any] = {
    "cases": 12,
    "flips": 1,
    "to_grant": 1,
    "to_refer": 0,
    "needs_reason": False,
    "at": "",
}


@pytest.fixture
def friday(stocked: None) -> datetime:
    """The catalogue of data/, at noon."""
    clock.set_source(lambda: NOON)
    return NOON


@pytest.fixture
def writer(friday: datetime) -> User:
    """An admin who writes."""
    return district.admin()


@pytest.fixture
def second(friday: datetime) -> User:
    """An admin of the same department who wrote nothing."""
    return district.admin(name="陈惠玲")


@pytest.fixture
def draft(writer: User) -> EditionDraft:
    """The draft of the allowance, with another summary."""
    matter = district.matter()
    assert matter.current_edition is not None
    begun = drafts.begin(writer, matter=matter, edition=matter.current_edition)
    return drafts.save(
        writer, draft_id=begun.pk, revision=1, change=lambda content: content | {"summary": "新的说明"}
    )


@pytest.fixture
def tested(draft: EditionDraft) -> EditionDraft:
    """The same draft, tried on past cases."""
    assert drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    return draft
