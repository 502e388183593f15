"""What the stand-in knows: made-up records, filed under keyed hashes, so that no ID number lies in a file or memory."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from common.identifiers import tidy

Values = Mapping[str, Any]
Key = Mapping[str, Any]
FORMAT = 1


@dataclass(slots=True)
class Pages:
    """One register's records by hashed key; `default` answers for every key it does not hold, None says no hit."""

    records: dict[str, Values] = field(default_factory=dict)
    default: Values | None = None


class Book:
    """All registers of the stand-in; read again when its file changes."""

    def __init__(self, path: Path | None = None, *, names: Iterable[str] = ()) -> None:
        self.path = path
        self.registers: dict[str, Pages] = {name: Pages() for name in names}
        self._by_hand: dict[str, dict[str, Values]] = {}
        self._read_at = 0

    def refresh(self) -> None:
        """Read the file if it was written since; what was added by hand stays."""
        written = self.path.stat().st_mtime_ns if self.path and self.path.is_file() else 0
        if self.path and written and written != self._read_at:
            self._read_at = written
            for name, pages in json.loads(self.path.read_text(encoding="utf-8"))["registers"].items():
                self.registers[name] = Pages(pages["records"] | self._by_hand.get(name, {}), pages["default"])

    def add(self, name: str, records: Iterable[tuple[Key, Values]]) -> None:
        """Add records to a register, which need not exist yet."""
        added = {hashed(name, key): values for key, values in records}
        self._by_hand.setdefault(name, {}).update(added)
        self.registers.setdefault(name, Pages()).records |= added

    def find(self, name: str, key: Key) -> Values | None:
        """Return the values of a hit, or None; KeyError for a register nobody knows."""
        pages = self.registers[name]
        return pages.records.get(hashed(name, key), pages.default)


def hashed(name: str, key: Key) -> str:
    """Return the keyed hash under which a record is filed."""
    parts = sorted((parameter, tidy(str(value)).upper()) for parameter, value in key.items())
    text = json.dumps(["standin", name, parts], ensure_ascii=False)
    return hmac.new(settings.HASH_KEY, text.encode(), hashlib.sha256).hexdigest()


def write(
    path: Path,
    records: Mapping[str, Iterable[tuple[Key, Values]]],
    *,
    defaults: Mapping[str, Values] | None = None,
) -> None:
    """Write the stand-in's file: register → (key, values) pairs; values hold nothing that identifies a person."""
    book = Book()
    for name, pairs in records.items():
        book.add(name, pairs)
    for name, values in (defaults or {}).items():
        book.registers.setdefault(name, Pages()).default = values
    registers = {
        name: {"default": pages.default, "records": pages.records} for name, pages in book.registers.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text(
        json.dumps({"format": FORMAT, "registers": registers}, ensure_ascii=False), encoding="utf-8"
    )
    fresh.replace(path)
