"""The way to a virus scanner: clamd's INSTREAM over TCP or a Unix socket, within a time limit for the whole scan."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from typing import Self
from urllib.parse import urlsplit

from common import clock

SECONDS = 30  # for one file, from connecting to the answer
LONGEST_ANSWER = 4096
FOUND, CLEAN = " FOUND", " OK"


class ScannerDown(Exception):
    """The scanner did not answer, not in time, or not as clamd answers; the text names no file and no person."""


def scan(chunks: Iterable[bytes], *, url: str, seconds: float = SECONDS) -> str:
    """Return the name of what was found, empty for nothing. Raises ScannerDown."""
    with _Line(url, seconds=seconds) as line:
        line.send(b"zINSTREAM\0")
        for chunk in chunks:
            line.send(struct.pack("!L", len(chunk)) + chunk)
        line.send(struct.pack("!L", 0))
        answer = line.receive().removeprefix("stream:").strip()
    if answer.endswith(FOUND):
        return answer.removesuffix(FOUND)[:100] or "?"
    if f" {answer}".endswith(CLEAN):
        return ""
    raise ScannerDown(f"unexpected answer: {answer[:80]}")


def ping(*, url: str, seconds: float = 3) -> bool:
    """Return whether a scanner answers."""
    try:
        with _Line(url, seconds=seconds) as line:
            line.send(b"zPING\0")
            return line.receive() == "PONG"
    except ScannerDown:
        return False


class _Line:
    """One connection; every step may take what is left of the time."""

    def __init__(self, url: str, *, seconds: float) -> None:
        self._url, self._until = url, clock.monotonic_ms() + seconds * 1000

    def __enter__(self) -> Self:
        self._socket = self._connected()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._socket.close()

    def send(self, content: bytes) -> None:
        try:
            self._socket.settimeout(self._left())
            self._socket.sendall(content)
        except OSError as error:
            raise ScannerDown(type(error).__name__) from error

    def receive(self) -> str:
        """Return the answer up to its NUL."""
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            try:
                self._socket.settimeout(self._left())
                part = self._socket.recv(LONGEST_ANSWER)
            except OSError as error:
                raise ScannerDown(type(error).__name__) from error
            if not part:
                break
            answer += part
        return answer.rstrip(b"\0").decode("utf-8", "replace").strip()

    def _connected(self) -> socket.socket:
        parts = urlsplit(self._url)
        try:
            if parts.scheme == "unix":
                return _unix_line(parts.path, seconds=self._left())
            address = (parts.hostname or "", parts.port or 3310)
            return socket.create_connection(address, timeout=self._left())
        except (OSError, ValueError) as error:
            raise ScannerDown(type(error).__name__) from error

    def _left(self) -> float:
        left = (self._until - clock.monotonic_ms()) / 1000
        if left <= 0:
            raise ScannerDown("timed out")
        return left


def _unix_line(path: str, *, seconds: float) -> socket.socket:
    line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        line.settimeout(seconds)
        line.connect(path)
    except OSError:
        line.close()
        raise
    return line
