"""Uploaded files as pages show them: a small picture, the pages, what the virus scan says, what may be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from approvals.models import Attachment
from records.models import StoredFile

_PILLS = {
    StoredFile.Scan.UNSCANNED: "neutral",
    StoredFile.Scan.CLEAN: "pass",
    StoredFile.Scan.INFECTED: "fail",
    StoredFile.Scan.FAILED: "unknown",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """One file. Addresses are empty where nothing may be served."""

    id: str
    name: str
    words: str
    scan: str
    pill: str
    small_url: str = ""
    pages: tuple[tuple[int, str], ...] = ()
    original_url: str = ""
    may_turn: bool = False
    quarantined: bool = False


def shown(attachments: Iterable[Attachment], *, room: str, label: str = "") -> tuple[Upload, ...]:
    """Return files for the pages of a room: citizen, counter or bureau, which have addresses of their own."""
    return files((one.file for one in attachments), room=room, label=label)


def files(stored: Iterable[StoredFile], *, room: str, label: str = "") -> tuple[Upload, ...]:
    """Return files that hang on no case for the pages of a room."""
    return tuple(
        _shown(one, room=room, name=f"{label or '文件'} {number}")
        for number, one in enumerate(stored, start=1)
    )


def _shown(stored: StoredFile, *, room: str, name: str) -> Upload:
    scan = StoredFile.Scan(stored.scan)
    waits = scan == StoredFile.Scan.UNSCANNED and bool(settings.CLAMD_URL)
    kind = f"PDF，{stored.pages} 页" if stored.is_pdf else "图片"
    told = Upload(
        id=str(stored.pk),
        name=name,
        words=f"{kind}，{size(stored.size)}",
        scan="正在查毒" if waits else str(scan.label),
        pill=_PILLS[scan],
        quarantined=stored.is_quarantined,
    )
    return told if stored.is_quarantined else _with_addresses(told, stored, room)


def _with_addresses(told: Upload, stored: StoredFile, room: str) -> Upload:
    numbers = range(1, stored.pages + 1)
    return Upload(
        id=told.id,
        name=told.name,
        words=told.words,
        scan=told.scan,
        pill=told.pill,
        small_url=reverse(f"{room}:file_small", args=[stored.pk]),
        pages=tuple((number, reverse(f"{room}:file_page", args=[stored.pk, number])) for number in numbers),
        original_url=reverse(f"{room}:file", args=[stored.pk]) if stored.may_be_taken_away else "",
        may_turn=not stored.is_pdf,
    )


def size(count: int) -> str:
    """Return a size in words: 85 KB, 1.2 MB."""
    if count < 1_000_000:
        return f"{max(1, round(count / 1000))} KB"
    return f"{count / 1_000_000:.1f} MB"
