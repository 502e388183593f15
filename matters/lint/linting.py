"""What a package must satisfy before it may be published; every fault is named with its path."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from matters.editions import Compiled, compile_package
from matters.format.package import Package
from matters.freezing import freeze
from matters.lint import examples, guide, names, results
from matters.lint.problem import Problem
from matters.sources import Sources
from rules.language.invalid import problems_in


@dataclass(frozen=True, slots=True)
class Linted:
    """A package prepared with what exists, and its faults; it cannot be prepared where its vocabulary is none."""

    compiled: Compiled | None
    problems: list[Problem]


def lint(package: Package, *, sources: Sources) -> Linted:
    """Return every fault of a package against what exists; examples run only once every name is right."""
    found = list(guide.problems(package))
    try:
        compiled = compile_package(package, vocabulary=freeze(package, sources=sources))
    except ValidationError as error:
        return Linted(None, found + [Problem(path, message) for path, message in problems_in(error)])
    found += names.problems(compiled, sources=sources)
    found += results.problems(compiled, sources=sources)
    if not errors(found):
        found += examples.problems(compiled)
    return Linted(compiled, found)


def problems(package: Package, *, sources: Sources) -> list[Problem]:
    """Return every fault of a package, for whom it need not be prepared."""
    return lint(package, sources=sources).problems


def errors(found: list[Problem]) -> list[Problem]:
    """Return the faults that stop publication."""
    return [problem for problem in found if not problem.warning]


__all__ = ["Linted", "Problem", "errors", "lint", "problems"]
