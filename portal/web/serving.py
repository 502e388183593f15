"""Answers with a file: nothing in it can run, nothing of it is kept by caches, its name says nothing."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpResponse

from records.files import storing
from records.models import StoredFile

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def original(stored: StoredFile) -> HttpResponse:
    """Return what was handed in, to be saved and not shown. Raises NoSuchFile, NotScannedYet."""
    ending = "pdf" if stored.is_pdf else "jpg"
    return _answer(
        storing.original(stored), stored.content_type, f'attachment; filename="{_name(stored)}.{ending}"'
    )


def paper(content: bytes, *, name: str) -> HttpResponse:
    """Return a sealed paper, to be saved under a name that says what it is."""
    disposition = f"attachment; filename=\"paper.pdf\"; filename*=UTF-8''{quote(name)}"
    return _answer([content], StoredFile.Type.PDF, disposition)


def page(stored: StoredFile, *, number: int) -> HttpResponse:
    """Return the picture of a page (from 1). Raises NoSuchFile."""
    name = f'inline; filename="{_name(stored)}-{number}.jpg"'
    return _answer(storing.page(stored, number=number), StoredFile.Type.PICTURE, name)


def small(stored: StoredFile) -> HttpResponse:
    """Return the small picture. Raises NoSuchFile."""
    return _answer(storing.small(stored), StoredFile.Type.PICTURE, f'inline; filename="{_name(stored)}.jpg"')


def _answer(chunks: Iterable[bytes], content_type: str, disposition: str) -> HttpResponse:
    """Answer with the whole file: it is small, and what was tampered with is found before the first byte is out."""
    told = {**HEADERS, "Content-Disposition": disposition}
    return HttpResponse(b"".join(chunks), content_type=str(content_type), headers=told)


def _name(stored: StoredFile) -> str:
    return f"file-{stored.pk.hex[:8]}"
