"""Reads the whole journal, names every fault, and writes the export that is verified elsewhere without Django."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import TextIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import connection, transaction

from common import clock
from records.models import Block, BlockEntry, Event, JournalEntry, Pending
from records.proving import chain, exporting
from records.proving.heads import HeadsUnreadable, read_heads
from records.proving.inspecting import Fault, FaultKind, Head, Inspection, Leaf, place_of
from records.proving.sealing import as_block

ROWS_AT_ONCE = 2000


def verify() -> list[Fault]:
    """Return every fault of the journal, none when it is sound. Reads one snapshot; about 10,000 entries a second."""
    heads, fault = _heads()
    with transaction.atomic():
        _one_snapshot()
        inspection = Inspection(now=clock.now(), public_keys=public_keys(), faults=[fault] if fault else [])
        event_faults: list[Fault] = []
        inspection.read_entries(_entries_and_events(event_faults))
        for block, leaves in blocks():
            inspection.read_block(block, leaves)
        inspection.faults += [*event_faults, *_vanished()]
        return inspection.finish(heads)


def export(target: TextIO) -> None:
    """Write entries (ids and digests, no words), blocks and heads for `python -m records.verify_export`."""
    heads, _ = _heads()
    with transaction.atomic():
        _one_snapshot()
        lines = exporting.lines(
            at=clock.now(), public_keys=public_keys(), entries=entries(), blocks=blocks(), heads=heads
        )
        target.writelines(lines)


def public_keys() -> dict[str, Ed25519PublicKey]:
    """Return the keys that blocks may be signed with, by key id."""
    key = chain.public_key(settings.JOURNAL_KEY)
    return {chain.key_id(key): key}


def entries() -> Iterator[chain.Entry]:
    """Return every entry by stream and sequence."""
    for entry in JournalEntry.objects.order_by("stream", "sequence").iterator(chunk_size=ROWS_AT_ONCE):
        yield as_entry(entry)


def blocks() -> Iterator[tuple[chain.Block, list[Leaf]]]:
    """Return every block by height with its leaves by position."""
    stored = Block.objects.order_by("height").iterator(chunk_size=ROWS_AT_ONCE)
    rows = BlockEntry.objects.order_by("block_id", "position").iterator(chunk_size=ROWS_AT_ONCE)
    groups = groupby(rows, key=lambda row: row.block_id)
    height, group = next(groups, (None, iter(())))
    for block in stored:
        leaves: list[Leaf] = []
        while height is not None and height <= block.height:
            leaves += [
                Leaf(row.position, row.entry_id, bytes(row.leaf)) for row in group if height == block.height
            ]
            height, group = next(groups, (None, iter(())))
        yield as_block(block), leaves


def as_entry(entry: JournalEntry) -> chain.Entry:
    """Return a stored entry as the pure value that is hashed."""
    return chain.Entry(
        id=entry.pk,
        stream=entry.stream,
        sequence=entry.sequence,
        act=entry.act,
        actor=entry.actor,
        subject=entry.subject,
        details=entry.details,
        at=entry.at,
        salt=bytes(entry.salt),
        digest=bytes(entry.digest),
        previous=bytes(entry.previous),
        hash=bytes(entry.hash),
    )


def _heads() -> tuple[list[Head], Fault | None]:
    """Read the heads before the snapshot, so that a block sealed meanwhile is not missed in the database."""
    path = Path(settings.JOURNAL_HEADS_FILE)
    try:
        return read_heads(path), None
    except HeadsUnreadable as error:
        return [], Fault(FaultKind.HEAD_DIFFERS, str(path), str(error))


def _one_snapshot() -> None:
    if len(connection.atomic_blocks) == 1:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _entries_and_events(faults: list[Fault]) -> Iterator[chain.Entry]:
    """Give every entry, and note on the way where what the applicant reads is not what was noted."""
    rows = JournalEntry.objects.select_related("event").order_by("stream", "sequence")
    for row in rows.iterator(chunk_size=ROWS_AT_ONCE):
        entry = as_entry(row)
        if detail := _event_fault(entry, getattr(row, "event", None)):
            faults.append(Fault(FaultKind.EVENT_CHANGED, place_of(entry), detail))
        yield entry


def _event_fault(entry: chain.Entry, event: Event | None) -> str:
    kind, text = (event.kind, event.text) if event else ("", "")
    if chain.payload_digest(salt=entry.salt, kind=kind, text=text) != entry.digest:
        return "its words are not those that were noted" if event else "it was dropped or never written"
    if event and (event.stream, event.at) != (entry.stream, entry.at):
        return "it was moved to another stream or time"
    return ""


def _vanished() -> Iterator[Fault]:
    known = JournalEntry.objects.values("pk")
    for pending in Pending.objects.exclude(entry_id__in=known).order_by("entry_id"):
        yield Fault(
            FaultKind.ENTRY_MISSING, f"entry {pending.entry_id}", "it was dropped before it was sealed"
        )
