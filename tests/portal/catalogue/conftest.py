"""An admin of the department of the first matter, signed in, at a moment that stands still."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from matters.models import EditionDraft
from matters.writing import drafts
from tests.factories import district
from tests.factories.fixtures import NOON

TOMORROW = date(2026, 11, 21)
TESTED: dict[str, Any] = {
    "cases": 12,
    "flips": 1,
    "to_grant": 1,
    "to_refer": 0,
    "needs_reason": False,
    "at": "",
}


def changed(writer: User) -> EditionDraft:
    """Return the allowance's draft with another summary."""
    matter = district.matter()
    assert matter.current_edition is not None
    begun = drafts.begin(writer, matter=matter, edition=matter.current_edition)
    return drafts.save(
        writer, draft_id=begun.pk, revision=1, change=lambda content: content | {"summary": "新的说明"}
    )


@pytest.fixture
def city(stocked: None) -> datetime:
    """The catalogue of data/, on a Friday noon that stands still."""
    clock.set_source(lambda: NOON)
    return NOON


@pytest.fixture
def admin(city: datetime) -> User:
    """An admin of the department of the first matter."""
    return district.admin()


@pytest.fixture
def second(city: datetime) -> User:
    """Another admin of the same department."""
    return district.admin(name="黄秀珍")


@pytest.fixture
def browser(client: Client, admin: User) -> Client:
    """A browser with the admin's session."""
    client.force_login(admin)
    return client


@pytest.fixture
def draft(admin: User) -> EditionDraft:
    """The draft of the allowance, begun from what is in force."""
    matter = district.matter(district.ALLOWANCE)
    assert matter.current_edition is not None
    return drafts.begin(admin, matter=matter, edition=matter.current_edition)
