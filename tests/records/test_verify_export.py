from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from records.journal import Note, note_many
from records.proving import chain
from records.proving.sealing import seal_pending
from records.verify_export import main, verify_file

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
WITHOUT_DJANGO = """
import runpy, sys
sys.modules["django"] = None
runpy.run_module("records.verify_export", run_name="__main__")
"""


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    for turn in range(3):
        with transaction.atomic():
            note_many(
                [
                    Note(f"s{i}", f"act {turn}", "x", details={"码": [turn, None]}, event="办理中")
                    for i in range(4)
                ]
            )
        seal_pending()
    path = tmp_path / "journal.jsonl"
    call_command("verify_journal", export=path)
    return path


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")


def outside(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the tool where Django cannot be imported and no setting stands."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_DJANGO, *map(str, arguments)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_export_is_sound_where_there_is_no_django(exported: Path) -> None:
    done = outside(exported)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the journal is sound\n", "")


def test_the_module_runs_by_its_name(exported: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "records.verify_export", str(exported)],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_export_holds_no_words(exported: Path) -> None:
    assert "办理中" not in exported.read_text(encoding="utf-8")


def changed(lines: list[dict[str, Any]]) -> None:
    lines[3]["entry"]["actor"] = "someone else"


def dropped(lines: list[dict[str, Any]]) -> None:
    del lines[2]


def newest_dropped(lines: list[dict[str, Any]]) -> None:
    block = [line for line in lines if "block" in line][-1]["block"]
    position, entry_id, _ = block["leaves"].pop()
    assert position == block["size"] - 1
    lines[:] = [line for line in lines if line.get("entry", {}).get("id") != entry_id]


def swapped(lines: list[dict[str, Any]]) -> None:
    one, other = lines[1]["entry"], lines[2]["entry"]
    one["act"], other["act"] = other["act"], one["act"]


def block_dropped(lines: list[dict[str, Any]]) -> None:
    lines.remove([line for line in lines if "block" in line][1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (changed, "entry changed: stream s0 sequence 3"),
        (dropped, "entry missing: stream s0 sequence 2"),
        (newest_dropped, "entry missing: block 3 position 3"),
        (swapped, "entries swapped: stream s0 sequence 1"),
        (block_dropped, "block missing: block 2"),
    ],
)
def test_each_tampering_is_named(
    exported: Path, change: Callable[[Any], None], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite(exported, change)
    assert main([str(exported)]) == 1
    assert says in capsys.readouterr().out


def test_a_journal_signed_anew_with_another_key_fails_against_the_known_key(exported: Path) -> None:
    known = chain.public_key(settings.JOURNAL_KEY).public_bytes_raw().hex()
    other = chain.public_key(b"o" * 32).public_bytes_raw().hex()
    assert verify_file(exported, public_key=known) == []
    assert "a key that is not known" in str(verify_file(exported, public_key=other)[0])


def test_the_auditors_own_heads_count(exported: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.jsonl"
    text = Path(settings.JOURNAL_HEADS_FILE).read_text()
    own.write_text(text)
    assert verify_file(exported, heads_file=own) == []
    own.write_text(text + json.dumps({"height": 4, "hash": "00" * 32}) + "\n")
    assert [str(fault.kind) for fault in verify_file(exported, heads_file=own)] == ["block missing"]


@pytest.mark.parametrize(
    "text", ["", "nonsense", '{"entry": {}}\n', '{"export": {"format": "other"}}\n', "[]\n"]
)
def test_what_is_no_export_is_refused(tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    assert main([str(path)]) == 2
    assert "cannot read the export" in capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert main([str(tmp_path / "nothing")]) == 2
