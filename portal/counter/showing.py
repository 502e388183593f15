"""What a window shows of a scan: who it is (masked), how far it has come, and the fields it may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import Organisation
from approvals.applying import confirming
from approvals.states import ApplicationState
from certificates import schemas, selectors
from certificates.models import Scan
from certificates.presenting import codes
from certificates.presenting.seeing import Seen
from certificates.presenting.stages import ANSWER_WITHIN, ASK_WITHIN, Stage, stage
from certificates.states import UseOutcome
from common.identifiers import mask_id, mask_name
from common.reading import by_reading
from portal.counter import taken

WORDS = {
    Stage.SCANNED: ("waiting", "已扫码"),
    Stage.ASKED: ("waiting", "等群众回答"),
    Stage.OPEN: ("pass", "已同意"),
    Stage.REFUSED: ("fail", "群众没有同意"),
    Stage.LAPSED: ("neutral", "已过时"),
    Stage.OVER: ("neutral", "已结束"),
    Stage.WITHDRAWN: ("fail", "群众已撤回"),
    Stage.LEFT: ("neutral", "已结束"),
}
NOTHING_AGREED = {Stage.REFUSED, Stage.LAPSED}  # what another scan filed under the same number is not theirs
MISSING = {
    UseOutcome.NOT_HELD: "证照库里没有。请群众出示实体证件。",
    UseOutcome.EXPIRED: "已过期或还没有生效。请群众出示有效的实体证件，或先去续办。",
    UseOutcome.REVOKED: "已失效或暂停使用，不能采用。请向发证机关核对。",
    UseOutcome.AMBIGUOUS: "有几张有效的，分不清用哪张。请群众出示实体证件。",
    UseOutcome.UNREADABLE: "内容和签发时不一致，不能采用。请报告系统管理员，并核对实体证件。",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Who stands at the window, masked."""

    name: str
    number: str
    level: str
    shown_by: str


@dataclass(frozen=True, slots=True)
class Found:
    """One certificate as the window sees it, or why there is nothing to see."""

    name: str
    number: str
    version: int
    issuer: str
    until: str
    rows: tuple[tuple[str, str], ...]
    problem: str


@dataclass(frozen=True, slots=True)
class Page:
    """One moment of a scan."""

    scan: Scan
    stage: Stage
    who: Person
    seconds: int
    asked: tuple[tuple[str, str], ...]
    mark: str
    found: tuple[Found, ...] = ()

    @property
    def pill(self) -> tuple[str, str]:
        """Return how the stage is drawn and said."""
        return WORDS[self.stage]

    @property
    def refresh(self) -> int:
        """Return after how many seconds a page without a script looks again; 0 while somebody may be choosing."""
        return {Stage.ASKED: 3, Stage.OPEN: min(self.seconds, 15)}.get(self.stage, 0)

    @property
    def what_for(self) -> str:
        """Return matter or purpose."""
        return self.scan.matter_name or self.scan.purpose


def page(scan: Scan, seen: Sequence[Seen], *, at: datetime) -> Page:
    """Return a scan at a moment, with what was seen."""
    now = stage(scan, at=at)
    asked = tuple(_asked(scan)) if scan.scope else ()
    seconds = _seconds(scan, now, at=at)
    return Page(scan, now, person(scan), seconds, asked, mark(scan, at=at), tuple(map(_found, seen)))


def mark(scan: Scan, *, at: datetime) -> str:
    """Return in one word how far it has come: its stage, or that an application lies before the holder or is filed."""
    if confirming.filed(scan) is not None:
        return "taken"
    return "shown" if confirming.waiting(scan, at=at) else str(stage(scan, at=at))


def person(scan: Scan) -> Person:
    """Return who stands at the window."""
    shown = scan.presentation
    holder, by = codes.holder(shown), shown.shown_by
    level, other = by.get_real_name_level_display(), by.name if by.pk != holder.pk else ""
    if isinstance(holder, Organisation):
        return Person(holder.name, mask_id(holder.credit_code), level, mask_name(other))
    return Person(mask_name(holder.name), mask_id(holder.id_number), level, mask_name(other))


def rows(scans: Sequence[Scan], *, at: datetime) -> list[tuple[Scan, str, tuple[str, str], str]]:
    """Return recent scans with whose they were, how far they or what was filed under them came, and where that is."""
    filed = confirming.filed_among(scans)
    found = [
        (one, None if stage(one, at=at) in NOTHING_AGREED else filed.get(one.case_reference)) for one in scans
    ]
    return [(one, _short(one), _came(one, state, at=at), _address(one, state)) for one, state in found]


def _address(scan: Scan, filed: ApplicationState | None) -> str:
    if filed is not None:
        return reverse("counter:taken", args=[scan.case_reference])
    return reverse("counter:look", args=[scan.pk])


def _came(scan: Scan, filed: ApplicationState | None, *, at: datetime) -> tuple[str, str]:
    if filed is not None:
        pill, _, heading, _ = taken.WORDS[filed]
        return pill, heading
    now = stage(scan, at=at)
    walked_away = now in {Stage.OVER, Stage.LEFT} and scan.matter_code
    return ("neutral", "没有提交，已结束") if walked_away else WORDS[now]


def _short(scan: Scan) -> str:
    holder = codes.holder(scan.presentation)
    return holder.name if isinstance(holder, Organisation) else mask_name(holder.name)


def _seconds(scan: Scan, now: Stage, *, at: datetime) -> int:
    ends = {
        Stage.SCANNED: scan.scanned_at + ASK_WITHIN,
        Stage.ASKED: (scan.asked_at or at) + ANSWER_WITHIN,
        Stage.OPEN: scan.access_until or at,
    }
    return max(1, -(-(ends[now] - at) // timedelta(seconds=1))) if now in ends else 0


def _asked(scan: Scan) -> list[tuple[str, str]]:
    kinds = schemas.kinds(scan.scope)
    specs = {slug: schemas.of_version(kind, kind.current_schema) for slug, kind in kinds.items()}
    asked = (
        (kinds[slug].name, "、".join(specs[slug][name].label for name in fields if name in specs[slug]))
        for slug, fields in scan.scope.items()
    )
    return sorted(asked, key=lambda one: by_reading(one[0]))


def _found(one: Seen) -> Found:
    card = one.certificate
    if one.outcome != UseOutcome.FOUND or card is None:
        problem = MISSING.get(one.outcome, "没有查到。") + (f"（{one.detail}）" if one.detail else "")
        return Found(one.kind.name, "", 0, "", "", (), problem)
    shown = selectors.lines(one.kind, one.values, version=card.schema_version, mask=False)
    lines = tuple((line.label, line.text) for line in shown)
    until = f"{card.valid_until:%Y-%m-%d} 止" if card.valid_until else "长期"
    return Found(one.kind.name, card.number, card.version, card.issuer_name, until, lines, "")
