"""The values components are drawn from. A value outside its list fails at once, before a citizen sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final


class UnknownProp(ValueError):
    """A component was given a value it does not know."""


def one_of(name: str, value: str, known: Sequence[str]) -> str:
    """Return the value, or raise UnknownProp naming what is allowed."""
    if value not in known:
        raise UnknownProp(f"{name}={value!r}; known: {', '.join(known)}")
    return value


CHIPS: Final = {
    "instant": "bolt",
    "free": "",
    "plain": "",
    "valid": "check",
    "soon": "clock",
    "dead": "circle-x",
    "old": "versions",
    "demo": "",
    "on-deep": "check",
}
PILLS: Final = {
    "pass": ("check", "通过"),
    "unknown": ("help-circle", "未能核实"),
    "fail": ("x", "不通过"),
    "waiting": ("progress", "办理中"),
    "neutral": ("", ""),
}
BANNERS: Final = {
    "wait": "loader-2",
    "info": "info-circle",
    "pass": "circle-check",
    "down": "alert-triangle",
    "fault": "alert-circle",
}
BUTTONS: Final = ("primary", "second", "plain", "pass", "warn", "link")
SIZES: Final = ("", "action", "small", "dense")
BAR_KINDS: Final = ("statutory", "committed", "real")
STEP_STATES: Final = ("done", "now", "ahead")
DAY_KINDS: Final = ("start", "work", "rest", "due", "late")
CERTIFICATE_STATES: Final = {
    "valid": ("有效", "valid"),
    "soon": ("即将到期", "soon"),
    "expired": ("已过期", "dead"),
    "revoked": ("已吊销", "dead"),
    "annulled": ("已撤销", "dead"),
    "withdrawn": ("已撤回", "dead"),
    "cancelled": ("已注销", "dead"),
    "superseded": ("被替代", "old"),
    "suspended": ("已暂停", "soon"),
    "unissued": ("还没有签发", "soon"),
}
OUTCOMES: Final = ("fail", "unknown", "pass")


@dataclass(frozen=True, slots=True)
class Law:
    """One law a check stands on: how it is cited, and its words."""

    cited: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One check of the verification sheet (核验单); `told` is what the applicant is told of it."""

    name: str
    expected: str
    seen: str
    laws: Sequence[Law]
    source: str
    detail: str
    outcome: str
    told: str = ""

    def __post_init__(self) -> None:
        """Refuse an unknown outcome."""
        one_of("outcome", self.outcome, OUTCOMES)

    @property
    def basis(self) -> tuple[str, ...]:
        """Return the citations."""
        return tuple(law.cited for law in self.laws)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a timeline."""

    label: str
    detail: str
    state: str
    now_words: str = "正在办理"

    def __post_init__(self) -> None:
        """Refuse an unknown state."""
        one_of("state", self.state, STEP_STATES)


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day of the deadline strip; `words` stands under it (受理, 休, 1, 2 …)."""

    day: date
    kind: str
    words: str
    today: bool = False

    def __post_init__(self) -> None:
        """Refuse an unknown kind."""
        one_of("kind", self.kind, DAY_KINDS)


@dataclass(frozen=True, slots=True)
class TimeBar:
    """One limit or duration; `share` of the longest one, 0 to 1."""

    label: str
    value: str
    share: float
    kind: str

    def __post_init__(self) -> None:
        """Refuse an unknown kind or a share outside 0 to 1."""
        one_of("kind", self.kind, BAR_KINDS)
        if not 0 <= self.share <= 1:
            raise UnknownProp(f"share={self.share}; 0 to 1")

    @property
    def width(self) -> str:
        """Return the bar's width; never so small that it cannot be seen."""
        return f"{max(self.share * 100, 0.6):.1f}%"


@dataclass(frozen=True, slots=True)
class Act:
    """One act on a card: a link."""

    label: str
    url: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class CertificateFace:
    """What a certificate card shows. `seal_text` names the issuer on the drawn seal, `seal_purpose` what it is for."""

    title: str
    state: str
    rows: Sequence[tuple[str, str]]
    number: str
    identifier: str = ""
    check_url: str = ""
    code_url: str = ""
    issuer: str = ""
    seal_text: str = ""
    seal_purpose: str = "演示专用章"
    icon: str = "certificate"
    note: str = ""
    url: str = ""
    acts: Sequence[Act] = field(default_factory=tuple)

    def __post_init__(self) -> None:
        """Refuse an unknown state."""
        one_of("state", self.state, tuple(CERTIFICATE_STATES))

    @property
    def state_words(self) -> str:
        """Return the state as the card says it."""
        return CERTIFICATE_STATES[self.state][0]

    @property
    def chip(self) -> str:
        """Return the kind of chip the state is drawn with."""
        return CERTIFICATE_STATES[self.state][1]


@dataclass(frozen=True, slots=True)
class Level:
    """One of the five rating levels (GB/T 39735) with the tags that belong to it."""

    value: int
    label: str
    tags: Sequence[tuple[str, str]] = ()

    @property
    def icon(self) -> str:
        """Return the face; the word always stands beside it."""
        return {5: "mood-happy", 4: "mood-smile", 3: "mood-empty", 2: "mood-sad", 1: "mood-angry"}[self.value]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a data table."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a summary list."""

    label: str
    value: str
    source: str = ""
    change_url: str = ""
