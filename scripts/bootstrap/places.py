"""Where things are kept: the checkout, its var/ folder, free ports."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from pathlib import Path

from bootstrap.console import Trouble

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
RUN = VAR / "run"
LOG = VAR / "log"
VENV = ROOT / ".venv"
FIRST_PORT, LAST_PORT = 20_000, 32_000  # Linux takes 32768 and up for outgoing connections


def make_folders() -> None:
    """Make var/ with a private run/ and log/; var/ itself may be entered by PostgreSQL's unprivileged user."""
    try:
        for folder, mode in ((VAR, 0o711), (RUN, 0o700), (LOG, 0o700)):
            folder.mkdir(exist_ok=True)
            if folder.stat().st_uid == os.geteuid():
                folder.chmod(mode)
            elif os.geteuid() != 0:
                raise PermissionError(folder)
    except PermissionError as error:
        raise Trouble(
            f"{error.filename or error} belongs to another user.",
            advice=f"Run this as the user who first ran it here, or remove {VAR} and {VENV} as that user.",
        ) from error


def is_free(port: int) -> bool:
    """Return whether nothing listens on this port of the loopback address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port nobody uses: below those that outgoing connections take, or it may be gone a moment later."""
    for _ in range(200):
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if is_free(port):
            return port
    raise Trouble(f"No free port from {FIRST_PORT} to {LAST_PORT}.", advice="Stop what listens there.")


def next_free_port(first: int) -> int:
    """Return the first free port from `first` on."""
    for port in range(first, min(first + 200, 65536)):
        if is_free(port):
            return port
    raise Trouble(
        f"No free port between {first} and {first + 199}.", advice="Give one: scripts/demo --port 9000"
    )


def fingerprint(*patterns: str) -> str:
    """Return what changes when a file below these folders of the checkout, or the lock file, does."""
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for folder in sorted(folder for pattern in patterns for folder in ROOT.glob(pattern)):
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"):
            digest.update(f"{path.relative_to(ROOT)} ".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, in one step: a reader sees the old text or the new one."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)
