"""What nobody has to bring: which matters are certificate-free (免证办), and the page of the published list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache

from common import clock
from matters.covering import listing, reading
from matters.models import FreeList

LABEL = "免证办"
KEPT_SECONDS = 60
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


def whole() -> frozenset[str]:
    """Return the codes of matters with nothing to bring, as the store is; at most a minute old."""
    known: frozenset[str] | None = cache.get("public:free")
    if known is None:
        known = frozenset(one.subject.code for one in reading.coverages(on=clock.today()) if one.whole)
        cache.set("public:free", known, KEPT_SECONDS)
    return known


def labelled(labels: Iterable[str]) -> tuple[str, ...]:
    """Return the labels of a guide but for this one, which is worked out and not written."""
    return tuple(label for label in labels if label != LABEL)


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
