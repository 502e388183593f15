"""Keeping files and giving them back: prepared outside a transaction, kept in one, gone with their row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from records.files import keeping, rendering
from records.files.errors import FileRefused, NoSuchFile, NotScannedYet, TooLarge
from records.files.keeping import MAIN, SMALL, Incoming
from records.files.recognising import Kind, recognise
from records.hashing import keyed_stream
from records.models import StoredFile


def prepare(
    incoming: Incoming, *, accept: Collection[str], stream: str, owner: str, at: datetime
) -> StoredFile:
    """Recognise, make harmless and seal what was received; return its row, not yet saved. Raises FileRefused.

    It takes a second: call it outside a transaction, then `keep` within one. What is never kept, the sweeper removes.
    """
    if incoming.size > settings.FILES["bytes"]:
        raise TooLarge(incoming.size, limit=settings.FILES["bytes"])
    kind = recognise(incoming.head, accept=accept)
    drawn = rendering.first_look(incoming.chunks(), kind=kind)
    if kind is Kind.PDF:
        keeping.keep_received(incoming)
    for part, content in drawn.parts.items():
        keeping.write(incoming.id, part, content)
    return _row(incoming.id, kind, drawn.pages, stream=stream, owner=owner, at=at)


def made(content: bytes, *, stream: str, owner: str, at: datetime) -> StoredFile:
    """Keep a PDF of our own making in the caller's transaction: nothing a stranger sent, so nothing to scan."""
    file_id = uuid4()
    keeping.write(file_id, MAIN, content)
    stored = _row(file_id, Kind.PDF, 1, stream=stream, owner=owner, at=at)
    stored.scan, stored.scanned_at, stored.scan_after = StoredFile.Scan.CLEAN, at, None
    stored.scan_detail = "本系统制作"
    keep(stored)
    return stored


def turned(stored: StoredFile, *, owner: str, at: datetime) -> StoredFile:
    """Return the row of a new file, not yet saved: the picture turned a quarter to the right."""
    if stored.is_pdf:
        raise FileRefused("PDF 不能在这里旋转。请转好方向后重新上传。")
    incoming = Incoming()
    incoming.drop()
    drawn = rendering.first_look(keeping.read(stored.pk, MAIN), kind=Kind.JPEG, turned=True)
    for part, content in drawn.parts.items():
        keeping.write(incoming.id, part, content)
    return _row(incoming.id, Kind.JPEG, 1, stream=stored.stream, owner=owner, at=at)


def _row(file_id: UUID, kind: Kind, pages: int, *, stream: str, owner: str, at: datetime) -> StoredFile:
    content_type = StoredFile.Type.PDF if kind is Kind.PDF else StoredFile.Type.PICTURE
    return StoredFile(
        id=file_id,
        stream=stream,
        owner=owner,
        content_type=content_type,
        size=sum(map(len, keeping.read(file_id, MAIN))),
        pages=pages,
        digest=keyed_stream(keeping.read(file_id, MAIN)),
        created_at=at,
        scan_after=at,
    )


def keep(stored: StoredFile) -> None:
    """Save the row in the caller's transaction."""
    stored.save(force_insert=True)


def forget(stored: StoredFile) -> None:
    """Remove what was prepared and is not kept after all."""
    keeping.remove([stored.pk])


def delete(file_ids: Iterable[UUID]) -> None:
    """Delete rows in the caller's transaction, and the files once it is committed."""
    gone = list(file_ids)
    if gone:
        StoredFile.objects.filter(pk__in=gone).delete()
        transaction.on_commit(lambda: keeping.remove(gone))


def original(stored: StoredFile) -> Iterator[bytes]:
    """Give what may be taken away. Raises NoSuchFile for what is quarantined, NotScannedYet."""
    _require_servable(stored, MAIN)
    if not stored.may_be_taken_away:
        raise NotScannedYet
    return keeping.read(stored.pk, MAIN)


def page(stored: StoredFile, *, number: int) -> Iterator[bytes]:
    """Give the picture of a page (from 1), drawn when it is first asked for. Raises NoSuchFile.

    It may be looked at before the scan: it is our own drawing, in which nothing of the original can act.
    """
    if not 1 <= number <= stored.pages:
        raise NoSuchFile
    if not stored.is_pdf:
        _require_servable(stored, MAIN)
        return keeping.read(stored.pk, MAIN)
    _require_servable(stored, MAIN)
    part = keeping.page_part(number)
    if not keeping.has(stored.pk, part):
        keeping.write(stored.pk, part, rendering.page(keeping.read(stored.pk, MAIN), number=number))
    return keeping.read(stored.pk, part)


def small(stored: StoredFile) -> Iterator[bytes]:
    """Give the small picture of the first page. Raises NoSuchFile."""
    _require_servable(stored, SMALL)
    return keeping.read(stored.pk, SMALL)


def _require_servable(stored: StoredFile, part: str) -> None:
    if stored.is_quarantined or not keeping.has(stored.pk, part):
        raise NoSuchFile
