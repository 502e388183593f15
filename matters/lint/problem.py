"""One fault of a package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault, where it is, and whether it only warns. Some warnings bar what is written as a draft."""

    path: str
    message: str
    warning: bool = False
    bars_drafts: bool = False

    def __str__(self) -> str:
        return f"{self.path}：{self.message}" if self.path else self.message
