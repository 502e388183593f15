"""What the pages about 免证办 show: coverage by matter, what lacks, what one type more would free, real use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from approvals.measuring import covering as cases
from approvals.measuring.covering import Share, Used
from matters.covering import gaps, listing, reading, tables, ways
from matters.covering.gaps import Gap, Unissued
from matters.covering.ways import Coverage
from matters.models import FreeList, Matter


@dataclass(frozen=True, slots=True)
class MatterRow:
    """One matter with its materials and its cases."""

    coverage: Coverage
    share: Share

    @property
    def left(self) -> str:
        """Return the materials that have to be brought, by name."""
        return "、".join(cover.asked.name for cover in self.coverage.brought)


@dataclass(frozen=True, slots=True)
class ListRow:
    """One material of the list as it would be published."""

    matter: str
    material: str
    how: str
    instead: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows. `since` is the first day of the period of all counts of cases."""

    since: date
    rows: Sequence[MatterRow]
    gaps: Sequence[Gap]
    unissued: Sequence[Unissued]
    granted: int
    latest: FreeList | None
    total: Share

    @property
    def whole(self) -> int:
        """Return how many matters are certificate-free."""
        return ways.share_of(tuple(row.coverage for row in self.rows))[0]

    @property
    def materials(self) -> int:
        """Return how many materials there are in all matters."""
        return sum(len(row.coverage.covers) for row in self.rows)

    @property
    def free(self) -> int:
        """Return how many of them nobody brings."""
        return sum(row.coverage.free for row in self.rows)


@dataclass(frozen=True, slots=True)
class MatterPage:
    """One matter: how each material is met, and month by month in how many cases certificates were read."""

    row: MatterRow
    months: Sequence[tuple[date, Share]]
    gaps: Sequence[Gap]
    since: date


@dataclass(frozen=True, slots=True)
class GapPage:
    """One type that lacks, with the share of cases of each matter it concerns."""

    gap: Gap
    shares: Mapping[str, Share]
    since: date

    @property
    def rows(self) -> list[tuple[gaps.Place, int, bool]]:
        """Return each place with the cases of its matter, and whether the type alone would free the matter."""
        freed = set(self.gap.frees)
        return [
            (place, self.shares.get(place.coverage.subject.code, Share()).cases, place.coverage in freed)
            for place in self.gap.places
        ]


def overview(*, on: date) -> Overview:
    """Return the page of all matters: those with something left to bring first, the most applied for on top."""
    kinds = reading.kinds()
    found = reading.coverages(on=on, known=kinds)
    shares = cases.by_matter(cases.used(today=on))
    rows = [MatterRow(one, shares.get(one.subject.code, Share())) for one in found]
    counted = {code: share.cases for code, share in shares.items()}
    granted = cases.granted(today=on)
    total = Share(sum(one.cases for one in shares.values()), sum(one.used for one in shares.values()))
    return Overview(
        since=cases.since(on),
        rows=sorted(rows, key=lambda row: (row.coverage.whole, -row.share.cases, row.coverage.subject.name)),
        gaps=gaps.gaps(found, kinds=kinds, applications=counted),
        unissued=gaps.unissued(found, granted=granted),
        granted=sum(one.cases for one in granted.values()),
        latest=reading.latest(),
        total=total,
    )


def matter_page(matter: Matter, *, on: date) -> MatterPage | None:
    """Return the page of one matter, None before its first edition's day."""
    kinds = reading.kinds()
    coverage = reading.coverage(matter, on=on, known=kinds)
    if coverage is None:
        return None
    months = cases.used(today=on, code=matter.code)
    share = cases.by_matter(months).get(matter.code, Share())
    lacking = gaps.gaps([coverage], kinds=kinds, applications={matter.code: share.cases})
    return MatterPage(MatterRow(coverage, share), _months(months), lacking, cases.since(on))


def gap_page(slug: str, *, on: date) -> GapPage | None:
    """Return the page of one type that lacks, None for one that does not, or that nobody knows."""
    kinds = reading.kinds()
    shares = cases.by_matter(cases.used(today=on))
    counted = {code: share.cases for code, share in shares.items()}
    found = gaps.gaps(reading.coverages(on=on, known=kinds), kinds=kinds, applications=counted)
    gap = next((one for one in found if one.slug == slug), None)
    return GapPage(gap, shares, cases.since(on)) if gap is not None else None


def _months(found: Sequence[Used]) -> list[tuple[date, Share]]:
    return [
        (one.month, Share(one.cases, one.used))
        for one in sorted(found, key=lambda one: one.month, reverse=True)
    ]


def list_rows(content: listing.Content) -> list[ListRow]:
    """Return every material of a list: whether somebody brings it, and what stands in for it."""
    return [
        ListRow(matter["name"], material["name"], tables.how(material), listing.words(material))
        for matter in content["matters"]
        for material in matter["materials"]
    ]
