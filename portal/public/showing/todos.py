"""我的待办: what waits for the person — notices to answer first, then drafts, then cases to rate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from accounts.acting.principals import Principal
from approvals.models import Application, Draft, SupplementNotice
from approvals.permissions import own
from approvals.states import OPEN, ApplicationState
from common import clock
from portal.web.components import wording

SHOWN = 4  # rows of the card; the rest is told as a number
RATABLE_DAYS = 30  # after that the card no longer asks; the case itself still can be rated


@dataclass(frozen=True, slots=True)
class Todo:
    """One row: what it is about, what waits (`urgent` first), and one verb."""

    name: str
    urgent: str
    status: str
    act: str
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The card: rows to show, how many there are in all, and how many cases run without the person."""

    rows: tuple[Todo, ...]
    total: int
    running: int

    @property
    def more(self) -> int:
        """Return how many are not shown."""
        return self.total - len(self.rows)


def waiting(principal: Principal) -> Waiting:
    """Return what waits for a principal, the most urgent first."""
    found = [*_notices(principal), *_drafts(principal), *_to_rate(principal)]
    running = Application.objects.filter(own(principal), state__in=OPEN - {ApplicationState.SUPPLEMENTING})
    return Waiting(tuple(found[:SHOWN]), len(found), running.count())


def _notices(principal: Principal) -> list[Todo]:
    notices = SupplementNotice.objects.filter(own(principal, of="application__"), answered_at__isnull=True)
    return [
        Todo(
            name=notice.application.matter.name,
            urgent=f"需要补正 {len(notice.items)} 项",
            status=f"{wording.cn_date(notice.due_on)}前",
            act="去补正",
            url=reverse("citizen:supplement", args=[notice.application.reference]),
        )
        for notice in notices.select_related("application__matter").order_by("due_on", "id")
    ]


def _drafts(principal: Principal) -> list[Todo]:
    drafts = Draft.objects.filter(own(principal)).select_related("matter").defer("answers")
    return [
        Todo(
            name=draft.matter.name,
            urgent="",
            status=f"草稿，{wording.short_dt(draft.saved_at)} 保存",
            act="接着填",
            url=reverse("citizen:draft", args=[draft.reference]),
        )
        for draft in drafts.order_by("-saved_at", "id")
    ]


def _to_rate(principal: Principal) -> list[Todo]:
    decided = Application.objects.filter(
        own(principal),
        state__in=[ApplicationState.GRANTED, ApplicationState.REFUSED],
        closed_at__gte=clock.now() - timedelta(days=RATABLE_DAYS),
        rated__isnull=True,
    )
    rows = decided.select_related("matter").defer("answers").order_by("-closed_at", "id")
    return [
        Todo(
            name=application.matter.name,
            urgent="",
            status=f"{wording.cn_date(application.closed_at)}已办结，等您评价"
            if application.closed_at
            else "已办结，等您评价",
            act="去评价",
            url=reverse("citizen:application", args=[application.reference]) + "#rating",
        )
        for application in rows
    ]
