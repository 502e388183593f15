"""The virus scan beside the flow: it may hang, fail or answer nonsense, and nobody waits for it nor is fooled."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from common import clock
from common.clock import SHANGHAI
from records import tasks
from records.files import clamd, keeping, scanning, storing
from records.files.clamd import ScannerDown
from records.files.errors import NoSuchFile, NotScannedYet
from records.files.standin import EICAR, Mood, StandinScanner
from records.models import Event, JournalEntry, StoredFile
from tests.factories import uploads
from tests.factories.uploads import received

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _shelves(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"
    clock.set_source(lambda: NOON)


@pytest.fixture
def scanner(settings: Any, monkeypatch: Any) -> Iterator[StandinScanner]:
    monkeypatch.setattr(clamd, "SECONDS", 0.4)
    monkeypatch.setattr(clamd.scan, "__kwdefaults__", {"seconds": 0.4})
    with StandinScanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        settings.CLAMD_URL = server.url
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()


def stored(content: bytes = b"") -> StoredFile:
    incoming = received(content or uploads.pdf())
    try:
        row = storing.prepare(
            incoming, accept=(), stream="case:44050720261120000001", owner="person:1", at=NOON
        )
    finally:
        incoming.drop()
    storing.keep(row)
    return row


def again(file: StoredFile) -> StoredFile:
    return StoredFile.objects.get(pk=file.pk)


def later(minutes: float) -> None:
    moment = clock.now() + timedelta(minutes=minutes)
    clock.set_source(lambda: moment)


def infected() -> bytes:
    return uploads.pdf() + b"\n%" + EICAR + b"\n"


def test_a_clean_file_may_be_taken_away_then_and_not_before(scanner: StandinScanner) -> None:
    file = stored()
    with pytest.raises(NotScannedYet):
        storing.original(file)
    assert b"".join(storing.page(file, number=1)).startswith(b"\xff\xd8"), "our own drawing may be seen"
    assert tasks.scan() == 1
    file = again(file)
    assert (file.scan, file.scanned_at, file.scan_after) == ("clean", NOON, None)
    assert b"".join(storing.original(file)).startswith(b"%PDF")
    assert tasks.scan() == 0


def test_an_infected_file_is_quarantined_and_noted(scanner: StandinScanner) -> None:
    bad, good = stored(infected()), stored()
    assert tasks.scan() == 2
    bad = again(bad)
    assert (bad.scan, bad.scan_detail) == ("infected", "Eicar-Test-Signature")
    assert again(good).scan == "clean"
    for look in (
        lambda: storing.original(bad),
        lambda: storing.page(bad, number=1),
        lambda: storing.small(bad),
    ):
        with pytest.raises(NoSuchFile):
            look()
    entry = JournalEntry.objects.get(act="file_infected")
    assert (entry.subject, entry.stream, entry.actor) == (str(bad.pk), bad.stream, "system")
    assert "已经隔离" in Event.objects.get(stream=bad.stream).text


@pytest.mark.parametrize("mood", [Mood.HANG, Mood.ERROR, Mood.GARBLE])
def test_a_scanner_that_does_not_answer_well_is_asked_again_and_then_called_failed(
    scanner: StandinScanner, mood: Mood
) -> None:
    scanner.mood = mood
    file = stored()
    for wait in (1, 5, 30):
        assert tasks.scan() == 1
        seen = again(file)
        assert seen.scan == "unscanned"
        assert seen.scan_after == clock.now() + timedelta(minutes=wait)
        assert seen.scan_detail
        assert tasks.scan() == 0, "not before its time"
        later(wait)
    assert tasks.scan() == 1
    seen = again(file)
    assert (seen.scan, seen.scan_after) == ("failed", None)
    with pytest.raises(NotScannedYet):
        storing.original(seen)
    assert scanning.troubled() == {"infected": 0, "failed": 1, "late": 0}
    scanner.mood = Mood.WELL
    scanner.ended.set()
    call_command("rescan_files")
    assert tasks.scan() == 1
    assert again(file).scan == "clean"


def test_a_scanner_that_is_down(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.CLAMD_URL = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    file = stored()
    assert tasks.scan() == 1
    assert again(file).scan_detail == "ConnectionRefusedError"
    assert not clamd.ping(url=settings.CLAMD_URL)


@pytest.mark.parametrize("url", ["unix:///nowhere/clamd.sock", "tcp://127.0.0.1:99999", "nonsense"])
def test_a_wrong_address_is_a_scanner_that_is_down(url: str) -> None:
    with pytest.raises(ScannerDown):
        clamd.scan([b"x"], url=url, seconds=1)


def test_a_unix_socket_is_spoken_to_as_well(tmp_path: Path) -> None:
    path = tmp_path / "s"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen()

    def answer() -> None:
        line, _ = server.accept()
        line.recv(100)
        line.sendall(b"PONG\0")
        line.close()

    thread = threading.Thread(target=answer)
    thread.start()
    assert clamd.ping(url=f"unix://{path}")
    thread.join()
    server.close()


def test_without_a_scanner_nothing_is_scanned_and_nothing_is_woken(settings: Any, monkeypatch: Any) -> None:
    settings.CLAMD_URL = ""
    woken: list[int] = []
    monkeypatch.setattr(tasks, "wake_scanner", lambda: woken.append(1))
    file = stored()
    tasks.look_for_unscanned()
    assert tasks.scan() == 0
    assert (woken, again(file).scan) == ([], "unscanned")


def test_the_timetable_finds_what_a_lost_message_left(scanner: StandinScanner, monkeypatch: Any) -> None:
    woken: list[int] = []
    monkeypatch.setattr(tasks, "wake_scanner", lambda: woken.append(1))
    tasks.look_for_unscanned()
    stored()
    tasks.look_for_unscanned()
    assert woken == [1]


def test_a_dead_worker_costs_a_lease_and_no_file(scanner: StandinScanner) -> None:
    file = stored()
    claimed = scanning._claim(at=clock.now())
    assert claimed is not None
    assert tasks.scan() == 0, "another has it"
    later(2)
    assert tasks.scan() == 1
    assert again(file).scan == "clean"


def test_a_file_deleted_while_it_is_scanned_comes_not_back(scanner: StandinScanner) -> None:
    file = stored(infected())
    claimed = scanning._claim(at=clock.now())
    assert claimed is not None
    storing.delete([file.pk])
    scanning._look(claimed)
    assert not StoredFile.objects.exists()
    assert not JournalEntry.objects.filter(act="file_infected").exists()


def test_a_file_that_was_tampered_with_fails_the_scan(scanner: StandinScanner) -> None:
    file = stored()
    path = keeping.folder_of(file.pk) / keeping.MAIN
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert tasks.scan() == 1
    assert again(file).scan_detail == "Tampered"


def test_old_files_are_scanned_again_while_they_stay_clean(scanner: StandinScanner) -> None:
    file = stored()
    tasks.scan()
    assert tasks.rescan_files() == 0
    later(31 * 24 * 60)
    assert tasks.rescan_files() == 1
    assert again(file).scan == "clean", "nobody is kept waiting by a second look"
    assert tasks.scan() == 1
    assert again(file).scanned_at == clock.now()
    call_command("rescan_files", "--older-than", "0")
    assert tasks.scan() == 1
    assert scanner.looked == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_look_at_one_file(scanner: StandinScanner) -> None:
    stored()
    with transaction.atomic():
        first = StoredFile.objects.filter(scan_after__lte=NOON).select_for_update(skip_locked=True).first()
        assert first is not None
        seen: list[object] = []

        def other() -> None:
            from django.db import connection

            seen.append(scanning._claim(at=NOON))
            connection.close()

        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
        assert seen == [None]
