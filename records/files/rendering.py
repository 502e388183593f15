"""Making what was uploaded harmless: pictures are drawn anew, PDFs drawn by page, in a process apart."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from records.files.errors import Active, Broken, Busy, FileRefused, Locked, TooManyPages, TooManyPixels
from records.files.recognising import Kind

PROGRAM = Path(__file__).with_name("drawing.py")
SMALL_SIDE = 640  # pixels of the small picture: sharp on a phone, about 50 KB
AT_ONCE = 2  # of one process: each may take a processor and hundreds of megabytes
PATIENCE = 15  # seconds to wait for a turn
_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True, slots=True)
class Drawn:
    """Pages counted, and pictures by part."""

    pages: int
    parts: Mapping[str, bytes]


def first_look(content: Iterable[bytes], *, kind: Kind, turned: bool = False) -> Drawn:
    """Return a picture drawn anew (turned to the right if asked), or a PDF's first page. Raises FileRefused."""
    if kind is Kind.PDF:
        return _draw({"do": "look"}, content)
    return _draw({"do": "picture", "format": str(kind), "turn": turned}, content)


def page(content: Iterable[bytes], *, number: int) -> bytes:
    """Return the picture of a page of a PDF (from 1). Raises FileRefused."""
    return _draw({"do": "page", "page": number}, content).parts["page"]


def _draw(order: dict[str, Any], content: Iterable[bytes]) -> Drawn:
    limits = settings.FILES
    told = {key: limits[key] for key in ("pixels", "pages", "longest", "seconds")}
    line = json.dumps({**told, "small": SMALL_SIDE, **order}).encode() + b"\n"
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        answer = _ask(line + b"".join(content), seconds=limits["seconds"])
    finally:
        _turns.release()
    head, _, body = answer.partition(b"\n")
    told = json.loads(head)
    if "refused" in told:
        raise _error(told)
    return Drawn(told["pages"], dict(_parts(told["parts"], body)))


def _ask(sent: bytes, *, seconds: int) -> bytes:
    """Run the program with an empty environment; one that dies or hangs has met a file nobody should open."""
    command = [sys.executable, "-I", str(PROGRAM)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, no shell, nothing of the file in the command
            command, input=sent, capture_output=True, timeout=seconds + 5, env={}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Broken from error
    if done.returncode != 0 or b"\n" not in done.stdout:
        raise Broken
    return done.stdout


def _parts(told: list[list[Any]], body: bytes) -> Iterable[tuple[str, bytes]]:
    at = 0
    for name, length in told:
        yield name, body[at : at + length]
        at += length


def _error(told: Mapping[str, Any]) -> FileRefused:
    match told["refused"]:
        case "pixels":
            return TooManyPixels(width=told["width"], height=told["height"])
        case "pages":
            return TooManyPages(told["pages"], limit=settings.FILES["pages"])
        case "locked":
            return Locked()
        case "active":
            return Active()
    return Broken()
