"""What is wrong with a package as it stands, before anything is published."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matters import editions
from matters.editions import Compiled
from matters.format.package import Package, parse_package
from matters.lint import linting
from matters.lint.leftovers import Leftover, leftovers
from matters.lint.problem import Problem
from matters.models import EditionDraft
from matters.sources import Sources, stored
from matters.writing import neighbours
from rules import InvalidTree

log = logging.getLogger(__name__)
UNEXAMINED = "检查这份草稿时系统出了错，请撤回最近一次修改；仍不行的，请联系技术人员"


@dataclass(frozen=True, slots=True)
class Examined:
    """A package held against what exists today: `package` and `compiled` are None where it cannot be read."""

    package: Package | None
    compiled: Compiled | None
    problems: tuple[Problem, ...]
    leftovers: tuple[Leftover, ...] = ()

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return what bars publication."""
        return tuple(linting.errors(list(self.problems)))

    def under(self, path: str) -> tuple[Problem, ...]:
        """Return the problems at a place of the package or below it."""
        return tuple(
            p for p in self.problems if p.path == path or p.path.startswith((f"{path}.", f"{path}["))
        )


def bars(examined: Examined) -> tuple[Problem, ...]:
    """Return what bars handing in: errors, and checks without an example that passes and one that fails.

    A file from elsewhere may lack those examples; who writes on these pages has what it takes to make them.
    """
    return tuple(p for p in examined.problems if not p.warning or p.bars_drafts)


def of_draft(draft: EditionDraft, *, sources: Sources | None = None) -> Examined:
    """Return a draft examined, also beside its neighbours and beside what its conditions asked where it was begun."""
    found = examine(draft.content, sources=sources)
    found = replace(found, problems=(*found.problems, *neighbours.problems(draft)))
    if draft.based_on is None:
        return found
    vocabulary = found.compiled.vocabulary if found.compiled else editions.compiled(draft.based_on).vocabulary
    stale = leftovers(draft.based_on.content, draft.content, vocabulary=vocabulary)
    return replace(found, problems=(*found.problems, *(one.problem for one in stale)), leftovers=stale)


def examine(content: Mapping[str, Any], *, sources: Sources | None = None) -> Examined:
    """Return a package read and checked, examples and all; never raises for what somebody wrote."""
    sources = sources or stored()
    try:
        package = parse_package(content)
        sources = sources.and_of([package])
    except InvalidTree as error:
        return Examined(None, None, tuple(Problem(path, message) for path, message in error.problems))
    try:
        linted = linting.lint(package, sources=sources)
    except (
        Exception
    ):  # a fault of ours in looking for faults must never lock a draft: it bars publishing, no more
        log.exception("a draft could not be examined")
        return Examined(package, None, (Problem("", UNEXAMINED),))
    return Examined(package, linted.compiled, tuple(linted.problems))
