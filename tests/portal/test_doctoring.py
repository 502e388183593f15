"""The doctor finds what was broken on purpose."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts import registering
from accounts.models import Department, Post, User
from certificates.models import Seal
from certificates.sealing import keys
from common import clock
from portal import doctoring
from portal.celery import app
from portal.doctoring import Level
from records.files.standin import StandinScanner
from records.models import StoredFile
from registers import breaking, defining
from registers.models import Register
from tests.factories import district, seals
from tests.registers.conftest import ALIVE


def _at(moment: datetime) -> Callable[[], datetime]:
    return lambda: moment


@pytest.fixture(autouse=True)
def _no_waiting_for_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.control, "ping", lambda **_: [])


def answers() -> dict[str, list[doctoring.Answer]]:
    found: dict[str, list[doctoring.Answer]] = {}
    for answer in doctoring.examine():
        found.setdefault(answer.subject, []).append(answer)
    return found


@pytest.mark.django_db
def test_a_good_database_and_broker_are_told_as_such() -> None:
    found = answers()
    for subject in ("database", "migrations", "insert-only tables", "broker"):
        assert [answer.level for answer in found[subject]] == [Level.OK], found[subject]


@pytest.mark.django_db
def test_the_owner_of_the_tables_is_not_who_should_serve() -> None:
    (answer,) = answers()["database role"]
    assert answer.level is Level.WARNING
    assert "portal_app" in answer.advice


@pytest.mark.django_db
def test_work_accounts_of_nobody_are_named(stocked: None) -> None:
    district.keeper()
    (good,) = answers()["work accounts"]
    assert good.level is Level.OK
    past = registering.account("left", display_name="林某", password="a long test password")
    for serial in range(7):
        account = registering.account(f"new{serial}", display_name="林某", password="a long test password")
        for role in (Post.Role.OFFICER, Post.Role.KEEPER):
            registering.appoint(
                account, role=role, department=Department.objects.first(), on=date(2020, 1, 1)
            )
    registering.appoint(
        past, role=Post.Role.OFFICER, department=Department.objects.first(), on=date(2020, 1, 1)
    )
    Post.objects.filter(user=past).update(valid_to=date(2020, 2, 1))
    (answer,) = answers()["work accounts"]
    assert answer.level is Level.WARNING
    assert answer.text.startswith("new0, new1, new2, new3, new4 and 2 more: ")
    assert "link_identity" in answer.advice
    for serial in range(7):
        district.known(User.objects.get(username=f"new{serial}"))
    assert answers()["work accounts"] == [good]


@pytest.mark.django_db(transaction=True)
def test_a_removed_guard_of_the_journal_is_found() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE records_journalentry DISABLE TRIGGER insert_only")
        (answer,) = answers()["insert-only tables"]
        cursor.execute("ALTER TABLE records_journalentry ENABLE TRIGGER insert_only")
    assert answer.level is Level.FAILED
    assert "records_journalentry" in answer.text


@pytest.mark.django_db
def test_a_year_without_a_notice_is_a_warning() -> None:
    clock.set_source(lambda: datetime(2026, 11, 20, 4, 0, tzinfo=UTC))
    this_year, next_year = answers()["calendar"]
    assert (this_year.level, next_year.level) == (Level.OK, Level.WARNING)
    assert "2027" in next_year.text
    assert "data/calendar/2027.json" in next_year.advice


@pytest.mark.django_db
def test_a_broker_that_is_down_is_a_failure_with_advice(settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    with pytest.raises(CommandError):
        call_command("doctor")
    assert "FAILED   broker" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_register_that_does_not_answer_is_a_warning(settings) -> None:
    settings.REGISTER_BASE_URL = "http://127.0.0.1:9"
    (answer,) = answers()["registers"]
    assert answer.level is Level.WARNING


@pytest.mark.django_db
def test_the_virus_scanner_is_asked_and_what_it_left_is_told(settings) -> None:
    (answer,) = answers()["virus scanner"]
    assert (answer.level, answer.text) == (Level.WARNING, "none")
    settings.CLAMD_URL = "tcp://127.0.0.1:9"
    (answer,) = answers()["virus scanner"]
    assert (answer.level, answer.text) == (Level.WARNING, "does not answer")
    with StandinScanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.CLAMD_URL = server.url
        (answer,) = answers()["virus scanner"]
        server.shutdown()
        thread.join()
    assert answer.level is Level.OK
    (answer,) = answers()["uploaded files"]
    assert answer.level is Level.OK
    told = {
        "stream": "case:1",
        "owner": "x",
        "content_type": "image/jpeg",
        "size": 1,
        "pages": 1,
        "digest": b"x",
    }
    StoredFile.objects.create(created_at=clock.now(), scan="failed", **told)
    (answer,) = answers()["uploaded files"]
    assert (answer.level, answer.text) == (Level.WARNING, "1 failed")


@pytest.mark.django_db
def test_what_a_register_wants_to_see_and_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    defining.save({**ALIVE, "secret_name": "TEST_TOKEN", "signing_key_name": "TEST_SIGNING"})
    monkeypatch.setenv("TEST_TOKEN", "made-up")
    (answer,) = answers()["register test_alive"]
    assert (answer.level, answer.text) == (Level.WARNING, "TEST_SIGNING: not there, or no use")
    monkeypatch.setenv("TEST_SIGNING", "made-up")
    assert "register test_alive" not in answers()
    breaking.note(Register.objects.get(), answered=0, failed=5)
    (answer,) = answers()["register test_alive"]
    assert "rests since" in answer.text


@pytest.mark.django_db
def test_a_seal_that_ends_soon_has_ended_or_lost_its_key_is_told_with_advice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert [answer.level for answer in answers()["seals"]] == [Level.OK]
    seal = seals.seal_of("11440507MB2X00012R")
    moments = [
        (timedelta(days=31), Level.OK),
        (timedelta(days=29), Level.WARNING),
        (timedelta(0), Level.FAILED),
    ]
    for before, level in moments:
        at = seal.valid_until - before
        clock.set_source(_at(at))
        (answer,) = doctoring._seals()
        assert answer.level is level, before
        assert level is Level.OK or ("换用新印章" in answer.advice and "测试局" in answer.text)
    clock.set_source(None)
    monkeypatch.setattr(keys.FILE_KEYS, "has", lambda _: False)
    (answer,) = doctoring._seals()
    assert (answer.level, "SEAL_KEYS_DIR" in answer.advice) == (Level.FAILED, True)


@pytest.mark.django_db
def test_a_seal_whose_certificate_nobody_believes_is_told(settings: Any, tmp_path: Path) -> None:
    """It would sign, and the check page would call each of its certificates broken."""
    seal = seals.seal_of("11440507MB2X00012R")
    believed = settings.SEAL_AUTHORITIES_FILE
    settings.SEAL_AUTHORITIES_FILE = tmp_path / "none.pem"
    (answer,) = doctoring._seals()
    assert (answer.level, "不是由受信任的机构签发" in answer.text) == (Level.FAILED, True)
    settings.SEAL_AUTHORITIES_FILE = believed
    Department.objects.filter(pk=seal.department_id).update(credit_code="11440507MB2X00099X")
    (answer,) = doctoring._seals()
    assert (answer.level, "电子印章不属于发证单位" in answer.text) == (Level.FAILED, True)


@pytest.mark.django_db
def test_a_key_that_outlived_its_seal_is_told() -> None:
    seal = seals.seal_of("11440507MB2X00012R")
    Seal.objects.filter(pk=seal.pk).update(
        status="destroyed", status_reason="缴销", status_changed_at=clock.now()
    )
    (answer,) = doctoring._seals()
    assert (answer.level, seal.key_name in answer.advice) == (Level.FAILED, True)
