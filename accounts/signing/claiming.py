"""What the identity platform calls things: data/identity/platform.json, read once in a process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from pydantic import BaseModel, ConfigDict

from accounts.models import Person


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, as the platform says. `subject` is what it calls them, and means nothing to anybody else."""

    subject: str
    name: str
    id_number: str
    level: int
    mobile: str = ""


class Claims(BaseModel):
    """Under which names the platform tells what it knows; an empty one is not told."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    id_number: str
    level: str
    mobile: str = ""


class Platform(BaseModel):
    """How one platform speaks. `levels`: its own word → a level of Person.RealNameLevel; an unknown word is 0."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    scope: tuple[str, ...]
    claims: Claims
    levels: Mapping[str, Literal[0, 2, 3]]

    def identity(self, told: Mapping[str, Any]) -> Identity:
        """Return who it is."""
        level = self.levels.get(_text(told, self.claims.level), Person.RealNameLevel.UNVERIFIED)
        return Identity(
            subject=_text(told, "sub"),
            name=_text(told, self.claims.name),
            id_number=_text(told, self.claims.id_number),
            level=int(level),
            mobile=_text(told, self.claims.mobile),
        )

    def wants_more_than(self, told: Mapping[str, Any]) -> bool:
        """Return whether the token leaves out what userinfo may tell."""
        return any(name not in told for name in (self.claims.name, self.claims.id_number, self.claims.level))


@cache
def platform() -> Platform:
    """Return how the platform speaks."""
    path = Path(settings.PLATFORM_CLAIMS_FILE)
    return Platform.model_validate(json.loads(path.read_text(encoding="utf-8")))


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "") if name else ""
    return str(value).strip() if isinstance(value, str | int) else ""
