"""Callers of the API: a resident with a token, another one, and what they hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from approvals import deciding
from approvals.models import Application
from portal.api import tokens
from tests.factories import district
from tests.factories.district import ALLOWANCE, Citizen

ROOT = "/api/v1/"
Call = Callable[..., Any]


def caller(citizen: Citizen) -> Call:
    """Return a function that sends requests with the citizen's token."""
    assert citizen.user is not None
    return caller_of(citizen.user)


def caller_of(user: User) -> Call:
    """Return a function that sends requests with a token: `call("post", "applications", {...}, Key=…)`."""
    token = tokens.create(user, name="test")

    def call(method: str, path: str, body: object = None, **headers: str) -> Any:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"data": body, "content_type": "application/json"} if body is not None else {}
        headers_ = {"Authorization": f"Bearer {token}", **told}
        return getattr(Client(), method)(ROOT + path, headers=headers_, **sent)

    return call


@pytest.fixture
def chen(city: Any) -> Citizen:
    """A woman of 86 for whom everything holds."""
    return district.citizen(city)


@pytest.fixture
def call(chen: Citizen) -> Call:
    """Her program."""
    return caller(chen)


@pytest.fixture
def stranger(city: Any) -> Call:
    """Another resident's program."""
    return caller(district.citizen(city, name="林国辉"))


@pytest.fixture
def apply(call: Call) -> Callable[..., Any]:
    """Apply for the allowance under a key."""

    def send(key: str = "k1", **body: object) -> Any:
        told = {"matter": ALLOWANCE, "consent": True, "answers": {}, **body}
        return call("post", "applications", told, Idempotency_Key=key)

    return send


@pytest.fixture
def granted(apply: Callable[..., Any]) -> Application:
    """Her allowance, decided."""
    reference = apply().json()["reference"]
    deciding.decide_waiting()
    return Application.objects.get(reference=reference)
