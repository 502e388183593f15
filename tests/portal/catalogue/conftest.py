"""An admin of the department of the first matter, signed in, at a moment that stands still."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from matters.models import EditionDraft
from tests.factories import district
from tests.factories.editions import begun
from tests.factories.fixtures import NOON


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
    return begun(admin)
