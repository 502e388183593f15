"""Existing stores come in (存量证照入库): a file is taken chunk by chunk, each in one commit with how far it has come.

So it may be killed at any moment and goes on where it stopped. Certificates that come in are not signed: nobody decided
them here. One journal entry at the start of a file and one at its end prove what came in.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import F

from certificates.models import Certificate, ImportBatch
from certificates.states import IMPORTING, ImportState
from certificates.stocking import copying, starting
from certificates.stocking.course import attempting, releasing, sharing
from certificates.stocking.errors import Broken, FileChanged, GivenUp
from certificates.stocking.files import columns, reading, shelving
from certificates.stocking.files.reading import Blocks, Chunk, Record, Survey
from certificates.stocking.pooling import Pool, WorkerEnded
from certificates.stocking.preparing import REPLACED, Job, Prepared, Preparer, Refusal
from common import clock
from common.errors import DomainError
from common.statements import bulk
from records.journal import note

PROCESSES = 2
FEW = 500_000  # bytes: less is done before two processes have started
SHOWN = 2000  # characters of a refused row that are kept
_TAKEN_OVER = ("state", "fault", "seen_at", "started_at", "position", "line", *releasing.COUNTS)
# Locked in the order in which issuing locks them. What came by this same file was nobody's before.
_SUPERSEDE = """
WITH held AS MATERIALIZED (
    SELECT id FROM certificates_certificate WHERE id = ANY(%s::uuid[]) AND status = 'valid'
    ORDER BY id FOR NO KEY UPDATE
)
UPDATE certificates_certificate c SET status = 'superseded', status_changed_at = %s, status_reason = %s
FROM held WHERE c.id = held.id RETURNING c.batch_id IS DISTINCT FROM %s::uuid
"""


class _Overtaken(Exception):
    """Somebody else has taken this chunk: another worker is at it."""


class _Overlaps(Exception):
    """What the chunk was prepared against has changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import has come. `seconds_left` is None before anything can be said."""

    position: int
    size: int
    lines: int
    accepted: int
    known: int
    rejected: int
    rows_per_second: int
    seconds_left: int | None

    @property
    def percent(self) -> int:
        """Return how much of the file is done."""
        return 100 * self.position // self.size if self.size else 100


def run(
    batch: ImportBatch,
    blocks: Blocks | None = None,
    *,
    told: Survey | None = None,
    processes: int = PROCESSES,
    tell: Callable[[Progress], None] = lambda _: None,
    seconds: float = float("inf"),
) -> bool:
    """Take the file to its end, or for so many seconds; return whether it has ended. A fault stays with the import."""
    try:
        attempting.count(batch)
        blocks = blocks or starting.blocks_of(batch)
        told = told or reading.survey(blocks)
        if told.sha256 != batch.sha256:
            raise FileChanged
        return _run(batch, blocks, told, processes=processes, tell=tell, seconds=seconds)
    except _Overtaken:
        return True
    except WorkerEnded as error:
        _fail(batch, Broken.message)
        raise Broken from error
    except DomainError as error:
        _fail(batch, error.message)
        raise
    except Exception as error:
        if not attempting.is_last(batch, error):
            raise
        _fail(batch, GivenUp.message)
        raise GivenUp from error


def _run(
    batch: ImportBatch,
    blocks: Blocks,
    told: Survey,
    *,
    processes: int,
    tell: Callable[[Progress], None],
    seconds: float,
) -> bool:
    layout, first, lines = starting.layout_of(
        blocks, told, kind=batch.type, issuer_code=batch.issuer_code, issuer_name=batch.issuer_name
    )
    _start(batch, first=first, lines=lines)
    checking = batch.state == ImportState.CHECKING
    job = Job(layout, str(batch.pk), batch.started_by, clock.now(), settings.DEMO, dry=checking, brief=True)
    work = _Run(batch, Preparer(job), processes=processes)
    few = told.size - batch.position < FEW or (os.cpu_count() or 1) < 2
    pool: Pool[Chunk, Prepared] = Pool(
        lambda one: work.prepare(one.records), processes=0 if few else processes
    )
    ahead = reading.chunks(blocks, form=layout.form, position=batch.position, line=batch.line)
    for chunk, prepared in pool.ordered(work.in_time(ahead, seconds)):
        work.take(chunk, prepared)
        tell(work.progress())
    if not work.in_full:
        return False
    if not checking:
        _finish(batch)
    elif not releasing.wait(batch):
        raise _Overtaken
    tell(work.progress())
    return True


class _Run:
    """One worker's time with one import."""

    def __init__(self, batch: ImportBatch, prepare: Preparer, *, processes: int) -> None:
        self.batch, self.prepare = batch, prepare
        self.in_full = True
        self._began, self._lines, self._position = time.monotonic(), batch.line, batch.position
        # Of chunks written lately, which those under way have not seen: who has what in hand.
        self._lately: deque[Prepared] = deque(maxlen=max(processes, 1))

    def in_time(self, chunks: Iterator[Chunk], seconds: float) -> Iterator[Chunk]:
        """Give chunks until the time is over."""
        for chunk in chunks:
            if time.monotonic() - self._began > seconds:
                self.in_full = False
                return
            yield chunk

    def take(self, chunk: Chunk, prepared: Prepared) -> None:
        """Write a chunk in one commit; what the store does not take so is prepared again, and at last row by row."""
        if self.batch.state == ImportState.CHECKING:
            self._move_on(chunk, prepared)
            return
        try:
            with transaction.atomic():
                sharing.wait_turn(self.batch.type)
                self._require_apart(prepared)
                self._write(chunk, prepared)
        except (IntegrityError, DataError, _Overlaps):
            prepared = self._again(chunk)
        self._lately.append(prepared)

    def _again(self, chunk: Chunk) -> Prepared:
        try:
            with transaction.atomic():
                sharing.wait_turn(self.batch.type)  # what is looked up now, nobody else changes by import
                prepared = self.prepare(chunk.records, careful=True)
                self._write(chunk, prepared)
        except (IntegrityError, DataError, _Overlaps):
            with transaction.atomic():
                sharing.wait_turn(self.batch.type)
                prepared = self._one_by_one(chunk.records)
                self._move_on(chunk, prepared)
        return prepared

    def _one_by_one(self, records: Sequence[Record]) -> Prepared:
        made = Prepared()
        for record in records:
            try:
                with transaction.atomic():
                    one = self.prepare([record], careful=True)
                    _enter(one, self.batch, at=clock.now())
            except (IntegrityError, DataError, _Overlaps):
                one = Prepared(
                    refused=[Refusal(record.line, "库里不能保存这一行，请核对编号", record.content)]
                )
            made.accepted, made.known = made.accepted + one.accepted, made.known + one.known
            made.replaced += one.replaced
            made.refused += one.refused
            made.numbers, made.holders = made.numbers | one.numbers, made.holders | one.holders
        return made

    def _require_apart(self, prepared: Prepared) -> None:
        """Refuse a chunk whose rows may not be what they were held to be, for what was written since."""
        if prepared.others != sharing.others(self.batch.type, batch=self.batch.pk):
            raise _Overlaps
        for other in self._lately:
            apart = prepared.numbers.isdisjoint(other.numbers) and prepared.holders.isdisjoint(other.holders)
            if not apart:
                raise _Overlaps

    def _write(self, chunk: Chunk, prepared: Prepared) -> None:
        _enter(prepared, self.batch, at=clock.now())
        self._move_on(chunk, prepared)

    def _move_on(self, chunk: Chunk, prepared: Prepared) -> None:
        """Keep how far it has come with what came in. Refused rows are written before; twice is once."""
        if prepared.refused:
            lines = ((one.line, one.reason, _shown(one.content, self._encoding)) for one in prepared.refused)
            shelving.keep_refused(self.batch.pk, chunk.start, lines)
        batch = self.batch
        if prepared.sample and not batch.accepted:
            releasing.keep_sample(batch.pk, prepared.sample)
        elapsed = max(time.monotonic() - self._began, 0.001)
        rate = round((chunk.line - self._lines) / elapsed)
        moved = ImportBatch.objects.filter(pk=batch.pk, position=chunk.start, state=batch.state).update(
            position=chunk.end,
            line=chunk.line,
            accepted=F("accepted") + prepared.accepted,
            known=F("known") + prepared.known,
            rejected=F("rejected") + len(prepared.refused),
            superseded=F("superseded") + prepared.replaced,
            rows_per_second=rate,
            seen_at=clock.now(),
            attempts=0,
        )
        if not moved:
            raise _Overtaken
        batch.position, batch.line, batch.rows_per_second = chunk.end, chunk.line, rate
        batch.attempts = 0
        batch.accepted += prepared.accepted
        batch.known += prepared.known
        batch.rejected += len(prepared.refused)
        batch.superseded += prepared.replaced

    @property
    def _encoding(self) -> str:
        return self.prepare.encoding

    def progress(self) -> Progress:
        """Return how far it has come, by what this run has done so far."""
        return progress_of(
            self.batch, done=self.batch.position - self._position, seconds=time.monotonic() - self._began
        )


