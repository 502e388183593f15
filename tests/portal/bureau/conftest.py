"""A district whose registers are down, an officer, and a case that waits for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import User
from approvals.models import Application
from common import clock
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.portal.bureau import making


@pytest.fixture
def city(stocked: None) -> datetime:
    """The catalogue of data/, on a Friday noon that stands still."""
    clock.set_source(lambda: NOON)
    return NOON


@pytest.fixture
def officer(city: datetime) -> User:
    """An officer of the department of the first matter."""
    return district.officer()


@pytest.fixture
def signed_in(client: Client) -> Callable[[User], Client]:
    """The test client with a session of this user."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def desk(officer: User, signed_in: Callable[[User], Client]) -> Client:
    """The officer's browser."""
    return signed_in(officer)


@pytest.fixture
def waiting(city: datetime) -> Application:
    """A referred case of a woman of 86."""
    return making.referred(district.citizen())
