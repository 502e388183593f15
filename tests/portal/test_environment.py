"""What the environment may say, and that what it says wrongly is named without repeating it."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal import environment

KEY = base64.b64encode(bytes(32)).decode()
SHORT = base64.b64encode(bytes(31)).decode()


def test_a_file_fills_the_gaps_and_overrides_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "environ", {"GIVEN": "outside"})
    file = tmp_path / "env"
    environment.load(file)
    file.write_text(
        "# a note=none\nGIVEN=inside\nURL = postgresql://a:b=c@host/d \nnothing\n", encoding="utf-8"
    )
    environment.load(file)
    assert os.environ == {"GIVEN": "outside", "URL": "postgresql://a:b=c@host/d"}


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from the file\n", encoding="utf-8")
    monkeypatch.setenv("TOLD", "from the environment")
    assert environment.text("TOLD") == "from the environment"
    monkeypatch.setenv("TOLD_FILE", str(tmp_path / "secret"))
    assert environment.text("TOLD") == "from the file"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOLD", raising=False)
    assert environment.text("TOLD", "x") == "x"
    with pytest.raises(ImproperlyConfigured, match="TOLD_FILE"):
        environment.text("TOLD")


@pytest.mark.parametrize(
    ("told", "value"),
    [("1", True), (" True ", True), ("yes", True), ("0", False), ("", False), ("on", False)],
)
def test_flags(monkeypatch: pytest.MonkeyPatch, told: str, value: bool) -> None:
    monkeypatch.setenv("TOLD", told)
    assert environment.flag("TOLD") is value


@pytest.mark.parametrize(
    ("read", "told", "value"),
    [
        (lambda name: environment.whole(name, 7), "12", 12),
        (environment.key_bytes, KEY, bytes(32)),
        (environment.key_ring, json.dumps({"k1": KEY}), {"k1": bytes(32)}),
        (lambda name: environment.hours(name, ""), "21-8", (21, 8)),
        (lambda name: environment.hours(name, "21-8"), "", None),
        (environment.words, '{"a": 1}', {"a": "1"}),
        (lambda name: environment.share(name, 0.5), "0.05", 0.05),
    ],
)
def test_what_is_read(monkeypatch: pytest.MonkeyPatch, read: Any, told: str, value: object) -> None:
    monkeypatch.setenv("TOLD", told)
    assert read("TOLD") == value


@pytest.mark.parametrize(
    ("read", "told"),
    [
        (lambda name: environment.whole(name, 7), "s3cret"),
        (environment.key_bytes, "s3cret!"),
        (environment.key_bytes, SHORT),
        (environment.key_ring, "s3cret"),
        (environment.key_ring, "[]"),
        (environment.key_ring, "{}"),
        (environment.key_ring, json.dumps({"s3cret": SHORT})),
        (environment.key_ring, json.dumps({"k1": "s3cret!"})),
        (lambda name: environment.hours(name, ""), "21"),
        (lambda name: environment.hours(name, ""), "21-24"),
        (lambda name: environment.hours(name, ""), "8-8"),
        (lambda name: environment.hours(name, ""), "s3cret-8"),
        (environment.words, "s3cret"),
        (lambda name: environment.share(name, 0.5), "s3cret"),
        (lambda name: environment.share(name, 0.5), "1.5"),
        (lambda name: environment.share(name, 0.5), "nan"),
        (environment.words, "[1]"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, read: Any, told: str
) -> None:
    monkeypatch.setenv("TOLD", told)
    with pytest.raises(ImproperlyConfigured, match="TOLD") as refused:
        read("TOLD")
    assert "s3cret" not in str(refused.value)
    assert SHORT not in str(refused.value)


def test_only_postgresql() -> None:
    found = environment.database("postgresql://portal%40app:p%2Fw@db.example:5433/portal%20one")
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("portal@app", "p/w", "portal one")
    assert (found["HOST"], str(found["PORT"])) == ("db.example", "5433")
    for url in ("sqlite:///x", "mysql://a@b/c", ""):
        with pytest.raises(ImproperlyConfigured, match="postgresql://"):
            environment.database(url)
