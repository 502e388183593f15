"""Published figures: each with its period and its denominator, from the cases themselves, kept for a minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Q,
    QuerySet,
)

from approvals.models import Application
from approvals.states import ApplicationState, Maker
from common import clock
from matters.models import Matter

DAYS = 90
KEPT_SECONDS = 60
MEASURED = "用时从提交算到作出决定；补正或重新核验过的，从最后那次算起"
FEWEST = 10  # no percentage over fewer cases

DIRECT = Q(original__maker=Maker.SYSTEM)
BY_HAND = Q(original__maker=Maker.OFFICER) | Q(original__isnull=True, state=ApplicationState.IN_REVIEW)


class Percentile(Aggregate):
    """PERCENTILE_CONT of a duration; `share` 0.5 is the median."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True, slots=True)
class Count90:
    """The cases of one matter, or of all, submitted in the period; seconds as a result page's 用时, see `MEASURED`."""

    direct: int = 0
    by_hand: int = 0
    median: float | None = None
    nine_of_ten: float | None = None

    @property
    def concluded(self) -> int:
        """Return the denominator: decided directly, or handed to a person."""
        return self.direct + self.by_hand

    @property
    def measured(self) -> str:
        """Return in words from when to when the times run: it stands beside every one of them."""
        return MEASURED

    @property
    def enough(self) -> bool:
        """Return whether a percentage says something."""
        return self.concluded >= FEWEST

    @property
    def direct_percent(self) -> float:
        """Return the share decided directly, in percent."""
        return round(100 * self.direct / self.concluded, 1) if self.concluded else 0.0

    @property
    def by_hand_percent(self) -> float:
        """Return the rest, so that both make 100."""
        return round(100 - self.direct_percent, 1)


@dataclass(frozen=True, slots=True)
class Figures:
    """What the pages publish, as of a moment."""

    at: datetime
    closed_today: int = 0
    instant: Count90 = field(default_factory=Count90)
    matters: Mapping[int, Count90] = field(default_factory=dict)

    def of(self, matter: Matter) -> Count90:
        """Return the figures of one matter."""
        return self.matters.get(matter.pk, Count90())


def figures() -> Figures:
    """Return the figures of the last 90 days; at most a minute old, and their time is shown."""
    now = clock.now()
    known: Figures | None = cache.get("public:figures")
    if known is not None and timedelta(0) <= now - known.at < timedelta(seconds=KEPT_SECONDS):
        return known
    fresh = _count(now)
    cache.set("public:figures", fresh, KEPT_SECONDS)
    return fresh


def _count(now: datetime) -> Figures:
    began = now - timedelta(days=DAYS)
    cases = Application.objects.filter(submitted_at__gte=began, submitted_at__lte=now).annotate(
        original=FilteredRelation("decisions", condition=Q(decisions__corrects__isnull=True)),
        # As portal.citizen.showing.outcome.took: the applicant's own time to supplement is not the machine's.
        took=ExpressionWrapper(F("original__decided_at") - F("waiting_since"), output_field=DurationField()),
    )
    by_matter = _aggregate(cases.values("matter_id").order_by("matter_id"))
    instant = _aggregate(
        cases.filter(matter__mode=Matter.Mode.INSTANT_APPROVAL).values("matter__mode").order_by()
    )
    midnight = now.astimezone(clock.SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    decided = [ApplicationState.GRANTED, ApplicationState.REFUSED]
    today = Application.objects.filter(state__in=decided, closed_at__gte=midnight, closed_at__lte=now).count()
    return Figures(
        at=now,
        closed_today=today,
        instant=_figure(instant[0]) if instant else Count90(),
        matters={row["matter_id"]: _figure(row) for row in by_matter},
    )


def _aggregate(groups: QuerySet[Any, Any]) -> list[dict[str, Any]]:
    return list(
        groups.annotate(
            direct=Count("pk", filter=DIRECT),
            by_hand=Count("pk", filter=BY_HAND),
            median=Percentile("took", filter=DIRECT, share=0.5),
            nine_of_ten=Percentile("took", filter=DIRECT, share=0.9),
        )
    )


def _figure(row: dict[str, Any]) -> Count90:
    times = {
        name: row[name].total_seconds() if row[name] is not None else None
        for name in ("median", "nine_of_ten")
    }
    return Count90(direct=row["direct"], by_hand=row["by_hand"], **times)
