"""The district of `making`, its clock, and a client for each kind of visitor."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

import pytest
import redis
from django.core.cache import cache
from django.test import Client

from accounts.models import Person, User
from common import clock
from common.redis import connection
from tests.portal.public import making


@pytest.fixture(autouse=True)
def _fixed_time_and_no_memory() -> None:
    """Neither figures nor attempts of another test count here."""
    clock.set_source(lambda: making.NOW)
    cache.clear()
    with contextlib.suppress(redis.RedisError):
        for key in connection().scan_iter("brake:*"):
            connection().delete(key)


@pytest.fixture
def district(db: None) -> None:
    making.district()


@pytest.fixture
def chen(district: None) -> Person:
    return making.citizen()


@pytest.fixture
def officer(district: None) -> User:
    return making.officer()


@pytest.fixture
def signed_in(client: Client) -> Callable[[Person | User], Client]:
    """Returns a client signed in as a person's account or an account."""

    def sign_in(who: Person | User) -> Client:
        user = who.user if isinstance(who, Person) else who
        assert user is not None
        client.force_login(user)
        return client

    return sign_in
