from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from common import clock
from records.journal import Note, note, note_many
from records.models import Block, BlockEntry, JournalEntry
from records.proving import chain
from records.proving.inspecting import FaultKind
from records.proving.sealing import as_block, seal_pending
from records.proving.verifying import as_entry, verify

pytestmark = pytest.mark.django_db(transaction=True)
Intruder = Callable[..., None]


@pytest.fixture(autouse=True)
def journal() -> None:
    """Two streams of five entries, sealed in two blocks of five: a1 b1 a2 b2 a3 | b3 a4 b4 a5 b5."""
    for turn in range(5):
        with transaction.atomic():
            note_many(
                [Note(stream, f"act {turn}", "officer:1", event=f"第{turn}步") for stream in ("a", "b")]
            )
    assert seal_pending(block_size=5) == 10


def entry(stream: str, sequence: int) -> JournalEntry:
    return JournalEntry.objects.get(stream=stream, sequence=sequence)


def found() -> list[tuple[str, str]]:
    return [(str(fault.kind), fault.where) for fault in verify()]


def test_an_untouched_journal_is_sound() -> None:
    assert verify() == []


@pytest.mark.parametrize(
    "change",
    [
        "act = 'act 9'",
        "actor = 'officer:2'",
        "subject = 'x'",
        """details = '{"a": 1}'""",
        "at = at + interval '1 microsecond'",
        "salt = set_byte(salt, 0, get_byte(salt, 0) # 1)",
        "digest = set_byte(digest, 31, get_byte(digest, 31) # 1)",
        "previous = set_byte(previous, 0, get_byte(previous, 0) # 1)",
    ],
    ids=lambda change: change.split(" ", 1)[0],
)
def test_one_byte_changed_is_named(as_intruder: Intruder, change: str) -> None:
    as_intruder(f"UPDATE records_journalentry SET {change} WHERE stream = 'a' AND sequence = 3")
    assert (str(FaultKind.ENTRY_CHANGED), f"stream a sequence 3 (entry {entry('a', 3).pk})") in found()
    assert {where for kind, where in found() if kind != FaultKind.EVENT_CHANGED} == {
        f"stream a sequence 3 (entry {entry('a', 3).pk})"
    }


def test_a_changed_hash_is_named(as_intruder: Intruder) -> None:
    as_intruder(
        "UPDATE records_journalentry SET hash = set_byte(hash, 0, get_byte(hash, 0) # 1)"
        " WHERE stream = 'a' AND sequence = 3"
    )
    where = f"stream a sequence 3 (entry {entry('a', 3).pk})"
    assert {(kind, place) for kind, place in found()} == {(str(FaultKind.ENTRY_CHANGED), where)}


def test_a_row_dropped_in_the_middle_is_named(as_intruder: Intruder) -> None:
    pk = entry("a", 3).pk
    as_intruder(
        f"DELETE FROM records_event WHERE entry_id = {pk}",
        f"DELETE FROM records_blockentry WHERE entry_id = {pk}",
        f"DELETE FROM records_journalentry WHERE id = {pk}",
    )
    assert found() == [
        (str(FaultKind.ENTRY_MISSING), "stream a sequence 3"),
        (str(FaultKind.ENTRY_MISSING), "block 1 position 4"),
    ]


def test_several_rows_dropped_are_named_with_their_range(as_intruder: Intruder) -> None:
    as_intruder(
        "DELETE FROM records_event",
        "DELETE FROM records_blockentry WHERE entry_id IN (SELECT id FROM records_journalentry WHERE sequence < 4)",
        "DELETE FROM records_journalentry WHERE sequence < 4",
    )
    assert (str(FaultKind.ENTRY_MISSING), "stream a sequence 1 to 3") in found()
    assert (str(FaultKind.ENTRY_MISSING), "stream b sequence 1 to 3") in found()


def test_the_newest_sealed_row_dropped_is_named(as_intruder: Intruder) -> None:
    pk = entry("b", 5).pk
    as_intruder(
        f"DELETE FROM records_event WHERE entry_id = {pk}",
        f"DELETE FROM records_blockentry WHERE entry_id = {pk}",
        f"DELETE FROM records_journalentry WHERE id = {pk}",
    )
    assert found() == [(str(FaultKind.ENTRY_MISSING), "block 2 position 4")]


