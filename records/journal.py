"""records.note: proof of an act, and the words the applicant may read, in the caller's transaction.

Callers hold the lock of the row that owns the stream (the application, the certificate). Should two writers race all
the same, ON CONFLICT waits for the other to commit and the entry is chained behind it, without a savepoint.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain as concatenated
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError

from common import clock
from common.identifiers import InvalidIdentifier, resident_id
from common.statements.planned import Planned
from common.statements.worded import Select
from records.models import Event, JournalEntry
from records.proving import chain

RACES = 20  # how often one entry may be overtaken in its stream before the caller's missing lock is an error
_HEADS = Planned("""
SELECT s.stream, h.sequence, h.hash FROM unnest(%s::text[]) AS s(stream)
CROSS JOIN LATERAL (SELECT sequence, hash FROM records_journalentry e
                    WHERE e.stream = s.stream ORDER BY sequence DESC LIMIT 1) h
""")
_INSERT = """
WITH written AS (
    INSERT INTO records_journalentry
        (stream, sequence, act, actor, subject, details, at, salt, digest, previous, hash)
    VALUES {rows} ON CONFLICT (stream, sequence) DO NOTHING RETURNING id, stream, sequence
), queued AS (
    INSERT INTO records_journalpending (entry_id) SELECT id FROM written
), told AS (
    INSERT INTO records_event (entry_id, stream, kind, text, at)
    SELECT id, stream, kind, text, %s::timestamptz FROM written
    JOIN unnest(%s::text[], %s::integer[], %s::text[], %s::text[]) AS t(stream, sequence, kind, text)
   USING (stream, sequence)
)
SELECT id, stream, sequence FROM written
"""
_EVENTS = Select(Event.objects.all)
_ROW = "(%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s)"
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9][0-9]{9}|[0-9]{17}[0-9Xx])(?![0-9A-Za-z])")


class StreamRaced(Exception):
    """Two transactions wrote several entries to one stream at once: its owner row was not locked."""


class PersonalDataInJournal(ValueError):
    """A note held a resident ID or a phone number; the journal keeps ids only."""


@dataclass(frozen=True, slots=True)
class Note:
    """One act to be noted. `details` holds ids, codes and counts; `event` is Chinese text for the applicant.

    `begins`: nothing stands in this stream yet, so its head is not looked for.
    """

    stream: str
    act: str
    actor: str
    subject: str = ""
    details: Mapping[str, chain.Json] = field(default_factory=dict)
    event: str | None = None
    event_kind: str = ""
    begins: bool = False


def note(
    *,
    stream: str,
    act: str,
    actor: str,
    subject: str = "",
    details: Mapping[str, chain.Json] | None = None,
    event: str | None = None,
    event_kind: str = "",
) -> JournalEntry:
    """Write one JournalEntry, and an Event when `event` is given; two statements."""
    single = Note(stream, act, actor, subject, details or {}, event, event_kind)
    return note_many([single])[0]


def note_once_a_day(
    *, stream: str, act: str, actor: str, subject: str, event: str | None = None, event_kind: str = ""
) -> None:
    """Note a look at something, once a day for each who looks: turning its pages is no new look."""
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    looks = JournalEntry.objects.filter(stream=stream, act=act, actor=actor, subject=subject)
    if not looks.filter(at__gte=today).exists():
        note(stream=stream, act=act, actor=actor, subject=subject, event=event, event_kind=event_kind)


def note_many(notes: Sequence[Note]) -> list[JournalEntry]:
    """Write many entries in the order given with the same two statements; the batch of the deciding worker."""
    if not connection.in_atomic_block:
        raise TransactionManagementError("A note belongs to the transaction of the act it proves.")
    for item in notes:
        _refuse_personal_data(item)
    at = clock.now()
    written: dict[int, JournalEntry] = {}
    missing = dict(enumerate(notes))
    for _ in range(RACES):
        if missing:
            written |= _write(missing, at=at)
            missing = {i: replace(item, begins=False) for i, item in missing.items() if i not in written}
            _refuse_torn_streams(notes, missing=missing)
    if missing:
        raise StreamRaced(f"a stream was overtaken {RACES} times; lock the row that owns it")
    return [written[index] for index in range(len(notes))]


def events_of(stream: str) -> list[Event]:
    """Return what the applicant may read of a stream, oldest first."""
    return _EVENTS.rows("WHERE stream = %s ORDER BY entry_id", [stream])


def _write(missing: Mapping[int, Note], *, at: datetime) -> dict[int, JournalEntry]:
    """Chain and insert; what another transaction overtook is not in the answer."""
    drafts = _chained(missing, at=at)
    # One order for all writers, so that two batches cannot wait for each other.
    rows = sorted(drafts.values(), key=lambda entry: (entry.stream, entry.sequence))
    sql = Planned(_INSERT.format(rows=", ".join([_ROW] * len(rows))))
    parameters = list(concatenated.from_iterable(_parameters(entry) for entry in rows))
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, at, *_told(missing, drafts)])
        ids = {(stream, sequence): pk for pk, stream, sequence in cursor.fetchall()}
    places = {index: ids.get((entry.stream, entry.sequence)) for index, entry in drafts.items()}
    return {index: _stored(drafts[index], pk=pk) for index, pk in places.items() if pk is not None}


def _chained(missing: Mapping[int, Note], *, at: datetime) -> dict[int, chain.Entry]:
    heads = _heads({item.stream for item in missing.values() if not item.begins})
    drafts: dict[int, chain.Entry] = {}
    for index, item in missing.items():
        sequence, previous = heads.get(item.stream, (0, chain.GENESIS))
        drafts[index] = _draft(item, sequence=sequence + 1, previous=previous, at=at)
        heads[item.stream] = (sequence + 1, drafts[index].hash)
    return drafts


def _heads(streams: set[str]) -> dict[str, tuple[int, bytes]]:
    if not streams:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_HEADS, [sorted(streams)])
        return {stream: (sequence, bytes(last)) for stream, sequence, last in cursor.fetchall()}


def _draft(item: Note, *, sequence: int, previous: bytes, at: datetime) -> chain.Entry:
    salt = os.urandom(16)
    entry = chain.Entry(
        id=0,
        stream=item.stream,
        sequence=sequence,
        act=item.act,
        actor=item.actor,
        subject=item.subject,
        details=item.details,
        at=at,
        salt=salt,
        digest=chain.payload_digest(salt=salt, kind=item.event_kind, text=item.event or ""),
        previous=previous,
        hash=b"",
    )
    return replace(entry, hash=chain.entry_hash(entry))


def _parameters(entry: chain.Entry) -> tuple[Any, ...]:
    details = json.dumps(entry.details, ensure_ascii=False)
    told = (entry.stream, entry.sequence, entry.act, entry.actor, entry.subject, details, entry.at)
    return (*told, entry.salt, entry.digest, entry.previous, entry.hash)


def _stored(entry: chain.Entry, *, pk: int) -> JournalEntry:
    values = {name: getattr(entry, name) for name in chain.Entry.__slots__} | {"id": pk}
    stored = JournalEntry(**values)
    stored._state.adding = False
    stored._state.db = connection.alias
    return stored


def _told(missing: Mapping[int, Note], drafts: Mapping[int, chain.Entry]) -> list[list[str | int]]:
    """Return the columns of the events that go with new entries: stream, sequence, kind, text."""
    told = [(drafts[index], item) for index, item in missing.items() if item.event]
    return [
        [entry.stream for entry, _ in told],
        [entry.sequence for entry, _ in told],
        [item.event_kind for _, item in told],
        [item.event or "" for _, item in told],
    ]


def _refuse_torn_streams(notes: Sequence[Note], *, missing: Mapping[int, Note]) -> None:
    """A second try is sound for a stream with one note only: of several, a later one may already stand."""
    many = Counter(item.stream for item in notes)
    torn = {item.stream for item in missing.values() if many[item.stream] > 1}
    if torn:
        raise StreamRaced(
            f"stream {min(torn)} was written by two transactions at once; lock the row that owns it"
        )


def _refuse_personal_data(item: Note) -> None:
    for text in (item.stream, item.actor, item.subject, item.event or "", *_texts(item.details)):
        for match in _PERSONAL.finditer(text):
            if _identifies_a_person(match.group()):
                raise PersonalDataInJournal(f"a note on {item.act} holds a resident ID or a phone number")


def _identifies_a_person(number: str) -> bool:
    if len(number) == 11:
        return True
    try:
        resident_id(number)
    except InvalidIdentifier:
        return False
    return True


def _texts(value: chain.Json) -> Iterator[str]:
    """Walk the details; a float or a foreign type has no canonical spelling and is refused."""
    match value:
        case str():
            yield value
        case None | bool() | int():
            return
        case Mapping():
            for key, inner in value.items():
                yield str(key)
                yield from _texts(inner)
        case list() | tuple():
            for inner in value:
                yield from _texts(inner)
        case _:
            raise TypeError(f"details of a note hold ids, codes and counts, not {type(value).__name__}")
