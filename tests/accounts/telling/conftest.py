"""A gateway that takes SMS, a standing clock, people with and without addresses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import Person
from common import clock
from common.clock import SHANGHAI
from tests.accounts.telling import gateways
from tests.accounts.telling.gateways import Gateway
from tests.factories import people

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)
MOBILE = "13812345678"


@pytest.fixture(scope="session")
def _running_gateway() -> Iterator[Gateway]:
    with gateways.running() as running:
        yield running


@pytest.fixture
def gateway(_running_gateway: Gateway, settings: Any) -> Gateway:
    """A gateway that is set up and well."""
    _running_gateway.taken.clear()
    _running_gateway.asked.clear()
    _running_gateway.status = 200
    settings.SMS_URL, settings.SMS_SECRET = _running_gateway.url, gateways.SECRET
    settings.SMS_TEMPLATES = {}
    settings.TELL_WINDOW_SECONDS = 15
    return _running_gateway


@pytest.fixture
def at(db: None) -> Callable[[datetime | timedelta], datetime]:
    """Let the clock stand; a timedelta is counted from noon."""

    def stand(moment: datetime | timedelta) -> datetime:
        told = NOON + moment if isinstance(moment, timedelta) else moment
        clock.set_source(lambda: told)
        return told

    stand(timedelta())
    return stand


@pytest.fixture
def person(at: Callable[..., datetime]) -> Person:
    """Somebody with a mobile and no e-mail."""
    return people.person(mobile=MOBILE)
