"""Looks at a stranger's file in a process apart, with `certificates.verify`: little memory and time, no secrets."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings

AT_ONCE = 2  # of one process: each takes a processor for a second
PATIENCE = 10  # seconds to wait for a turn
SECONDS = 30
_turns = threading.BoundedSemaphore(AT_ONCE)


class NotExamined(Exception):
    """The file could not be looked at: that says nothing about it."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file proves by itself: see `certificates.verify.Verified`."""

    genuine: bool
    reasons: tuple[str, ...]
    terms: Mapping[str, Any] = field(default_factory=dict)
    digest: str = ""
    organ: str = ""
    signed_at: str = ""


def examine(content: Iterable[bytes], *, on: date) -> Examined:
    """Return what a PDF or signed data proves, by the authorities this portal believes. Raises NotExamined."""
    if not _turns.acquire(timeout=PATIENCE):
        raise NotExamined("too many files at once")
    try:
        told = _ask(b"".join(content), on)
    finally:
        _turns.release()
    if told["state"] == "unreadable":
        raise NotExamined("; ".join(told["reasons"]))
    genuine = told["state"] in {"genuine", "out_of_time"}
    known = {name: told[name] for name in ("terms", "digest", "organ", "signed_at")}
    return Examined(genuine, tuple(told["reasons"]), **known)


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
