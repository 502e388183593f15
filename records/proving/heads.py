"""The file outside the database that keeps every block head: a database put back to yesterday cannot hide it."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Self

from records.proving import chain
from records.proving.inspecting import Head

TAIL_BYTES = 4096  # more than two lines


class HeadsUnreadable(ValueError):
    """A line of the heads file is not a head."""


def read_heads(path: Path) -> list[Head]:
    """Return every head of the file, oldest first; none when there is no file."""
    if not path.exists():
        return []
    heads = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            said = json.loads(line)
            heads.append(Head(int(said["height"]), bytes.fromhex(said["hash"])))
        except (ValueError, KeyError, TypeError) as error:
            raise HeadsUnreadable(f"{path} line {number} is not a block head") from error
    return heads


class HeadsFile:
    """The file, open and locked for one appender at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: BinaryIO

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a+b", buffering=0)
        fcntl.flock(self._file, fcntl.LOCK_EX)
        self._drop_torn_line()
        return self

    def __exit__(self, *failure: object) -> None:
        self._file.close()

    def last_height(self) -> int:
        """Return the height of the last head, 0 for an empty file."""
        lines = self._tail().splitlines()
        return int(json.loads(lines[-1])["height"]) if lines else 0

    def append(self, blocks: Iterable[chain.Block]) -> None:
        """Write heads and bring them to the disk."""
        lines = "".join(
            json.dumps({"height": block.height, "hash": block.hash.hex(), "at": chain.moment(block.at)})
            + "\n"
            for block in blocks
        )
        if lines:
            self._file.write(lines.encode())
            os.fsync(self._file.fileno())

    def _tail(self) -> bytes:
        size = self._file.seek(0, os.SEEK_END)
        self._file.seek(max(0, size - TAIL_BYTES))
        return self._file.read()

    def _drop_torn_line(self) -> None:
        """A crash may leave half a line; its block is appended again."""
        torn = len(self._tail().rpartition(b"\n")[2])
        if torn:
            self._file.truncate(self._file.seek(0, os.SEEK_END) - torn)
