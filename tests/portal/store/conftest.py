"""A keeper of the certificates of a department, signed in, at a moment that stands still."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from common import clock
from tests.factories import district
from tests.factories.fixtures import NOON


@pytest.fixture
def city(stocked: None) -> datetime:
    """The catalogue of data/, on a Friday noon that stands still."""
    clock.set_source(lambda: NOON)
    return NOON


@pytest.fixture
def keeper(city: datetime) -> User:
    """A keeper of the department that issues the certificates of `district.citizen`."""
    return district.keeper(district.POLICE["issuer_code"])


@pytest.fixture
def browser(client: Client, keeper: User) -> Client:
    """A browser with the keeper's session."""
    client.force_login(keeper)
    return client
