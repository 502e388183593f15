"""The tabs of a draft: its parts, each with how many faults it still has. A page that does not exist is not shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from matters.lint.problem import Problem
from matters.models import EditionDraft

REVIEW = "catalogue:review"
# words, address name (it takes the draft's id), where in the package its faults stand
TABS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("核验表", "catalogue:checks", ("checks", "derived")),
    ("结果表", "catalogue:outcome", ("outcome",)),
    ("其他内容", "catalogue:parts", ("",)),  # whatever no other tab has
    ("试算与样例", "catalogue:try", ("examples",)),
    ("历史回测", "catalogue:backtests", ()),
    ("对比", "catalogue:compare_draft", ()),
    ("复核与发布", REVIEW, ()),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; `faults` counts what bars publication."""

    label: str
    url: str
    current: bool
    faults: int


class Tabs(list[Tab]):
    """The tabs of a draft's page, for its frame and its bar."""

    here = ""

    @property
    def faults(self) -> int:
        """Return how many faults there are in all."""
        return sum(tab.faults for tab in self)

    @property
    def at_review(self) -> bool:
        """Return whether the page shown is the one the bar leads to."""
        return self.here == REVIEW


def tabs(draft: EditionDraft, *, problems: Iterable[Problem] = (), here: str) -> Tabs:
    """Return the tabs of a draft; `here` is the address name of the page shown."""
    counted = _counted(problems)
    found = Tabs(Tab(label, url, name == here, counted.get(name, 0)) for label, name, url in _existing(draft))
    found.here = here
    return found


def first_of(draft: EditionDraft) -> str:
    """Return the address of the first tab there is: where one goes on writing."""
    return _existing(draft)[0][2]


def tab_of(path: str) -> str:
    """Return the address name of the tab in which the fault at a path is mended."""
    part = path.partition("[")[0].partition(".")[0]
    exact = [name for _, name, parts in TABS if part in parts]
    return (exact or [name for _, name, parts in TABS if "" in parts])[0]


def url_of(draft: EditionDraft, name: str) -> str:
    """Return the address of a tab, or an empty text where the page does not exist."""
    try:
        return reverse(name, args=[draft.pk])
    except NoReverseMatch:
        return ""


def _existing(draft: EditionDraft) -> list[tuple[str, str, str]]:
    found = [(label, name, url_of(draft, name)) for label, name, _ in TABS]
    return [row for row in found if row[2]]


def _counted(problems: Iterable[Problem]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for problem in problems:
        if not problem.warning or problem.bars_drafts:
            name = tab_of(problem.path)
            counted[name] = counted.get(name, 0) + 1
    return counted
