"""Where files lie: a folder for each below FILES_DIR, named by its id, its parts sealed. Nothing else is on disk."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from records.encrypting.chunks import SealedWriter, unsealed

MAIN, SMALL = "main", "small"  # what was handed in, made harmless | a small picture of its first page
INCOMING = "incoming"


def page_part(number: int) -> str:
    """Return the part that holds the picture of a page."""
    return f"page-{number}"


class Incoming:
    """A file that is being received: sealed as it comes, gone unless it is kept."""

    def __init__(self) -> None:
        """Open the sealed file."""
        self.id = uuid.uuid4()
        self.size = 0
        self.head = b""
        folder = settings.FILES_DIR / INCOMING
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path: Path = folder / self.id.hex
        self._file: BinaryIO | None = _open_new(self.path)
        self._writer = SealedWriter(self._file, place=_place(self.id, MAIN))

    def write(self, content: bytes) -> None:
        """Take more of it."""
        if len(self.head) < 64:
            self.head += content[: 64 - len(self.head)]
        self.size += len(content)
        self._writer.write(content)

    def finish(self) -> None:
        """Seal the rest; then it can be read."""
        if self._file is not None:
            self._writer.finish()
            _close(self._file)
            self._file = None

    def chunks(self) -> Iterator[bytes]:
        """Give what was received."""
        with self.path.open("rb") as source:
            yield from unsealed(source, place=_place(self.id, MAIN))

    def drop(self) -> None:
        """Throw it away, if it was not kept."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self.path.unlink(missing_ok=True)

    close = drop  # what Django calls when the connection breaks off


def folder_of(file_id: uuid.UUID) -> Path:
    """Return the folder of a file; two letters above it keep folders small."""
    return Path(settings.FILES_DIR / file_id.hex[:2] / file_id.hex)


def keep_received(incoming: Incoming) -> None:
    """Make what was received the main part as it is."""
    folder = folder_of(incoming.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    incoming.path.replace(folder / MAIN)


def write(file_id: uuid.UUID, part: str, content: bytes) -> None:
    """Seal one part; it appears whole or not at all."""
    folder = folder_of(file_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = folder / f".{part}-{uuid.uuid4().hex}"
    target = _open_new(partial)
    writer = SealedWriter(target, place=_place(file_id, part))
    writer.write(content)
    writer.finish()
    _close(target)
    partial.replace(folder / part)


def has(file_id: uuid.UUID, part: str) -> bool:
    """Return whether a part is there."""
    return (folder_of(file_id) / part).is_file()


def read(file_id: uuid.UUID, part: str) -> Iterator[bytes]:
    """Give a part chunk by chunk; raises FileNotFoundError, Tampered."""
    with (folder_of(file_id) / part).open("rb") as source:
        yield from unsealed(source, place=_place(file_id, part))


def remove(file_ids: Iterable[uuid.UUID]) -> None:
    """Remove files from disk; those already gone are no fault."""
    for file_id in file_ids:
        shutil.rmtree(folder_of(file_id), ignore_errors=True)


def _place(file_id: uuid.UUID, part: str) -> str:
    return f"file:{file_id}:{part}"


def _open_new(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _close(file: BinaryIO) -> None:
    """Close a file that must outlive a power cut: the row that names it will."""
    file.flush()
    os.fsync(file.fileno())
    file.close()
