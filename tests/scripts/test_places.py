"""Ports and private files."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from bootstrap import places
from bootstrap.console import Trouble


def test_a_taken_port_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not places.is_free(port)
        assert places.next_free_port(port) > port


def test_a_free_port_is_none_that_an_outgoing_connection_takes() -> None:
    for _ in range(50):
        port = places.free_port()
        assert places.FIRST_PORT <= port < places.LAST_PORT
        assert places.is_free(port)


def test_no_port_left_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "is_free", lambda _port: False)
    with pytest.raises(Trouble) as trouble:
        places.next_free_port(8000)
    assert "--port" in trouble.value.advice
    with pytest.raises(Trouble):
        places.free_port()


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    for text in ("a longer first text", "second"):
        places.write_private(path, text)
        assert path.read_text() == text
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_changed_file_changes_the_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "ROOT", tmp_path)
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "static").mkdir()
    before = places.fingerprint("static")
    (tmp_path / "static" / "a.css").write_text("a")
    assert places.fingerprint("static") != before
