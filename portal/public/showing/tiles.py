"""The catalogue by life stage (人生阶段): counted from the matters that exist, never from a plan."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from matters.models import Matter

ICONS = {
    "出生": "baby-carriage",
    "教育": "school",
    "就业": "briefcase",
    "就业创业": "briefcase",
    "婚育": "heart",
    "置业": "home",
    "救助": "heart-handshake",
    "退休养老": "armchair",
    "身后": "candle",
    "开办企业": "building-store",
    "开店办企业": "building-store",
    "准营准办": "file-certificate",
    "变更": "refresh",
    "注销退出": "circle-x",
}
ORDER = tuple(ICONS)
OTHER = "其他事项"
FEW = 4  # up to so many tiles each lists its matters instead of naming two


@dataclass(frozen=True, slots=True)
class Tile:
    """One life stage with its matters."""

    name: str
    icon: str
    matters: tuple[Matter, ...]

    @property
    def note(self) -> str:
        """Return two examples."""
        return "、".join(matter.name for matter in self.matters[:2])

    @property
    def count(self) -> str:
        """Return how many matters, with the unit."""
        return f"{len(self.matters)} 项"

    @property
    def url(self) -> str:
        """Return the list of this stage."""
        address = reverse("public:matters")
        return address if self.name == OTHER else f"{address}?{urlencode({'life_event': self.name})}"

    @property
    def straight(self) -> str:
        """Return where one tap leads: of a single matter its guide, of several their list."""
        return reverse("public:guide", args=[self.matters[0].code]) if len(self.matters) == 1 else self.url


def tiles(matters: Iterable[Matter]) -> list[Tile]:
    """Return the stages in the order of life, each with its matters in the order given."""
    stages: dict[str, list[Matter]] = {}
    for matter in matters:
        for stage in matter.life_events or [OTHER]:
            stages.setdefault(stage, []).append(matter)
    names = sorted(stages, key=lambda name: (_place(name), name))
    return [Tile(name, ICONS.get(name, "clipboard-list"), tuple(stages[name])) for name in names]


def distinct(stages: Iterable[Tile]) -> list[Tile]:
    """Return the stages without those that hold nothing an earlier one does not: the same entry stands once."""
    seen: set[Matter] = set()
    kept = []
    for stage in stages:
        if not seen.issuperset(stage.matters):
            seen.update(stage.matters)
            kept.append(stage)
    return kept


def _place(name: str) -> int:
    if name == OTHER:
        return len(ORDER) + 1
    return ORDER.index(name) if name in ORDER else len(ORDER)
