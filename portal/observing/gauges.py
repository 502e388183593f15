"""How it stands, counted in the database when somebody asks: the same whichever web server or worker did it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Min
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from accounts.models import Delivery
from approvals.models import Application, Judgement
from approvals.states import OPEN, ApplicationState
from common import clock
from records.models import StoredFile
from registers import breaking
from registers.models import Register

WINDOW = timedelta(hours=1)
KEPT_SECONDS = 5.0
_CALLS = """
SELECT r.name, c.outcome, count(*), percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY c.latency_ms)
  FROM registers_registercall c JOIN registers_register r ON r.id = c.register_id
 WHERE c.asked_at > %s GROUP BY 1, 2 ORDER BY 1, 2
"""


class Standing(Collector):
    """Asks at most once in five seconds: whoever scrapes faster gets the same numbers again."""

    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Know nothing yet."""
        self._monotonic = monotonic
        self._asked = -KEPT_SECONDS
        self._known: Sequence[Metric] = ()

    def collect(self) -> Iterable[Metric]:
        """Return what is known, asked anew when it is too old."""
        now = self._monotonic()
        if now - self._asked >= KEPT_SECONDS:
            self._known, self._asked = tuple(standing(at=clock.now())), now
        return self._known

    def describe(self) -> Iterable[Metric]:
        """Say nothing beforehand: registering must not ask the database."""
        return ()


def standing(*, at: datetime) -> Iterator[Metric]:
    """Yield every number."""
    yield from _applications(at)
    yield _counted(
        "portal_judgements_last_hour", "Verdicts of the machine in the last hour.", "verdict",
        Judgement.objects.filter(judged_at__gt=at - WINDOW).values_list("verdict").annotate(Count("pk")),
    )  # fmt: skip
    yield from _register_calls(at)
    yield from _deliveries(at)
    yield from _files(at)


def _applications(at: datetime) -> Iterator[Metric]:
    open_ones = Application.objects.filter(state__in=OPEN)
    yield _counted(
        "portal_open_applications", "Applications not yet decided, by state.", "state",
        open_ones.values_list("state").annotate(Count("pk")),
    )  # fmt: skip
    waiting = Application.objects.filter(state=ApplicationState.SUBMITTED)
    oldest = waiting.aggregate(oldest=Min("waiting_since"))["oldest"]
    yield _one("portal_waiting_applications", "Applications that wait for the machine.", waiting.count())
    yield _one(
        "portal_oldest_waiting_seconds", "How long the longest of them has waited.", _since(oldest, at)
    )
    late = Application.objects.filter(state=ApplicationState.IN_REVIEW, due_on__lt=clock.day_of(at))
    yield _one(
        "portal_overdue_applications", "Applications with an officer whose due date is past.", late.count()
    )


def _register_calls(at: datetime) -> Iterator[Metric]:
    calls = GaugeMetricFamily(
        "portal_register_calls_last_hour",
        "Questions to registers in the last hour.",
        labels=["register", "outcome"],
    )
    latency = GaugeMetricFamily(
        "portal_register_latency_seconds",
        "How long registers took in the last hour.",
        labels=["register", "outcome", "quantile"],
    )
    with connection.cursor() as cursor:
        cursor.execute(_CALLS, [at - WINDOW])
        for name, outcome, count, took in cursor.fetchall():
            calls.add_metric([name, outcome], count)
            for quantile, ms in zip(("0.5", "0.95"), took or (), strict=False):
                latency.add_metric([name, outcome, quantile], ms / 1000)
    yield from (calls, latency)
    resting = GaugeMetricFamily(
        "portal_register_resting",
        "Whether a register's breaker is open: 1, nobody asks it.",
        labels=["register"],
    )
    names = list(Register.objects.order_by("name").values_list("name", flat=True))
    for name, since in breaking.states(names, fresh=True).items():
        resting.add_metric([name], int(since is not None))
    yield resting


def _deliveries(at: datetime) -> Iterator[Metric]:
    due = Delivery.objects.filter(state=Delivery.State.WAITING, not_before__lte=at)
    yield _counted(
        "portal_deliveries_due", "SMS and mails that should have gone out by now.", "channel",
        due.values_list("channel").annotate(Count("pk")),
    )  # fmt: skip
    oldest = due.aggregate(oldest=Min("not_before"))["oldest"]
    yield _one("portal_oldest_delivery_seconds", "How long the longest of them is late.", _since(oldest, at))
    failed = Delivery.objects.filter(failed_at__gt=at - WINDOW)
    yield _counted(
        "portal_deliveries_failed_last_hour", "SMS and mails that failed in the last hour.", "channel",
        failed.values_list("channel").annotate(Count("pk")),
    )  # fmt: skip


def _files(at: datetime) -> Iterator[Metric]:
    waiting = StoredFile.objects.filter(scan_after__isnull=False)
    yield _one("portal_files_awaiting_scan", "Uploaded files not yet scanned.", waiting.count())
    oldest = waiting.aggregate(oldest=Min("created_at"))["oldest"]
    yield _one(
        "portal_oldest_unscanned_seconds", "How long the longest of them has waited.", _since(oldest, at)
    )
    trouble = StoredFile.objects.filter(scan__in=[StoredFile.Scan.INFECTED, StoredFile.Scan.FAILED])
    yield _counted(
        "portal_files_in_trouble", "Files with a virus, or whose scan was given up.", "scan",
        trouble.values_list("scan").annotate(Count("pk")),
    )  # fmt: skip


def _counted(name: str, told: str, label: str, rows: Any) -> Metric:
    metric = GaugeMetricFamily(name, told, labels=[label])
    for value, count in rows.order_by():
        metric.add_metric([value], count)
    return metric


def _one(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)


def _since(moment: datetime | None, at: datetime) -> float:
    return max(0.0, (at - moment).total_seconds()) if moment else 0.0
