"""The list of matters: what was asked for, what is found, and how it can be narrowed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from common import clock
from matters import selectors
from matters.models import Edition, Matter
from portal.public.showing import free_lists, tiles
from portal.public.showing.figures import Count90, Figures

A_PAGE = 20
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """The query and the filters; empty means all."""

    q: str = ""
    applicant: str = ""
    life_event: str = ""
    mode: str = ""
    free: str = ""

    @property
    def url(self) -> str:
        """Return the list's address with these filters."""
        given = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        return reverse("public:matters") + (f"?{urlencode(given)}" if given else "")

    @property
    def narrowed(self) -> bool:
        """Return whether a filter besides the words is on."""
        return bool(self.applicant or self.life_event or self.mode or self.free)


@dataclass(frozen=True, slots=True)
class Row:
    """One matter of the list."""

    matter: Matter
    labels: tuple[str, ...]
    free: bool
    figure: Count90


@dataclass(frozen=True, slots=True)
class Choice:
    """One filter: where it leads and whether it is on."""

    label: str
    url: str
    current: bool


def wanted(query: Mapping[str, str]) -> Wanted:
    """Read the query; a filter that does not exist counts as not chosen."""
    applicant, mode = str(query.get("applicant", "")), str(query.get("mode", ""))
    return Wanted(
        q=str(query.get("q", "")).strip()[:LONGEST],
        applicant=applicant if applicant in Matter.Applicant.values else "",
        life_event=str(query.get("life_event", ""))[:LONGEST],
        mode=mode if mode in Matter.Mode.values else "",
        free="1" if query.get("free") == "1" else "",
    )


def find(asked: Wanted) -> list[Matter]:
    """Return the matters that fit, the closest first."""
    found = selectors.search(asked.q, applicant=asked.applicant or None, life_event=asked.life_event or None)
    whole = free_lists.whole() if asked.free else frozenset()
    return [
        matter
        for matter in found
        if (not asked.mode or _handled(matter) == asked.mode) and (not asked.free or matter.code in whole)
    ]


def _handled(matter: Matter) -> str:
    """Return by which filter a matter is found; while its deciding at once is stopped, by none."""
    return "" if matter.instant_stop_id is not None else str(matter.mode)


def rows(matters: Sequence[Matter], known: Figures) -> list[Row]:
    """Return the rows of one page, with the labels of each edition in one query."""
    today = clock.today()
    named = {matter.pk: matter.edition_id_on(today) for matter in matters}
    editions = Edition.objects.filter(pk__in=[pk for pk in named.values() if pk]).order_by("pk")
    labels: dict[UUID | None, list[str]] = dict(editions.values_list("pk", "content__guide__labels"))
    whole = free_lists.whole()
    return [
        Row(
            each,
            free_lists.labelled(labels.get(named[each.pk]) or ()),
            each.code in whole,
            known.of(each),
        )
        for each in matters
    ]


def filters(asked: Wanted) -> list[tuple[str, list[Choice]]]:
    """Return the filters that lead somewhere, each keeping the others."""
    everything = list(selectors.in_force())
    applicants = [
        ("", "全部"),
        (Matter.Applicant.PERSON, "个人办事"),
        (Matter.Applicant.ORGANISATION, "法人办事"),
    ]
    stages = [
        ("", "全部"),
        *((each.name, each.name) for each in tiles.tiles(everything) if each.name != tiles.OTHER),
    ]
    modes = [("", "全部"), *Matter.Mode.choices]
    whole = free_lists.whole() & {matter.code for matter in everything}
    free = [("", "全部"), ("1", "什么都不用带")] if 0 < len(whole) < len(everything) else []
    used = {matter.applicant for matter in everything}, {_handled(matter) for matter in everything}
    found = [
        (
            "给谁办",
            _choices(asked, "applicant", [each for each in applicants if not each[0] or each[0] in used[0]]),
        ),
        ("人生阶段", _choices(asked, "life_event", stages)),
        ("办理方式", _choices(asked, "mode", [each for each in modes if not each[0] or each[0] in used[1]])),
    ]
    leading = [
        (title, choices) for title, choices in found if len(choices) > 2
    ]  # "all" and one other say the same
    return [*leading, ("要带什么", _choices(asked, "free", free))] if free else leading


def _choices(asked: Wanted, name: str, known: Sequence[tuple[str, str]]) -> list[Choice]:
    return [
        Choice(str(label), replace(asked, **{name: str(value)}).url, str(value) == getattr(asked, name))
        for value, label in known
    ]