def progress_of(batch: ImportBatch, *, done: int, seconds: float) -> Progress:
    """Return how far an import has come: `done` bytes took so many seconds."""
    left = round((batch.size - batch.position) * seconds / done) if done > 0 else None
    return Progress(
        position=batch.position,
        size=batch.size,
        lines=batch.line,
        accepted=batch.accepted,
        known=batch.known,
        rejected=batch.rejected,
        rows_per_second=batch.rows_per_second,
        seconds_left=0 if batch.state == ImportState.DONE else left,
    )


def _shown(content: bytes, encoding: str) -> str:
    return content.decode(encoding, "replace").rstrip("\r")[:SHOWN]


def _enter(prepared: Prepared, batch: ImportBatch, *, at: datetime) -> None:
    """Enter the certificates of a chunk, after what they take the place of has given way."""
    if prepared.superseded:
        with connection.cursor() as cursor:
            cursor.execute(_SUPERSEDE, [bulk.array(prepared.superseded), at, REPLACED, batch.pk])
            from_before = [known for (known,) in cursor.fetchall()]
        if len(from_before) != len(prepared.superseded):
            raise _Overlaps
        prepared.replaced = sum(from_before)
        _note(batch, "certificates_superseded", told_of(prepared.superseded))
    if prepared.copy:
        copying.write(prepared.copy)


