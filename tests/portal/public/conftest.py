"""The district of `making`, its clock, and a client for each kind of visitor."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.test import Client

from accounts.models import Person, User
from common import clock
from common.redis import connection
from tests import shelving
from tests.portal.public import making


@pytest.fixture(autouse=True)
def _fixed_time_and_no_memory() -> None:
    """Neither figures nor attempts of another test count here."""
    clock.set_source(lambda: making.NOW)
    cache.clear()
    with contextlib.suppress(redis.RedisError):
        for key in connection().scan_iter("brake:*"):
            connection().delete(key)


@pytest.fixture(scope="session")
def _district(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loaded once, by the importers."""
    with django_db_blocker.unblock():
        clock.set_source(lambda: making.NOW)
        shelving.shelve("public_district", making.district)
        clock.set_source(None)


@pytest.fixture
def district(_district: None, db: None) -> None:
    shelving.put_back("public_district")


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
