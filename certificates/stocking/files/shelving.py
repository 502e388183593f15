"""Where files of certificates lie: uploads, refused rows sealed below FILES_DIR; large ones in IMPORT_DIR, by body."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from certificates.stocking.errors import NoSuchFile
from certificates.stocking.files.reading import BLOCK
from records.encrypting.chunks import SealedWriter, unsealed

_OWNER = re.compile(r"[0-9a-f]{32}")
_CODE = re.compile(r"[0-9A-Z]{18}")
UPLOADED, REFUSED = "uploaded", "refused"


def at_path(path: Path, position: int) -> Iterator[bytes]:
    """Give what a file in clear holds from a position on."""
    with path.open("rb") as source:
        source.seek(position)
        while block := source.read(BLOCK):
            yield block


def on_server(name: str, *, body: str) -> Path:
    """Return a file laid down for a body's imports. Raises NoSuchFile for whatever is not in its very own folder."""
    if name not in names_on_server(body):
        raise NoSuchFile
    return Path(settings.IMPORT_DIR) / body / name


def names_on_server(body: str) -> list[str]:
    """Return the names of the files laid down for the imports of a body, in the folder named by its credit code."""
    folder = Path(settings.IMPORT_DIR) / body
    if _CODE.fullmatch(body) is None or folder.is_symlink() or not folder.is_dir():
        return []
    found = sorted(folder.iterdir())
    return [path.name for path in found if path.is_file() and not path.is_symlink() and path.name[0] != "."]


def keep(owner: UUID, part: str, content: Iterable[bytes]) -> None:
    """Seal one part; it appears whole or not at all. The same part written again takes its place."""
    folder = _folder(owner)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = folder / f".{part}"
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        writer = SealedWriter(target, place=_place(owner, part))
        for block in content:
            writer.write(block)
        writer.finish()
        target.flush()
        os.fsync(target.fileno())
    partial.replace(folder / part)


def kept(owner: UUID, part: str, position: int = 0) -> Iterator[bytes]:
    """Give what a part holds from a position on. Raises NoSuchFile, Tampered."""
    path = _folder(owner) / part
    if not path.is_file():
        raise NoSuchFile
    with path.open("rb") as source:
        for block in unsealed(source, place=_place(owner, part)):
            if position < len(block):
                yield block[position:]
            position = max(position - len(block), 0)


def forget(owner: UUID, part: str) -> None:
    """Remove a part; one that is not there is no fault."""
    (_folder(owner) / part).unlink(missing_ok=True)


def forget_all(owner: UUID) -> None:
    """Remove everything that was kept for an import."""
    shutil.rmtree(_folder(owner), ignore_errors=True)


def owners() -> Iterator[tuple[UUID, datetime]]:
    """Give for whom something is kept, and since when it was last changed."""
    folder = Path(settings.FILES_DIR) / "stocking"
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.is_dir() and _OWNER.fullmatch(path.name):
            yield UUID(path.name), datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def keep_refused(owner: UUID, start: int, lines: Iterable[tuple[int, str, str]]) -> None:
    """Seal the refused rows of the chunk that begins at a position: line, reason, the row as it stood there."""
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in lines)
    keep(owner, f"{REFUSED}-{start:015d}", [text.encode("utf-8", "replace")])


def refused(owner: UUID, *, until: int) -> Iterator[tuple[int, str, str]]:
    """Give the refused rows of all chunks that begin before a position, in the order of the file."""
    folder = _folder(owner)
    parts = sorted(path.name for path in folder.glob(f"{REFUSED}-*")) if folder.is_dir() else []
    for part in parts:
        if int(part.removeprefix(f"{REFUSED}-")) < until:
            for text in b"".join(kept(owner, part)).decode().split("\n"):
                line, reason, content = json.loads(text)
                yield line, reason, content


def forget_refused(owner: UUID) -> None:
    """Remove all refused rows: the file is read from its beginning again."""
    for path in _folder(owner).glob(f"{REFUSED}-*"):
        path.unlink(missing_ok=True)


def _folder(owner: UUID) -> Path:
    return Path(settings.FILES_DIR) / "stocking" / owner.hex


def _place(owner: UUID, part: str) -> str:
    return f"stocking:{owner}:{part}"