def told_of(certificates: Iterable[str]) -> dict[str, str | int]:
    """Return how many, and SHA-256 over their sorted keys: all that were superseded at one moment, to count again."""
    keys = sorted(certificates)
    return {"count": len(keys), "digest": hashlib.sha256("\n".join(keys).encode()).hexdigest()}


@transaction.atomic
def _start(batch: ImportBatch, *, first: int, lines: int) -> None:
    """Note that a file is begun; once, however often it is gone on with."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state not in IMPORTING:
        raise _Overtaken
    checking = locked.state == ImportState.CHECKING
    locked.state = ImportState.CHECKING if checking else ImportState.RUNNING
    locked.fault, locked.seen_at = "", clock.now()
    if locked.started_at is None:
        locked.started_at, locked.position, locked.line = locked.seen_at, first, lines
        act = "certificates_import_looked_at" if checking else "certificates_import_begun"
        _note(locked, act, {"sha256": locked.sha256, "bytes": locked.size})
    locked.save()
    for name in _TAKEN_OVER:
        setattr(batch, name, getattr(locked, name))


@transaction.atomic
def _finish(batch: ImportBatch) -> None:
    """Note what came in: counts, and a digest over the digests of all certificates of this import."""
    locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if locked.state != ImportState.RUNNING:
        raise _Overtaken
    locked.state = batch.state = ImportState.DONE
    locked.position = batch.position = locked.size
    locked.finished_at = locked.seen_at = clock.now()
    locked.save()
    _note(
        locked,
        "certificates_imported",
        {
            **releasing.counts(locked),
            "lines": locked.line,
            "sha256": locked.sha256,
            "rows": digest_over(locked.pk),
        },
    )
    transaction.on_commit(lambda: shelving.forget(locked.pk, shelving.UPLOADED))


def digest_over(batch_id: UUID) -> str:
    """Return SHA-256 over the sorted digests of all certificates that came with an import: anyone may count again."""
    running = hashlib.sha256()
    digests = (
        Certificate.objects.filter(batch_id=batch_id).order_by("digest").values_list("digest", flat=True)
    )
    for digest in digests.iterator(chunk_size=20_000):
        running.update(digest.encode())
    return running.hexdigest()


@transaction.atomic
def _fail(batch: ImportBatch, message: str) -> None:
    """Keep what went wrong, for the keeper to read."""
    changed = ImportBatch.objects.filter(pk=batch.pk, state__in=IMPORTING)
    if changed.update(state=ImportState.FAILED, fault=message[:300], seen_at=clock.now()):
        _note(batch, "certificates_import_stopped", {"lines": batch.line})
    batch.state, batch.fault = ImportState.FAILED, message[:300]


def _note(batch: ImportBatch, act: str, details: dict[str, str | int]) -> None:
    note(
        stream=f"import:{batch.pk}",
        act=act,
        actor=batch.started_by,
        subject=batch.type.slug,
        details={**details, "issuer": batch.issuer_code},
    )


def refused_lines(batch: ImportBatch) -> Iterator[str]:
    """Give the refused rows of an import as lines of a CSV: line, reason, the row as it stood there."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["行号", "原因", "原来的内容"])
    for line, reason, content in shelving.refused(batch.pk, until=max(batch.position, 1)):
        writer.writerow([line, reason, columns.guarded(content)])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()
