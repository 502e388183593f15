"""Delegation (代办) between persons: for matters and a time, revocable at once by either (民法典 art. 165, 173)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.acting import mandates
from accounts.models import Delegation, Person
from accounts.telling import inbox
from common import clock
from common.errors import DomainError
from records import journal

LONGEST_DAYS = 365
USUAL_DAYS = 90
NAMED = 3  # up to so many matters are named in a message


class CannotDelegate(DomainError):
    """To oneself, for too long, or into the past."""

    status = 422
    message = "不能这样授权。"


class NoSuchMandate(DomainError):
    """It does not exist, or is somebody else's: the answer is the same."""

    status = 404
    message = "没有找到这项授权，可能已经撤回或者到期。请从“我的”里重新打开。"


def limit(on: date) -> date:
    """Return the last day a delegation given on a day may have."""
    return on + timedelta(days=LONGEST_DAYS)


@transaction.atomic
def give(
    principal: Person, *, agent: Person, until: date, matters: Sequence[str] = (), names: Sequence[str] = ()
) -> Delegation:
    """Let another person act until a day, in the matters named or in all. A new one replaces an earlier one.

    `names` are what the matters are called, for the messages. Raises CannotDelegate.
    """
    today = clock.today()
    _require_possible(principal, agent, until, today)
    Person.objects.select_for_update(no_key=True).get(pk=principal.pk)  # two clicks queue here
    wanted = sorted(set(matters))
    open_ones = Delegation.objects.filter(mandates.open_delegations(today), principal=principal, agent=agent)
    for earlier in open_ones.select_for_update().order_by("pk"):
        if earlier.matters == wanted and earlier.valid_to == until:
            return earlier
        _end(earlier, by=principal)
    given = Delegation.objects.create(
        principal=principal,
        agent=agent,
        matters=wanted,
        valid_from=today,
        valid_to=until,
        given_at=clock.now(),
    )
    _note(given, "delegation_given", principal)
    told = {"scope": scope(wanted), "matters": in_words(wanted, names), "due": until.isoformat()}
    _tell(given, "delegation_given", "delegation_held", told)
    return given


def scope(matters: Sequence[str]) -> str:
    """Return in words which matters a mandate covers."""
    return f"选定的 {len(matters)} 个事项" if matters else "全部事项"


def in_words(matters: Sequence[str], names: Sequence[str]) -> str:
    """Return the matters by name where they are few, else how many they are."""
    few = 0 < len(names) <= NAMED and len(names) == len(set(matters))
    return "".join(f"“{name}”" for name in names) if few else scope(matters)


def _require_possible(principal: Person, agent: Person, until: date, today: date) -> None:
    if principal.pk == agent.pk:
        raise CannotDelegate("不能授权给自己。请填写要替您办事的人。")
    if mandates.comes_of_age(agent) > today:
        raise CannotDelegate("代办人要年满 18 周岁。请换一位成年人。")
    if not today <= until <= limit(today):
        raise CannotDelegate(f"授权最长一年，请选择 {today:%Y-%m-%d} 到 {limit(today):%Y-%m-%d} 之间的日期。")


@transaction.atomic
def revoke(person: Person, *, delegation_id: UUID) -> Delegation:
    """End a delegation at once, by who gave it or by its agent (who gives it up); idempotent. Raises NoSuchMandate."""
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("principal", "agent")
    found = rows.filter(pk=delegation_id).first()
    if found is None or person.pk not in {found.principal_id, found.agent_id}:
        raise NoSuchMandate
    if found.revoked_at is None:
        _end(found, by=person)
        _tell(found, "delegation_revoked", "delegation_ended", {})
    return found


def _end(found: Delegation, *, by: Person) -> None:
    found.revoked_at, found.revoked_by = clock.now(), actors.of_person(by)
    found.save(update_fields=["revoked_at", "revoked_by"])
    _note(found, "delegation_revoked", by)


def _note(found: Delegation, act: str, by: Person) -> None:
    journal.note(
        stream=f"person:{found.principal_id}",
        act=act,
        actor=actors.of_person(by),
        subject=str(found.pk),
        details={
            "agent": str(found.agent_id),
            "matters": list(found.matters),
            "until": found.valid_to.isoformat(),
        },
    )


def _tell(found: Delegation, to_principal: str, to_agent: str, values: Mapping[str, str]) -> None:
    at = clock.now()
    told = {"agent": found.agent.name, "principal": found.principal.name, **values}
    pairs = ((found.principal_id, to_principal), (found.agent_id, to_agent))
    inbox.send(
        inbox.message(person_id, kind=kind, occasion=f"delegation:{found.pk}:{kind}", at=at, values=told)
        for person_id, kind in pairs
    )
