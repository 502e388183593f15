"""The allowance's draft, who writes it, and who may publish it, on a Friday noon that stands still."""

from __future__ import annotations

from datetime import datetime

import pytest

from accounts.models import User
from common import clock
from matters.models import EditionDraft
from matters.writing import drafts
from tests.factories import district
from tests.factories.editions import TESTED, changed
from tests.factories.fixtures import NOON


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
    return changed(writer)


@pytest.fixture
def tested(draft: EditionDraft) -> EditionDraft:
    """The same draft, tried on past cases."""
    assert drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    return draft