def test_the_newest_row_dropped_but_not_its_place_is_named(as_intruder: Intruder) -> None:
    pk = entry("b", 5).pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'records_blockentry'::regclass"
            " AND confrelid = 'records_journalentry'::regclass"
        )
        name = cursor.fetchone()[0]
    as_intruder(
        f"DELETE FROM records_event WHERE entry_id = {pk}",
        f"ALTER TABLE records_blockentry DROP CONSTRAINT {name}",
        f"DELETE FROM records_journalentry WHERE id = {pk}",
    )
    try:
        assert found() == [(str(FaultKind.ENTRY_MISSING), "block 2 position 4")]
    finally:
        as_intruder(
            f"DELETE FROM records_blockentry WHERE entry_id = {pk}",
            f"ALTER TABLE records_blockentry ADD CONSTRAINT {name} FOREIGN KEY (entry_id)"
            " REFERENCES records_journalentry (id) DEFERRABLE INITIALLY DEFERRED",
        )


CONTENT = "act, actor, subject, details, at, salt, digest"


@pytest.mark.parametrize(
    "columns",
    ["act", CONTENT, f"{CONTENT}, hash", f"{CONTENT}, previous, hash"],
    ids=["one column", "content", "content and hash", "all but the place"],
)
def test_two_swapped_are_named(as_intruder: Intruder, columns: str) -> None:
    one, other = entry("a", 2), entry("a", 4)
    from_other = ", ".join(f"o.{column.strip()}" for column in columns.split(","))
    as_intruder(
        f"UPDATE records_journalentry e SET ({columns}) = ROW({from_other}) FROM records_journalentry o"
        f" WHERE (e.id, o.id) IN (({one.pk}, {other.pk}), ({other.pk}, {one.pk}))"
    )
    swaps = [where for kind, where in found() if kind == FaultKind.ENTRIES_SWAPPED]
    assert f"stream a sequence 2 (entry {one.pk})" in swaps


def test_two_whose_sequence_was_swapped_are_named(as_intruder: Intruder) -> None:
    one, other = entry("a", 2), entry("a", 3)
    as_intruder(
        f"UPDATE records_journalentry SET sequence = 99 WHERE id = {one.pk}",
        f"UPDATE records_journalentry SET sequence = 2 WHERE id = {other.pk}",
        f"UPDATE records_journalentry SET sequence = 3 WHERE id = {one.pk}",
    )
    assert [kind for kind, _ in found()] == [str(FaultKind.ENTRIES_SWAPPED)]


def test_two_swapped_between_streams_are_named(as_intruder: Intruder) -> None:
    one, other = entry("a", 2), entry("b", 2)
    as_intruder(
        f"UPDATE records_journalentry SET stream = 'c' WHERE id = {one.pk}",
        f"UPDATE records_journalentry SET stream = 'a' WHERE id = {other.pk}",
        f"UPDATE records_journalentry SET stream = 'b' WHERE id = {one.pk}",
    )
    assert str(FaultKind.ENTRIES_SWAPPED) in {kind for kind, _ in found()}


def test_two_places_of_a_block_swapped_are_named(as_intruder: Intruder) -> None:
    rows = list(BlockEntry.objects.filter(block_id=1).order_by("position")[:2])
    as_intruder(
        f"UPDATE records_blockentry SET position = 99 WHERE entry_id = {rows[0].pk}",
        f"UPDATE records_blockentry SET position = 0 WHERE entry_id = {rows[1].pk}",
        f"UPDATE records_blockentry SET position = 1 WHERE entry_id = {rows[0].pk}",
    )
    assert (str(FaultKind.BLOCK_CHANGED), "block 1") in found()


