"""Fixtures of a district with its catalogue, and registers that answer over HTTP."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from common import clock
from common.clock import SHANGHAI
from common.redis import connection
from portal.settings import BRAKES
from tests import shelving
from tests.factories import district, seals, standin
from tests.factories.standin import Standin
from tests.forgetting import forget_registers

pytest_plugins = ["tests.roominess"]
REGISTERS = ["civil_status", "other_grants", "credit_blacklist", "name_approval"]
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)  # a Friday


@pytest.fixture(scope="session")
def _running_registers() -> Iterator[Standin]:
    with standin.running(REGISTERS) as running:
        yield running


@pytest.fixture
def registers(_running_registers: Standin, settings: Any) -> Iterator[Standin]:
    """The stand-in, healthy at the start of every test."""
    forget_registers()
    settings.REGISTER_BASE_URL = _running_registers.url
    yield _running_registers
    _running_registers.heal()


@pytest.fixture
def noon() -> datetime:
    """Friday 20 November 2026, noon; the clock stands still."""
    clock.set_source(lambda: NOON)
    return NOON


@pytest.fixture(scope="session")
def _catalogue(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loaded once, by the importers, at noon."""
    with django_db_blocker.unblock():
        clock.set_source(lambda: NOON)
        shelving.shelve("catalogue", lambda: district.load_catalogue(NOON))
        seals.remember_keys()
        clock.set_source(None)


@pytest.fixture
def stocked(_catalogue: None, db: None) -> None:
    """Places, departments, types, registers and matters of data/, as `district.load_catalogue` enters them."""
    shelving.put_back("catalogue")
    seals.bring_keys_back()


@pytest.fixture
def city(stocked: None, noon: datetime, registers: Standin) -> Standin:
    """A district with its catalogue; returns the registers."""
    return registers


@pytest.fixture
def brakes(settings: Any) -> Iterator[None]:
    """The product's limits on how often something may be tried, counted from nothing; other tests do without."""
    if os.environ["REDIS_URL"].startswith("redis://127.0.0.1:9/"):
        pytest.skip("REDIS_URL is not set")
    settings.BRAKES = BRAKES
    forget_brakes()
    yield
    forget_brakes()


def forget_brakes() -> None:
    """Let go of every brake."""
    for key in connection().scan_iter("brake:*"):
        connection().delete(key)
