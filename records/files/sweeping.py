"""Removing what nothing names: transfers that broke off, files whose transaction failed, files of deleted rows."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from common import clock
from records.files.keeping import INCOMING
from records.models import StoredFile

OLD = 3600  # seconds: an upload takes minutes at most


def sweep() -> int:
    """Remove orphans older than an hour, return how many."""
    before = clock.system_time().timestamp() - OLD  # as the files are dated, whatever a demo pretends
    return _sweep_incoming(before) + sum(_sweep_shelf(shelf, before) for shelf in _shelves())


def _sweep_incoming(before: float) -> int:
    folder = settings.FILES_DIR / INCOMING
    left = [path for path in folder.glob("*") if _older(path, before)] if folder.is_dir() else []
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _shelves() -> Iterator[Path]:
    if settings.FILES_DIR.is_dir():
        yield from (path for path in sorted(settings.FILES_DIR.iterdir()) if len(path.name) == 2)


def _sweep_shelf(shelf: Path, before: float) -> int:
    """Compare one shelf with its rows; a folder that is no file's name is somebody else's and stays."""
    old = {file_id: path for path in shelf.iterdir() if _older(path, before) and (file_id := _id_of(path))}
    known = set(StoredFile.objects.filter(pk__in=old).order_by("pk").values_list("pk", flat=True))
    orphans = [path for file_id, path in old.items() if file_id not in known]
    for path in orphans:
        shutil.rmtree(path, ignore_errors=True)
    return len(orphans)


def _id_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(hex=path.name)
    except ValueError:
        return None


def _older(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False
