"""The published list of what nobody has to bring (免证办清单) as its page shows it: matters by body, narrowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from matters.covering import listing
from matters.models import FreeList

A_PAGE = 20
LONGEST = 80
KINDS = {  # kind of change → icon and word
    "added": ("plus", "新列入"),
    "freed": ("circle-check", "不用带了"),
    "changed": ("refresh", "有变化"),
    "bound": ("alert-circle", "要带了"),
    "gone": ("circle-x", "移出"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One material of a matter."""

    name: str
    free: bool
    words: str
    situation: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One matter of the list."""

    code: str
    name: str
    department: str
    whole: bool
    lines: tuple[Line, ...]

    @property
    def left(self) -> int:
        """Return how many materials still have to be brought."""
        return sum(not line.free for line in self.lines)

    @property
    def left_words(self) -> str:
        """Return the same in words."""
        return f"{self.left} 份材料"


@dataclass(frozen=True, slots=True)
class Changed:
    """One change since the list before."""

    icon: str
    word: str
    matter: str
    text: str


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which part of the list is looked at; empty means all."""

    department: str = ""
    whole: bool = False

    @property
    def query(self) -> str:
        """Return the address's query."""
        given = ({"department": self.department} if self.department else {}) | (
            {"whole": "1"} if self.whole else {}
        )
        return f"?{urlencode(given)}"


def narrowed(query: Mapping[str, str]) -> Narrowed:
    """Read what was asked for; a body that is not on the list leaves nothing, and the page says so."""
    return Narrowed(str(query.get("department", "")).strip()[:LONGEST], query.get("whole") == "1")


def entries(published: FreeList, asked: Narrowed) -> list[Entry]:
    """Return the matters of a list that fit."""
    found = [_entry(matter) for matter in published.content["matters"]]
    return [
        one
        for one in found
        if (not asked.department or one.department == asked.department) and (one.whole or not asked.whole)
    ]


def filters(published: FreeList, asked: Narrowed) -> Iterator[tuple[str, Sequence[tuple[str, str, bool]]]]:
    """Yield each row of filters: title, and (label, query, chosen)."""
    yield (
        "要不要带",
        [
            ("全部", Narrowed(asked.department).query, not asked.whole),
            ("什么都不用带", Narrowed(asked.department, whole=True).query, asked.whole),
        ],
    )
    bodies = sorted({str(matter["department"]) for matter in published.content["matters"]})
    choices = [("全部", Narrowed("", asked.whole).query, not asked.department)]
    yield (
        "部门",
        choices + [(one, Narrowed(one, asked.whole).query, one == asked.department) for one in bodies],
    )


def changed(published: FreeList) -> list[Changed]:
    """Return what changed since the list before, in words."""
    return [Changed(*KINDS[one["kind"]], one["matter"], one["text"]) for one in published.changes]


def _entry(matter: Mapping[str, Any]) -> Entry:
    lines = tuple(
        Line(one["name"], one["free"], listing.words(one), one["situation"]) for one in matter["materials"]
    )
    return Entry(matter["code"], matter["name"], matter["department"], matter["whole"], lines)
