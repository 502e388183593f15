"""Looks at a stranger's file in a process apart, with `certificates.verify`: little memory and time, no secrets."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

from certificates.models import SealedPaper

AT_ONCE = 2  # of one process: each takes a processor for a second
PATIENCE = 10  # seconds to wait for a turn
SECONDS = 30
_turns = threading.BoundedSemaphore(AT_ONCE)


class NotExamined(Exception):
    """The file could not be looked at: that says nothing about it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file proves by itself: see `certificates.verify.Verified`; `made_here`: every byte of it is ours.

    A decision or a notice carries no data: its seal proves who sealed it, and `made_here` that this portal did.
    """

    genuine: bool
    sealed: bool
    reasons: tuple[str, ...]
    terms: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    organ: str = ""
    signed_at: str = ""
    made_here: bool = False


def examine(content: Iterable[bytes], *, on: date) -> Examined:
    """Return what a PDF or signed data proves, by the authorities this portal believes. Raises NotExamined."""
    if not _turns.acquire(timeout=PATIENCE):
        raise NotExamined("too many files at once")
    try:
        whole = b"".join(content)
        told = _ask(whole, on)
    finally:
        _turns.release()
    if told["state"] == "unreadable":
        raise NotExamined("; ".join(told["reasons"]))
    genuine, sealed = told["state"] in {"genuine", "out_of_time"}, told["state"] == "sealed"
    made_here = sealed and SealedPaper.objects.filter(sha256=hashlib.sha256(whole).hexdigest()).exists()
    known = {name: told[name] for name in ("terms", "digest", "organ", "signed_at")}
    return Examined(genuine, sealed, tuple(told["reasons"]), made_here=made_here, **known)


def _ask(content: bytes, on: date) -> dict[str, Any]:
    trusted = settings.SEAL_AUTHORITIES_FILE
    command = [
        sys.executable,
        "-m",
        "certificates.verify",
        "-",
        "--json",
        "--bounded",
        "--on",
        on.isoformat(),
    ]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, no shell, nothing of the file in the command
            [*command, "--trust", str(trusted)],
            input=content,
            capture_output=True,
            timeout=SECONDS,
            env={},
            cwd=settings.BASE_DIR,
            check=False,
        )
        told: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError, OSError) as error:
        raise NotExamined(type(error).__name__) from error
    return told