def test_two_leaves_of_a_block_swapped_are_named(as_intruder: Intruder) -> None:
    rows = list(BlockEntry.objects.filter(block_id=1).order_by("position")[:2])
    as_intruder(
        "UPDATE records_blockentry e SET leaf = o.leaf FROM records_blockentry o"
        f" WHERE (e.entry_id, o.entry_id) IN (({rows[0].pk}, {rows[1].pk}), ({rows[1].pk}, {rows[0].pk}))"
    )
    assert (str(FaultKind.ENTRIES_SWAPPED), "block 1") in found()


def test_a_stream_rewritten_with_sound_hashes_does_not_pass(as_intruder: Intruder) -> None:
    """The intruder knows how entries are hashed and chains the whole stream anew; the block remembers."""
    previous = chain.GENESIS
    for row in JournalEntry.objects.filter(stream="a").order_by("sequence"):
        forged = chain.Entry(**{**plain(row), "actor": "officer:2", "previous": previous})
        previous = chain.entry_hash(forged)
        as_intruder(
            "UPDATE records_journalentry SET actor = 'officer:2', previous = %s, hash = %s WHERE id = "
            + str(row.pk),
            parameters=(forged.previous, previous),
        )
    kinds = [kind for kind, _ in found()]
    assert kinds == [str(FaultKind.ENTRY_CHANGED)] * 5


def plain(row: JournalEntry) -> dict[str, Any]:
    stored = as_entry(row)
    return {name: getattr(stored, name) for name in chain.Entry.__slots__}


@pytest.mark.parametrize(
    "change",
    [
        "size = size + 1",
        "at = at + interval '1 s'",
        "root = previous",
        "key_id = 'other'",
        "signature = '\\x00'",
    ],
)
def test_a_changed_block_is_named(as_intruder: Intruder, change: str) -> None:
    as_intruder(f"UPDATE records_block SET {change} WHERE height = 1")
    assert (str(FaultKind.BLOCK_CHANGED), "block 1") in found()


def forge(**changes: Any) -> chain.Block:
    stored = as_block(Block.objects.get(height=2))
    forged = chain.Block(**{**{name: getattr(stored, name) for name in chain.Block.__slots__}, **changes})
    return chain.Block(
        **{
            **{name: getattr(forged, name) for name in chain.Block.__slots__},
            "hash": chain.block_hash(forged),
        }
    )


def test_a_block_with_a_sound_hash_but_no_key_is_named(as_intruder: Intruder) -> None:
    forged = forge(root=b"r" * 32)
    as_intruder(
        "UPDATE records_block SET root = %s, hash = %s WHERE height = 2",
        parameters=(forged.root, forged.hash),
    )
    faults = [str(fault) for fault in verify()]
    assert any("block 2: its signature is wrong" in fault for fault in faults)
    assert any(str(FaultKind.HEAD_DIFFERS) in fault for fault in faults)


def test_a_newest_block_dropped_with_its_entries_is_known_to_the_heads_file(as_intruder: Intruder) -> None:
    as_intruder(
        "DELETE FROM records_event WHERE entry_id IN (SELECT entry_id FROM records_blockentry WHERE block_id = 2)",
        "CREATE TEMP TABLE gone AS SELECT entry_id FROM records_blockentry WHERE block_id = 2",
        "DELETE FROM records_blockentry WHERE block_id = 2",
        "DELETE FROM records_journalentry WHERE id IN (SELECT entry_id FROM gone)",
        "DELETE FROM records_block WHERE height = 2",
        "DROP TABLE gone",
    )
    assert found() == [(str(FaultKind.BLOCK_MISSING), "block 2")]


def test_a_block_dropped_in_the_middle_is_named(as_intruder: Intruder) -> None:
    as_intruder(
        "DELETE FROM records_blockentry WHERE block_id = 1", "DELETE FROM records_block WHERE height = 1"
    )
    assert (str(FaultKind.BLOCK_MISSING), "block 1") in found()


def test_a_database_put_back_and_gone_on_with_differs_from_the_heads_file(as_intruder: Intruder) -> None:
    as_intruder(
        "DELETE FROM records_blockentry WHERE block_id = 2",
        "DELETE FROM records_block WHERE height = 2",
        "INSERT INTO records_journalpending SELECT id FROM records_journalentry e"
        " WHERE NOT EXISTS (SELECT FROM records_blockentry b WHERE b.entry_id = e.id)",
    )
    with transaction.atomic():
        note(stream="a", act="later", actor="x")
    assert seal_pending() == 6
    assert found() == [(str(FaultKind.HEAD_DIFFERS), "block 2")]


