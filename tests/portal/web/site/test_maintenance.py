"""While the flag file stands: 503 for every page, health and static files as ever, no database asked."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client


@pytest.fixture
def flag(settings: Any, tmp_path: Path) -> Path:
    settings.MAINTENANCE_FILE = str(tmp_path / "there" / "maintenance")
    return Path(settings.MAINTENANCE_FILE)


def maintenance(*told: str) -> str:
    said = StringIO()
    call_command("maintenance", *told, stdout=said)
    return said.getvalue()


@pytest.mark.parametrize("path", ["/", "/matters", "/sign-in", "/office/", "/no-such-page", "/stay"])
def test_every_page_is_closed_without_asking_the_database(client: Client, flag: Path, path: str) -> None:
    """The database is blocked in this test: a query would fail it."""
    maintenance("on", "--until", "2099-11-22 02:00")
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code == 503
        assert int(answer["Retry-After"]) > 86_400
        assert answer["Cache-Control"] == "no-store"
        assert "11 月 22 日（星期日） 02:00" in answer.content.decode()
        assert "12345" in answer.content.decode()


def test_who_looks_after_the_portal_still_reaches_it(client: Client, flag: Path) -> None:
    maintenance("on")
    assert client.get("/healthz/live").status_code == 200
    assert client.get("/metrics").status_code != 503


def test_the_interface_answers_in_its_own_form(client: Client, flag: Path) -> None:
    maintenance("on")
    answer = client.get("/api/v1/matters")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["status"] == 503


@pytest.mark.parametrize("text", [b"", b"soon", b"\xff\xfe", b"2020-01-01 00:00"])
def test_an_unknown_or_past_end_still_closes(client: Client, flag: Path, text: bytes) -> None:
    flag.parent.mkdir()
    flag.write_bytes(text)
    answer = client.get("/")
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) >= 60


@pytest.mark.django_db
def test_it_opens_again(client: Client, flag: Path) -> None:
    assert maintenance("on").startswith("closed until told otherwise")
    assert client.get("/privacy").status_code == 503
    assert maintenance("off") == maintenance("state") == maintenance("off") == "open\n"
    assert client.get("/privacy").status_code == 200


def test_an_end_that_is_no_time_changes_nothing(flag: Path) -> None:
    with pytest.raises(CommandError, match="no time"):
        maintenance("on", "--until", "tomorrow")
    assert not flag.exists()
