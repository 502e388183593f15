"""Uses of certificates in words: who looked, at what, for what, on what ground. The same for holder and supervisor."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from accounts import actors
from accounts.models import Person, User
from approvals.applying.taking import over_among
from certificates import schemas
from certificates.holding.using import PREFILL
from certificates.models import TypeSchema, UseRecord
from certificates.states import AuthorisationStatus, UseMode, UseOutcome
from common import clock
from matters.models import Matter
from portal.web.components.parts import Row
from portal.web.components.wording import iso_dt, ref4

PILLS = {
    UseOutcome.FOUND: "pass",
    UseOutcome.UNAUTHORISED: "fail",
    UseOutcome.DECLINED: "fail",
    UseOutcome.NOT_ALLOWED: "fail",
}
OUTCOMES = {
    UseOutcome.FOUND: "已读取",
    UseOutcome.NOT_HELD: "没有读到：证照库里没有",
    UseOutcome.EXPIRED: "没有读到：已过期",
    UseOutcome.REVOKED: "没有读到：已失效",
    UseOutcome.AMBIGUOUS: "没有读到：有多本，分不清",
    UseOutcome.UNREADABLE: "没有读到：内容与签发时不一致",
    UseOutcome.UNAUTHORISED: "没有授权，已拒绝",
    UseOutcome.DECLINED: "您没有同意，已拒绝",
    UseOutcome.NOT_ALLOWED: "依法不能查验，已拒绝",
}
PURPOSES = {PREFILL: "把证照内容填进申请表"}
REFUSED = (UseOutcome.UNAUTHORISED, UseOutcome.DECLINED, UseOutcome.NOT_ALLOWED)
_BY_KIND = {"system": "系统自动核验", "person": "办理人填表时看到"}


def looker(record: UseRecord, *, agents: Mapping[UUID | None, str]) -> str:
    """Say who looked: the system, who fills a form in, a post, a window."""
    kind = record.actor.partition(":")[0]
    if agent := agent_words(actors.person_named(record.actor), record.holder_person_id, agents):
        return f"{agent}填表时看到"
    return _BY_KIND.get(kind) or (f"{record.post}查看" if record.post else "工作人员查看")


def ground(record: UseRecord, *, agents: Mapping[UUID | None, str]) -> str:
    """Say what the look rested on."""
    if record.mode == UseMode.STATUTORY:
        refused = record.outcome == UseOutcome.NOT_ALLOWED
        return "这个岗位不能查验，什么也没有看到" if refused else "依据：依法查验，不用您授权"
    if record.mode == UseMode.EXPORTED:
        return "依据：发证机关成批导出自己签发的证照，不用您授权"
    if record.outcome in REFUSED:
        return "没有授权，什么也没有看到"
    agent = agent_words(giver(record), record.holder_person_id, agents)
    if record.mode == UseMode.PRESENTED:
        return f"依据：{agent or '您'}亮证，当场同意"
    return f"依据：{agent}给出的授权" if agent else "依据：您的授权"


def giver(record: UseRecord) -> UUID | None:
    """Return who acted for the holder; older records know it from their consent alone."""
    given_by = record.authorisation.given_by_id if record.authorisation else None
    return record.agent_id or given_by


def purpose(record: UseRecord) -> str:
    """Return what it was for; 预填 is a word of the trade."""
    return PURPOSES.get(record.purpose, record.purpose)


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


def field_labels(types: Iterable[int]) -> dict[int, dict[str, str]]:
    """Return type → field → label, a later schema's words first."""
    found: dict[int, dict[str, str]] = {}
    rows = TypeSchema.objects.filter(type__in=set(types)).select_related("type").order_by("type", "version")
    for schema in rows:
        found.setdefault(schema.type_id, {}).update(
            {name: spec.label for name, spec in schemas.of(schema).items()}
        )
    return found


def details(record: UseRecord, *, holder: str = "您") -> list[Row]:
    """Return one use in full, line by line; a line with nothing to say is left out.

    `holder`: what the page calls whose certificate it is; a supervisor reads 持证人.
    """
    agents = agent_names([actors.person_named(record.actor), giver(record)])
    labels = field_labels([record.type_id]).get(record.type_id, {})
    version = f"，第 {record.version} 版" if record.version else ""
    lines = {
        "谁看的": f"{record.body}，{looker(record, agents=agents)}",
        "经手人": _employee(record),
        "代办": agent_words(giver(record), record.holder_person_id, agents),
        "什么时候": iso_dt(record.at),
        "哪本证照": f"{record.type.name}{version}",
        "看了什么": "、".join(labels.get(name, name) for name in record.fields) or "什么也没有看到",
        "用来做什么": purpose(record),
        "事项": matter_names([record.matter_code]).get(record.matter_code, "") if record.matter_code else "",
        "件号": ref4(record.case_reference) if record.case_reference else "",
        "依据": ground(record, agents=agents).removeprefix("依据：").replace("您", holder),
        "法律依据": record.type.lookup.get("basis", "") if record.mode == UseMode.STATUTORY else "",
        "授权": _consent(record),
        "结果": OUTCOMES[UseOutcome(record.outcome)].replace("您", holder),
        "内容摘要": record.digest,
    }
    return [Row(label, value) for label, value in lines.items() if value]


def _employee(record: UseRecord) -> str:
    kind, _, key = record.actor.partition(":")
    found = User.objects.filter(pk=key).first() if kind == "user" else None
    return f"{found.display_name}（{record.post}）" if found is not None and record.post else ""


def _consent(record: UseRecord) -> str:
    given = record.authorisation
    if given is None:
        return ""
    once = "，只用一次" if given.once else ""
    granted = given.status == AuthorisationStatus.GRANTED
    ended = granted and over_among([given], at=clock.now())
    words = AuthorisationStatus.ENDED.label if ended else given.get_status_display()
    return f"{iso_dt(given.given_at)} 给出，最长到 {given.until:%Y-%m-%d}{once}；{words}"
