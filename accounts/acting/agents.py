"""Who acts for an organisation: its head by law names agents (经办人) for matters and a time (民法典 art. 61, 170)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from accounts import actors
from accounts.acting import mandates
from accounts.acting.delegating import NoSuchMandate, in_words, scope
from accounts.acting.principals import BY_LAW
from accounts.models import ActingRight, Organisation, Person
from accounts.telling import inbox
from common import clock
from common.errors import DomainError
from records import journal
from records.proving.chain import Json

LONGEST_DAYS = 3 * 365
Role = ActingRight.Role


class CannotName(DomainError):
    """The person acts for the organisation already, or the time is too long."""

    status = 422
    message = "不能这样授权经办人。"


class OnlyTheHead(DomainError):
    """An agent names no agents: a mandate is not passed on without the principal's consent (民法典 art. 169)."""

    status = 403
    message = "只有经营者或者法定代表人可以授权、撤回经办人。"


@dataclass(frozen=True, slots=True)
class Mandate:
    """What an agent may do: matters (empty: all), until a day, with or without its certificates.

    `names` are what the matters are called, for the messages.
    """

    until: date
    matters: Sequence[str] = ()
    sees_certificates: bool = False
    names: Sequence[str] = ()


def limit(on: date) -> date:
    """Return the last day a mandate given on a day may have."""
    return on + timedelta(days=LONGEST_DAYS)


@transaction.atomic
def authorise(head: Person, *, organisation: Organisation, agent: Person, mandate: Mandate) -> ActingRight:
    """Name an agent. Raises OnlyTheHead, CannotName."""
    today = clock.today()
    _lock(organisation)
    _require_head(head, organisation, today)
    if not today <= mandate.until <= limit(today):
        raise CannotName(f"授权最长三年，请选择 {today:%Y-%m-%d} 到 {limit(today):%Y-%m-%d} 之间的日期。")
    if _open(organisation, today).filter(person=agent).exists():
        raise CannotName(f"{agent.name}已经可以代表这家单位办事。要改范围，请先撤回，再重新授权。")
    given = ActingRight.objects.create(
        person=agent,
        organisation=organisation,
        role=Role.AGENT,
        matters=sorted(set(mandate.matters)),
        sees_certificates=mandate.sees_certificates,
        valid_from=today,
        valid_to=mandate.until,
        given_by=head,
    )
    _note(given, "agent_authorised", actors.of_person(head))
    told = {"scope": scope(given.matters), "due": mandate.until.isoformat()}
    told["matters"] = in_words(given.matters, mandate.names)
    _tell(given, "agent_authorised", [head, agent], **told)
    return given


@transaction.atomic
def revoke(person: Person, *, right_id: int) -> ActingRight:
    """End an agent's mandate at once, by the organisation's head or by the agent; idempotent.

    Raises NoSuchMandate, OnlyTheHead.
    """
    rows = ActingRight.objects.select_for_update(of=("self",)).select_related("person", "organisation")
    found = rows.filter(pk=right_id, role=Role.AGENT).first()
    if found is None or not _belongs(person, found):
        raise NoSuchMandate
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        found.save(update_fields=["revoked_at"])
        _note(found, "agent_revoked", actors.of_person(person))
        _tell(found, "agent_revoked", [found.given_by or person, found.person])
    return found


def _belongs(person: Person, right: ActingRight) -> bool:
    """Return whether the right is the person's own, or they are the organisation's head; other agents learn nothing."""
    return right.person_id == person.pk or is_head(person, organisation=right.organisation, on=clock.today())


@transaction.atomic(savepoint=False)
def change_legal_representative(
    organisation: Organisation, *, to: Person, source: str, actor: str
) -> ActingRight:
    """Let another person be the legal representative, on a registration's decision (市场主体登记管理条例 art. 24).

    In the caller's transaction; `source` names the decision. The organisation's agents stay: they act for it, not for
    the person who named them.
    """
    today, now = clock.today(), clock.now()
    _lock(organisation)
    before = list(
        _open(organisation, today)
        .filter(role=Role.LEGAL_REPRESENTATIVE)
        .select_related("person")
        .order_by("pk")
    )
    for one in before:
        if one.person_id == to.pk:
            return one
    for one in before:
        one.revoked_at, one.valid_to = now, today
        one.save(update_fields=["revoked_at", "valid_to"])
    right = ActingRight.objects.create(
        person=to, organisation=organisation, role=Role.LEGAL_REPRESENTATIVE, valid_from=today
    )
    details: dict[str, Json] = {
        "from": [str(one.person_id) for one in before],
        "to": str(to.pk),
        "source": source,
    }
    journal.note(
        stream=_stream(organisation),
        act="legal_representative_changed",
        actor=actor,
        subject=str(right.pk),
        details=details,
    )
    _tell(right, "legal_representative_changed", [to, *(one.person for one in before)])
    return right


def is_head(person: Person, *, organisation: Organisation, on: date) -> bool:
    """Return whether the person acts for the organisation by law on a day."""
    return _open(organisation, on).filter(person=person, role__in=BY_LAW).exists()


def rights_in(organisation: Organisation, *, on: date) -> QuerySet[ActingRight]:
    """Return who may act for an organisation on a day, its head first."""
    return _open(organisation, on).select_related("person", "given_by").order_by("-role", "pk")


def _open(organisation: Organisation, on: date) -> QuerySet[ActingRight]:
    return ActingRight.objects.filter(mandates.open_rights(on), organisation=organisation)


def _require_head(person: Person, organisation: Organisation, on: date) -> None:
    if organisation.status != Organisation.Status.ACTIVE or not is_head(
        person, organisation=organisation, on=on
    ):
        raise OnlyTheHead


def _lock(organisation: Organisation) -> None:
    """Whoever changes who acts for an organisation waits here for the other to commit."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _stream(organisation: Organisation) -> str:
    return f"organisation:{organisation.credit_code}"


def _note(right: ActingRight, act: str, actor: str) -> None:
    details: dict[str, Json] = {
        "agent": str(right.person_id),
        "matters": list(right.matters),
        "sees_certificates": right.sees_certificates,
        "until": right.valid_to.isoformat() if right.valid_to else "",
    }
    journal.note(
        stream=_stream(right.organisation), act=act, actor=actor, subject=str(right.pk), details=details
    )


def _tell(right: ActingRight, kind: str, people: Sequence[Person], **values: str) -> None:
    at, occasion = clock.now(), f"right:{right.pk}:{kind}"
    told = {"agent": right.person.name, "organisation": right.organisation.name, **values}
    inbox.send(
        inbox.message(person_id, kind=kind, occasion=occasion, at=at, values=told)
        for person_id in sorted({person.pk for person in people}, key=str)
    )
