"""Lists of the citizen's own things as rows, each with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.acting.principals import Principal
from accounts.actors import person_named
from accounts.models import Person
from approvals.models import Application, Draft
from approvals.permissions import own
from approvals.states import ApplicationState
from certificates import schemas
from certificates.models import Authorisation, CertificateType, TypeSchema, UseRecord
from certificates.states import AuthorisationStatus, UseMode, UseOutcome
from common import clock
from matters.models import Matter
from portal.web.components.wording import cn_date
from registers.models import RegisterCall

S = ApplicationState
PILLS = {
    S.SUBMITTED: ("waiting", "正在核验"),
    S.IN_REVIEW: ("waiting", "人工办理中"),
    S.SUPPLEMENTING: ("unknown", "等您补正"),
    S.GRANTED: ("pass", "已通过"),
    S.REFUSED: ("fail", "不予批准"),
    S.WITHDRAWN: ("neutral", "已撤回"),
}


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """One case of the list."""

    application: Application
    pill: str
    words: str
    status: str


def application_rows(applications: Iterable[Application]) -> list[ApplicationRow]:
    """Return the cases with their state in words."""
    return [ApplicationRow(one, *PILLS[S(one.state)], _status(one)) for one in applications]


def _status(one: Application) -> str:
    if one.state == S.SUBMITTED:
        return "已保存，正在核验，可以离开"
    if one.state == S.IN_REVIEW and one.due_on:
        if clock.today() > one.due_on:
            return f"最晚应在 {cn_date(one.due_on)}办结，已经超过期限"
        return f"最晚 {cn_date(one.due_on)}办结"
    if one.state == S.SUPPLEMENTING:
        return "请按补正告知修改后再提交"
    return f"{cn_date(one.closed_at)}办结" if one.closed_at else ""


def own_drafts(principal: Principal) -> QuerySet[Draft]:
    """Return the principal's drafts, the newest first."""
    rows = Draft.objects.filter(own(principal)).select_related("matter", "organisation").defer("answers")
    return rows.order_by("-saved_at", "pk")


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


WHO_LOOKED = {"system": "系统自动核验", "person": "办理人填表时看到"}  # by the kind of actor
USE_PILLS = {UseOutcome.FOUND: "pass", UseOutcome.UNAUTHORISED: "fail"}
USE_WORDS = {
    UseOutcome.FOUND: "已读取",
    UseOutcome.NOT_HELD: "没有读到：证照库里没有",
    UseOutcome.EXPIRED: "没有读到：已过期",
    UseOutcome.REVOKED: "没有读到：已失效",
    UseOutcome.AMBIGUOUS: "没有读到：有多本，分不清",
    UseOutcome.UNREADABLE: "没有读到：内容与签发时不一致",
    UseOutcome.UNAUTHORISED: "没有授权，已拒绝",
}


def use_rows(records: Iterable[UseRecord]) -> list[UseRow]:
    """Return the records in words: who looked, for what, at which fields, and what came of it."""
    shown = list(records)
    labels = field_labels({record.type_id for record in shown})
    names = matter_names({record.matter_code for record in shown})
    acted = [person_named(one.actor) for one in shown]
    agents = agent_names([*acted, *map(_giver, shown)])
    return [_use_row(one, labels, names, agents) for one in shown]


