"""Use records and consents as rows, each list with a fixed number of queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

from django.db.models import Q

from accounts.actors import person_named
from approvals.applying.taking import over_among, over_with_the_look
from certificates.models import Authorisation, CertificateType, MisuseReport, UseRecord
from certificates.states import AuthorisationKind, AuthorisationStatus, UseMode, UseOutcome
from common import clock
from common.reading import by_reading
from portal.web.components import uses
from portal.web.components.wording import cn_date, local

GROUNDS: tuple[tuple[str, str, Q], ...] = (
    ("", "全部", Q()),
    ("authorised", "您授权的", Q(mode=UseMode.AUTHORISED)),
    ("statutory", "依职能查验", Q(mode=UseMode.STATUTORY)),
    ("presented", "亮证扫码", Q(mode=UseMode.PRESENTED)),
    ("exported", "成批导出", Q(mode=UseMode.EXPORTED)),
    ("refused", "被拒绝的", Q(outcome__in=uses.REFUSED)),
)


@dataclass(frozen=True, slots=True)
class UseRow:
    """One look at a certificate as its holder reads it."""

    record: UseRecord
    who: str
    matter: str
    fields: str
    pill: str
    outcome: str
    ground: str
    purpose: str
    reported: str = ""


def use_rows(records: Iterable[UseRecord]) -> list[UseRow]:
    """Return the records in words: who looked, for what, at which fields, and what came of it."""
    shown = list(records)
    labels = uses.field_labels({record.type_id for record in shown})
    names = uses.matter_names({record.matter_code for record in shown})
    acted = [person_named(one.actor) for one in shown]
    agents = uses.agent_names([*acted, *map(uses.giver, shown)])
    return [_use_row(one, labels, names, agents) for one in shown]


@dataclass(frozen=True, slots=True)
class Visit:
    """The looks of one day by one and the same, for one case and purpose, the newest first."""

    rows: Sequence[UseRow]

    @property
    def first(self) -> UseRow:
        """Return the look that says what all of them share."""
        return self.rows[0]

    @property
    def types(self) -> str:
        """Return the certificates that were looked at, each once, by reading: looks of one moment have no order."""
        return "、".join(sorted({row.record.type.name for row in self.rows}, key=by_reading))

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """Return what came of the looks: pill and words, with their number where they differ."""
        counts = Counter((row.pill, row.outcome) for row in self.rows)
        if len(counts) == 1:
            return list(counts)
        return [(pill, f"{words}（{count} 次）") for (pill, words), count in counts.items()]

    @property
    def reported(self) -> list[str]:
        """Return how far the reports about these looks have come."""
        return list(dict.fromkeys(row.reported for row in self.rows if row.reported))


def visits(rows: Iterable[UseRow]) -> list[Visit]:
    """Return the rows, those of one visit together, without the days between: the newest few beside the wallet."""
    return [visit for _, found in by_day(rows) for visit in found]


def by_day(rows: Iterable[UseRow]) -> list[tuple[str, list[Visit]]]:
    """Return the rows under the day they were made on, those of one visit together."""
    today = clock.today()
    groups = groupby(rows, key=lambda row: local(row.record.at).strftime("%Y-%m-%d"))
    return [(_day(date.fromisoformat(day), today), _visits(found)) for day, found in groups]


def _visits(rows: Iterable[UseRow]) -> list[Visit]:
    found: dict[tuple[str, ...], list[UseRow]] = {}
    for row in rows:
        one = row.record
        key = (row.who, row.ground, row.matter, one.matter_code, one.case_reference, one.purpose)
        found.setdefault(key, []).append(row)
    return [Visit(together) for together in found.values()]


def report_words(report: MisuseReport | None) -> str:
    """Return how far a report has come."""
    if report is None:
        return ""
    if report.answered_at is not None:
        return f"您报告过：{report.get_finding_display()}"
    return f"您已报告，最晚 {cn_date(report.due_on)}答复"


def _day(day: date, today: date) -> str:
    return {0: "今天", 1: "昨天"}.get((today - day).days, cn_date(day, year=day.year != today.year))


def _use_row(
    record: UseRecord,
    labels: dict[int, dict[str, str]],
    names: dict[str, str],
    agents: Mapping[UUID | None, str],
) -> UseRow:
    known = labels.get(record.type_id, {})
    outcome = UseOutcome(record.outcome)
    return UseRow(
        record=record,
        who=f"{record.body}，{uses.looker(record, agents=agents)}",
        matter=names.get(record.matter_code, record.purpose),
        fields="、".join(known.get(name, name) for name in record.fields),
        pill=uses.PILLS.get(outcome, "neutral"),
        outcome=uses.OUTCOMES[outcome],
        ground=uses.ground(record, agents=agents),
        purpose=uses.purpose(record),
        reported=report_words(getattr(record, "report", None)),
    )


@dataclass(frozen=True, slots=True)
class AuthorisationRow:
    """One consent or refusal as its holder reads it."""

    authorisation: Authorisation
    pill: str
    words: str
    scope: tuple[tuple[str, str], ...]
    revocable: bool
    agent: str = ""
    over_with_look: bool = False

    @property
    def title(self) -> str:
        """Return what it was given for."""
        return self.authorisation.matter_name or self.authorisation.purpose

    @property
    def for_purpose(self) -> bool:
        """Return whether it was given for a purpose and not for one case."""
        return self.authorisation.kind == AuthorisationKind.PURPOSE


A = AuthorisationStatus
AUTHORISATION_PILLS = {
    A.GRANTED: ("pass", "有效"),
    A.REFUSED: ("fail", "没有同意"),
    A.REVOKED: ("neutral", "已撤回"),
    A.ENDED: ("neutral", "已结束"),
    A.USED: ("neutral", "已使用一次"),
}
STATES = (("", "全部"), ("standing", "正在生效"), ("over", "已用完、已结束"))


def standing(*, at: datetime) -> Q:
    """Return which consents stand at a moment, their last day included; one agreed at a window may have ended there."""
    return Q(status=A.GRANTED, until__gte=clock.day_of(at)) & ~over_with_the_look(at=at)


def authorisation_rows(rows: Iterable[Authorisation], *, at: datetime) -> list[AuthorisationRow]:
    """Return the consents with their scope in words."""
    shown = list(rows)
    slugs = {slug for row in shown for slug in row.scope}
    types = {one.slug: one for one in CertificateType.objects.filter(slug__in=slugs)}
    labels = uses.field_labels({one.pk for one in types.values()})
    names = uses.agent_names(row.given_by_id for row in shown)
    over, on = over_among((row for row in shown if row.status == A.GRANTED), at=at), clock.day_of(at)
    return [
        AuthorisationRow(
            row,
            *(AUTHORISATION_PILLS[A.ENDED] if row.pk in over else _pill(row, on)),
            _scope(row, types, labels),
            revocable=row.status == A.GRANTED and row.until >= on and row.pk not in over,
            agent=uses.agent_words(row.given_by_id, row.holder_person_id, names),
            over_with_look=row.pk in over,
        )
        for row in shown
    ]


def _pill(row: Authorisation, on: date) -> tuple[str, str]:
    """Return the state in a word; that one has run out is derived."""
    over = row.status == A.GRANTED and row.until < on
    return ("neutral", "已到期") if over else AUTHORISATION_PILLS[A(row.status)]


def _scope(
    row: Authorisation, types: dict[str, CertificateType], labels: dict[int, dict[str, str]]
) -> tuple[tuple[str, str], ...]:
    named = (
        (
            types[slug].name,
            "、".join(labels[types[slug].pk].get(name, name) for name in fields) or "只看有没有，不读内容",
        )
        for slug, fields in row.scope.items()
        if slug in types
    )
    return tuple(sorted(named, key=lambda one: by_reading(one[0])))
