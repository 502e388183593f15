"""What a package must satisfy before it may be published; every fault is named with its path."""

from __future__ import annotations

from dataclasses import dataclass

from matters.package import Package
from matters.sources import Sources


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault and where it is; a warning does not stop publication."""

    path: str
    message: str
    warning: bool = False

    def __str__(self) -> str:
        return f"{self.path}：{self.message}" if self.path else self.message


def errors(found: list[Problem]) -> list[Problem]:
    """Return the faults that stop publication."""
    return [problem for problem in found if not problem.warning]


def problems(package: Package, *, sources: Sources) -> list[Problem]:
    """Return every fault of a package against what exists."""
    return []
