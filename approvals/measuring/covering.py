"""Cases against certificates, by matter and month: counted by the database, nothing of anybody. One statement each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from approvals.states import DecisionKind
from certificates.states import UseOutcome
from common.clock import SHANGHAI
from matters.covering.gaps import Granted

MONTHS = 12
_BEFORE = timedelta(
    days=31
)  # certificates are read while a form is filled in, so long before it is handed in
_USED = """
SELECT m.code, date_trunc('month', a.submitted_at AT TIME ZONE 'Asia/Shanghai')::date, count(*),
       count(*) FILTER (WHERE EXISTS (
           SELECT 1 FROM certificates_userecord u
            WHERE u.case_reference = a.reference AND u.outcome = %s AND u.at >= %s))
  FROM approvals_application a JOIN matters_matter m ON m.id = a.matter_id
 WHERE a.submitted_at >= %s AND (%s = '' OR m.code = %s)
 GROUP BY 1, 2 ORDER BY 1, 2
"""
_GRANTED = """
SELECT m.code, count(*), count(c.id)
  FROM approvals_decision d
  JOIN approvals_application a ON a.id = d.application_id
  JOIN matters_matter m ON m.id = a.matter_id
  LEFT JOIN certificates_certificate c ON c.source = 'decision:' || d.id::text
 WHERE d.kind = %s AND d.decided_at >= %s
   AND NOT EXISTS (SELECT 1 FROM approvals_decision k WHERE k.corrects_id = d.id)
 GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class Used:
    """The cases of one matter submitted in one month, and in how many a certificate was really read."""

    code: str
    month: date
    cases: int
    used: int


@dataclass(frozen=True, slots=True)
class Share:
    """Cases, and in how many of them a certificate was really read."""

    cases: int = 0
    used: int = 0

    @property
    def percent(self) -> float:
        """Return the share in percent, one decimal; 0 without cases."""
        return round(100 * self.used / self.cases, 1) if self.cases else 0.0


def since(today: date) -> date:
    """Return the first day of the period: this month and the eleven before."""
    months = today.year * 12 + today.month - MONTHS
    return date(months // 12, months % 12 + 1, 1)


def used(*, today: date, code: str = "") -> list[Used]:
    """Return by matter (or of one) and month how many cases there were, and in how many certificates were read."""
    begun = _begin(since(today))
    with connection.cursor() as cursor:
        cursor.execute(_USED, [UseOutcome.FOUND, begun - _BEFORE, begun, code, code])
        return [Used(*row) for row in cursor.fetchall()]


def granted(*, today: date) -> dict[str, Granted]:
    """Return by matter how many cases were granted in the period, and how many of them left a certificate."""
    with connection.cursor() as cursor:
        cursor.execute(_GRANTED, [DecisionKind.GRANTED, _begin(since(today))])
        return {code: Granted(cases, issued) for code, cases, issued in cursor.fetchall()}


def by_matter(months: Iterable[Used]) -> dict[str, Share]:
    """Return the share of each matter over all months."""
    found: dict[str, Share] = {}
    for one in months:
        known = found.get(one.code, Share())
        found[one.code] = Share(known.cases + one.cases, known.used + one.used)
    return found


def _begin(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
