"""A district with answering registers, a citizen signed in, and the machine deciding when a test says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from approvals import deciding
from approvals.models import Application
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.standin import Standin


@pytest.fixture(autouse=True)
def _no_waiting(settings) -> None:
    """Pages do not wait for a machine that is not there."""
    settings.INSTANT_WAIT_SECONDS = 0.01


@pytest.fixture
def chen(city: Standin) -> Citizen:
    """A woman of 86 who is entitled to everything."""
    return district.citizen(city)


@pytest.fixture
def browser() -> Callable[[Citizen], Client]:
    """Return a signed-in browser of a citizen."""

    def sign_in(citizen: Citizen) -> Client:
        client = Client()
        client.force_login(citizen.user)
        return client

    return sign_in


@pytest.fixture
def page(chen: Citizen, browser: Callable[[Citizen], Client]) -> Client:
    """Her browser."""
    return browser(chen)


@pytest.fixture
def decide() -> Callable[[], None]:
    """Let the machine decide what waits, as the worker does."""

    def run() -> None:
        deciding.decide_waiting(limit=10)

    return run


def only_case() -> Application:
    """Return the one case there is."""
    return Application.objects.select_related("matter", "edition", "person", "organisation").get()
