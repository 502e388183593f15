"""What lacks before nothing has to be brought (应签未签), ranked by the applications it concerns. Pure.

Who calls brings the applications by matter code: cases stand on a higher floor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from matters.covering.ways import Cover, Coverage, Kind


class Lack(StrEnum):
    """Why a type does not help yet."""

    UNISSUED = "unissued"
    UNUSED = "unused"


WORDS = {
    Lack.UNISSUED: "没有部门签发",
    Lack.UNUSED: "已有签发，事项还没有用",
}


@dataclass(frozen=True, slots=True)
class Place:
    """One material of one matter that a type concerns."""

    coverage: Coverage
    cover: Cover


@dataclass(frozen=True, slots=True)
class Gap:
    """One type that would help: where it is asked for, how many applications that concerns, and what it would free.

    `frees`: the matters that would be certificate-free (免证办) if this one type more were there, and nothing else.
    """

    slug: str
    name: str
    lack: Lack
    places: tuple[Place, ...]
    applications: int
    frees: tuple[Coverage, ...]
    frees_applications: int

    @property
    def matters(self) -> tuple[Coverage, ...]:
        """Return the matters concerned, each once."""
        return tuple(dict.fromkeys(place.coverage for place in self.places))

    @property
    def words(self) -> str:
        """Return what lacks, in words."""
        return WORDS[self.lack]


@dataclass(frozen=True, slots=True)
class Granted:
    """What was granted in a matter: cases, and how many of them left a certificate behind."""

    cases: int
    issued: int

    @property
    def without(self) -> int:
        """Return how many grants left none."""
        return self.cases - self.issued


@dataclass(frozen=True, slots=True)
class Unissued:
    """A matter whose results are not, or not all, certificates in the store."""

    coverage: Coverage
    granted: Granted


def gaps(
    coverages: Iterable[Coverage], *, kinds: Mapping[str, Kind], applications: Mapping[str, int]
) -> list[Gap]:
    """Return every type that lacks somewhere, the one that concerns the most applications first."""
    found: dict[str, list[Place]] = defaultdict(list)
    for coverage in coverages:
        for cover in coverage.covers:
            for slug in sorted(_lacking(cover, kinds)):
                found[slug].append(Place(coverage, cover))
    ranked = [_gap(slug, tuple(places), kinds, applications) for slug, places in found.items()]
    return sorted(
        ranked, key=lambda gap: (-gap.applications, -gap.frees_applications, -len(gap.places), gap.name)
    )


def _lacking(cover: Cover, kinds: Mapping[str, Kind]) -> set[str]:
    """Return the types a material names and cannot have, and the one it wants and does not use."""
    unissued = {slug for slug in cover.asked.certificates if slug in kinds and not kinds[slug].issued}
    return unissued | ({cover.asked.wanted} & kinds.keys())


def _gap(
    slug: str, places: tuple[Place, ...], kinds: Mapping[str, Kind], applications: Mapping[str, int]
) -> Gap:
    matters = dict.fromkeys(place.coverage for place in places)
    frees = tuple(one for one in matters if frees_all(one, slug))
    return Gap(
        slug=slug,
        name=kinds[slug].name,
        lack=Lack.UNUSED if kinds[slug].issued else Lack.UNISSUED,
        places=places,
        applications=_sum(matters, applications),
        frees=frees,
        frees_applications=_sum(frees, applications),
    )


def frees_all(coverage: Coverage, slug: str) -> bool:
    """Return whether one type more makes a matter certificate-free that is not so now."""
    return bool(coverage.brought) and all(slug in cover.types for cover in coverage.brought)


def unissued(coverages: Iterable[Coverage], *, granted: Mapping[str, Granted]) -> list[Unissued]:
    """Return the matters whose grants left no certificate, the most of them first."""
    found = [
        Unissued(one, granted[one.subject.code])
        for one in coverages
        if one.subject.code in granted and granted[one.subject.code].without
    ]
    return sorted(found, key=lambda one: (-one.granted.without, one.coverage.subject.name))


def _sum(matters: Iterable[Coverage], applications: Mapping[str, int]) -> int:
    return sum(applications.get(one.subject.code, 0) for one in matters)