def test_a_lost_heads_file_is_named_after_a_minute() -> None:
    Path(settings.JOURNAL_HEADS_FILE).unlink()
    assert verify() == []
    later(seconds=61)
    assert found() == [(str(FaultKind.HEAD_MISSING), "block 1"), (str(FaultKind.HEAD_MISSING), "block 2")]


def test_a_heads_file_that_cannot_be_read_is_named() -> None:
    with Path(settings.JOURNAL_HEADS_FILE).open("a") as target:
        target.write("nonsense\n")
    assert [kind for kind, _ in found()] == [str(FaultKind.HEAD_DIFFERS)]


def later(**delay: int) -> None:
    moment = clock.now() + timedelta(**delay)
    clock.set_source(lambda: moment)


def test_an_entry_unsealed_for_more_than_a_minute_is_named() -> None:
    with transaction.atomic():
        made = note(stream="c", act="x", actor="y")
    assert verify() == []
    later(seconds=61)
    assert found() == [(str(FaultKind.UNSEALED), f"stream c sequence 1 (entry {made.pk})")]
    seal_pending()
    assert verify() == []


def test_an_unsealed_row_dropped_is_named(as_intruder: Intruder) -> None:
    with transaction.atomic():
        made = note(stream="c", act="x", actor="y")
    as_intruder(f"DELETE FROM records_journalentry WHERE id = {made.pk}")
    assert found() == [(str(FaultKind.ENTRY_MISSING), f"entry {made.pk}")]
    assert seal_pending() == 0
    assert found() == [(str(FaultKind.ENTRY_MISSING), f"entry {made.pk}")]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records_event SET text = '已准予' WHERE entry_id = {0}",
        "UPDATE records_event SET kind = 'granted' WHERE entry_id = {0}",
        "UPDATE records_event SET stream = 'b' WHERE entry_id = {0}",
        "UPDATE records_event SET at = at - interval '1 day' WHERE entry_id = {0}",
        "DELETE FROM records_event WHERE entry_id = {0}",
    ],
)
def test_what_the_applicant_reads_is_proven_too(as_intruder: Intruder, change: str) -> None:
    row = entry("a", 2)
    as_intruder(change.format(row.pk))
    assert found() == [(str(FaultKind.EVENT_CHANGED), f"stream a sequence 2 (entry {row.pk})")]


def test_an_event_put_in_later_is_named(as_intruder: Intruder) -> None:
    with transaction.atomic():
        made = note(stream="c", act="x", actor="y")
    as_intruder(
        f"INSERT INTO records_event (entry_id, stream, kind, text, at) VALUES ({made.pk}, 'c', '', '假', now())"
    )
    assert [kind for kind, _ in found()] == [str(FaultKind.EVENT_CHANGED)]


def test_another_key_signs_nothing(settings: Settings) -> None:
    settings.JOURNAL_KEY = b"x" * 32
    assert {kind for kind, _ in found()} == {str(FaultKind.BLOCK_CHANGED)}


def test_the_command_is_silent_about_nothing(
    as_intruder: Intruder, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("verify_journal")
    assert capsys.readouterr().out == "the journal is sound\n"
    as_intruder("UPDATE records_journalentry SET act = 'z' WHERE stream = 'a' AND sequence = 1")
    with pytest.raises(SystemExit) as caught:
        call_command("verify_journal")
    assert caught.value.code == 1
    assert "entry changed: stream a sequence 1" in capsys.readouterr().out


def test_the_command_answers_in_json(as_intruder: Intruder) -> None:
    as_intruder("UPDATE records_journalentry SET act = 'z' WHERE stream = 'a' AND sequence = 1")
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_journal", json=True, stdout=out)
    assert [row["kind"] for row in json.loads(out.getvalue())] == ["entry changed"]
