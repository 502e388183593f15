"""The two addresses an orchestrator asks."""

from __future__ import annotations

import pytest
from django.db import OperationalError, connection
from django.test import Client
from redis import ConnectionError as BrokerDown

from portal import health


def test_a_live_process_says_so_without_the_database(client: Client) -> None:
    assert client.get("/healthz/live").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client) -> None:
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "database": "ok", "broker": "ok"})


@pytest.mark.django_db
@pytest.mark.parametrize(("part", "error"), [("database", OperationalError), ("broker", BrokerDown)])
def test_not_ready_names_the_part_and_nothing_else(
    client: Client, monkeypatch: pytest.MonkeyPatch, part: str, error: type[Exception]
) -> None:
    def fail() -> bool:
        raise error("password authentication failed for user portal_app at 10.0.0.1")

    monkeypatch.setitem(health.CHECKS, part, fail)
    answer = client.get("/healthz/ready")
    assert answer.status_code == 503
    assert answer.json()[part] == "down"
    assert "password" not in answer.content.decode()
    assert "10.0.0.1" not in answer.content.decode()


def test_only_reading_is_allowed(client: Client) -> None:
    assert client.post("/healthz/live").status_code == 405
    assert connection.vendor == "postgresql"
