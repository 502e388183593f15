"""What each version of the language knows: a frozen edition is judged, for ever, by the version it was written in.

A new operator, derivation or normalisation is a new version. What a version knows never changes once an edition
was published with it: `tests/rules/golden/` holds each to what its own code once said.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rules.language.derived import DerivedKind
from rules.language.tree import PERIOD_OPS, Op

_DOTS = re.compile("[·•‧∙⋅・･．.●]")


@dataclass(frozen=True, slots=True)
class Language:
    """One version: `gives_day` says whether a derivation may name its day, `types_origins` that origins must fit."""

    ops: frozenset[Op]
    kinds: frozenset[DerivedKind]
    gives_day: bool
    types_origins: bool
    normalised: Callable[[str], str]


def _normalised_1(text: str) -> str:
    """Return text as `same_as` compares it: full-width folded, no spaces, one kind of name dot, x as X."""
    folded = unicodedata.normalize("NFKC", text)
    return _DOTS.sub("·", "".join(folded.split())).upper()


def _normalised_2(text: str) -> str:
    """Return the same without what nobody can see: zero-width signs and marks of direction, pasted along."""
    if not text.isprintable():
        text = "".join([sign for sign in text if unicodedata.category(sign) != "Cf"])
    return _normalised_1(text)


_KINDS_1 = frozenset(
    {
        DerivedKind.AGE,
        DerivedKind.MONTHS_SINCE,
        DerivedKind.DAYS_SINCE,
        DerivedKind.DAYS_UNTIL,
        DerivedKind.COUNT,
        DerivedKind.DIVISION_PREFIX,
    }
)
_KINDS_2 = _KINDS_1 | {DerivedKind.WORKDAYS_SINCE, DerivedKind.WORKDAYS_UNTIL, DerivedKind.SUM}
_OPS_1 = frozenset(Op) - PERIOD_OPS

LANGUAGES: Mapping[int, Language] = {
    1: Language(_OPS_1, _KINDS_1, gives_day=False, types_origins=False, normalised=_normalised_1),
    2: Language(_OPS_1 | PERIOD_OPS, _KINDS_2, gives_day=True, types_origins=True, normalised=_normalised_2),
}
