"""Packages as tests take them: read from files, changed in one place, compiled without a database."""

from __future__ import annotations

import copy
import functools
import json
import re
from pathlib import Path
from typing import Any

from matters.editions import Compiled, compile_package
from matters.format.package import parse_package
from matters.freezing import freeze
from matters.sources import Sources, in_files

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
SHIPPED = sorted((DATA / "matters").glob("*.json"))
TEST_MADE = ROOT / "tests" / "data" / "matters" / "library-card.json"
ALLOWANCE = DATA / "matters" / "senior-allowance.json"
SHOP = DATA / "matters" / "sole-trader-registration.json"
RENEWAL = DATA / "matters" / "food-licence-change.json"


class _Drop:
    """Stands for "remove this": its name is the same in every process, and so are the tests' names."""

    def __repr__(self) -> str:
        return "DROP"


DROP = _Drop()


def read(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document


def changed(document: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy with the value at a path such as "checks[0].name" set, or removed with DROP."""
    copied = copy.deepcopy(document)
    steps: list[Any] = [int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", path)]
    place = copied
    for step in steps[:-1]:
        place = place[step]
    if value is DROP:
        del place[steps[-1]]
    else:
        place[steps[-1]] = value
    return copied


@functools.cache
def filed() -> Sources:
    """The types, registers and places of data/: two hundred files that no test changes, read once."""
    return in_files(DATA)


def sources(*documents: dict[str, Any]) -> Sources:
    return filed().and_of([parse_package(document) for document in documents])


def compiled(document: dict[str, Any]) -> Compiled:
    package = parse_package(document)
    return compile_package(package, vocabulary=freeze(package, sources=sources(document)))