def agent_names(people: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Return person → name, of those who acted."""
    return dict(Person.objects.filter(pk__in={one for one in people if one}).values_list("pk", "name"))


def agent_words(person: UUID | None, holder: UUID | None, names: Mapping[UUID | None, str]) -> str:
    """Name who acted for a holder: an agent of a person, the one in charge for an organisation; empty for oneself."""
    if person is None or person == holder or person not in names:
        return ""
    return f"{'经办人' if holder is None else '代办人'}{names[person]}"


def matter_names(codes: Collection[str]) -> dict[str, str]:
    """Return code → name; a record names its matter by code alone."""
    return dict(Matter.objects.filter(code__in=codes).values_list("code", "name"))


def _use_row(
    record: UseRecord,
    labels: dict[int, dict[str, str]],
    names: dict[str, str],
    agents: Mapping[UUID | None, str],
) -> UseRow:
    by = WHO_LOOKED.get(record.actor.partition(":")[0], "工作人员查看")
    if agent := agent_words(person_named(record.actor), record.holder_person_id, agents):
        by = f"{agent}填表时看到"
    known = labels.get(record.type_id, {})
    outcome = UseOutcome(record.outcome)
    return UseRow(
        record=record,
        who=f"{record.body}，{by}",
        matter=names.get(record.matter_code, record.purpose),
        fields="、".join(known.get(name, name) for name in record.fields),
        pill=USE_PILLS.get(outcome, "neutral"),
        outcome=USE_WORDS[outcome],
        ground=_ground(record, agents),
    )


def _giver(record: UseRecord) -> UUID | None:
    """Return who acted for the holder; older records know it from their consent alone."""
    given_by = record.authorisation.given_by_id if record.authorisation else None
    return record.agent_id or given_by


def _ground(record: UseRecord, agents: Mapping[UUID | None, str]) -> str:
    if record.mode == UseMode.STATUTORY:
        return "依据：依法查验，不用您授权"
    if record.outcome == UseOutcome.UNAUTHORISED:
        return "没有授权，什么也没有看到"
    agent = agent_words(_giver(record), record.holder_person_id, agents)
    return f"依据：{agent}给出的授权" if agent else "依据：您的授权"


def field_labels(types: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return type → field → label, a later schema's words first."""
    found: dict[int, dict[str, str]] = {}
    rows = TypeSchema.objects.filter(type__in=set(types)).select_related("type").order_by("type", "version")
    for schema in rows:
        found.setdefault(schema.type_id, {}).update(
            {name: spec.label for name, spec in schemas.of(schema).items()}
        )
    return found


@dataclass(frozen=True, slots=True)
class CallRow:
    """One question to a register as the person it was asked about reads it."""

    call: RegisterCall
    matter: str
    pill: str


CALL_PILLS = {
    RegisterCall.Outcome.HIT: "neutral",
    RegisterCall.Outcome.NO_HIT: "neutral",
    RegisterCall.Outcome.FAILED: "unknown",
    RegisterCall.Outcome.UNSENT: "unknown",
    RegisterCall.Outcome.ASKED: "waiting",
}


def call_rows(calls: Iterable[RegisterCall]) -> list[CallRow]:
    """Return what was asked of registers without consent, for the law allows it: which, for what, with what result."""
    shown = list(calls)
    names = matter_names({call.matter_code for call in shown})
    return [
        CallRow(
            call, names.get(call.matter_code, call.purpose), CALL_PILLS[RegisterCall.Outcome(call.outcome)]
        )
        for call in shown
    ]


@dataclass(frozen=True, slots=True)
class AuthorisationRow:
    """One consent or refusal as its holder reads it."""

    authorisation: Authorisation
    pill: str
    words: str
    scope: tuple[tuple[str, str], ...]
    revocable: bool
    agent: str = ""


A = AuthorisationStatus
AUTHORISATION_PILLS = {
    A.GRANTED: ("pass", "有效"),
    A.REFUSED: ("fail", "没有同意"),
    A.REVOKED: ("neutral", "已撤回"),
    A.ENDED: ("neutral", "已结束"),
}


def authorisation_rows(rows: Iterable[Authorisation]) -> list[AuthorisationRow]:
    """Return the consents with their scope in words."""
    shown = list(rows)
    types = {
        one.slug: one
        for one in CertificateType.objects.filter(slug__in={s for row in shown for s in row.scope})
    }
    labels = field_labels({one.pk for one in types.values()})
    names = agent_names(row.given_by_id for row in shown)
    return [
        AuthorisationRow(
            row,
            *AUTHORISATION_PILLS[A(row.status)],
            _scope(row, types, labels),
            revocable=row.status == A.GRANTED,
            agent=agent_words(row.given_by_id, row.holder_person_id, names),
        )
        for row in shown
    ]


def _scope(
    row: Authorisation, types: dict[str, CertificateType], labels: dict[int, dict[str, str]]
) -> tuple[tuple[str, str], ...]:
    return tuple(
        (
            types[slug].name,
            "、".join(labels[types[slug].pk].get(name, name) for name in fields) or "只看有没有，不读内容",
        )
        for slug, fields in row.scope.items()
        if slug in types
    )
