"""What the stand-in registers know of the demo's people: written under keyed hashes, no number in clear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from portal.demo.district.lives import District, RegisterPages
from portal.demo.district.residents import Resident, filled
from registers.standin import book

Record = tuple[Mapping[str, Any], Mapping[str, Any]]


def write(path: Path, everybody: Sequence[Resident], district: District, *, today: date) -> None:
    """Write the file `serve_registers` reads; it picks up a new one by itself."""
    found = {
        name: list(records(name, pages, everybody, today=today)) for name, pages in district.registers.items()
    }
    book.write(path, found)


def records(
    name: str, pages: RegisterPages, everybody: Sequence[Resident], *, today: date
) -> Iterator[Record]:
    """Yield one register's records: the usual one, a life's own, or none where the register knows nothing."""
    for one in everybody:
        if pages.of == "business" and one.business is None:
            continue
        values = one.registers.get(name, pages.usual)
        if values is not None:
            words = one.words(today=today)
            yield filled(pages.key, words), filled(values, words)
