"""The window's look: the same clerk, post and window, for ten minutes, at what was agreed; recorded before it is given.

A look that is refused is recorded too. A page opened again leaves another record; within a minute it is the same look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.models import User
from certificates import digesting, locking, schemas
from certificates.holding.choosing import Choice, choose
from certificates.models import Certificate, CertificateType, Scan, UseRecord
from certificates.presenting import tracing
from certificates.presenting.errors import LookRefused, NoLongerActs, OtherWindow
from certificates.presenting.scanning import acting_in, locked
from certificates.presenting.stages import Stage, stage
from certificates.states import UseOutcome
from common.clock import day_of
from common.reading import by_reading

SAME_LOOK = timedelta(minutes=1)  # a page loaded again, or once more on its way to the form
_TRACE = ("type_id", "certificate_id", "version", "outcome", "actor", "post")
_WHY = {
    Stage.SCANNED: "还没有向群众请求。请先选办什么事、看哪些证照。",
    Stage.ASKED: "群众还没有回答。请群众在手机上选“同意”或“不同意”。",
    Stage.REFUSED: "群众没有同意，不能看。请群众出示实体证件，或者说明用途后重新扫码。",
    Stage.LAPSED: "群众没有及时回答，请求已经结束。请群众换一个码，再扫一次。",
    Stage.OVER: "这次授权已经结束，不能再看。还要看的，请群众重新亮码。",
    Stage.WITHDRAWN: "群众已经撤回授权，不能再看。请当面说明原因；还要看的，请群众重新亮码。",
    Stage.LEFT: "这次扫码已经结束。还要看的，请群众重新亮码。",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One type a window asked for: what was found, and the agreed fields when it is valid and whole."""

    kind: CertificateType
    outcome: UseOutcome
    certificate: Certificate | None
    values: Mapping[str, Any]
    detail: str = ""


def see(user: User, *, scan_id: UUID, window: str, at: datetime) -> list[Seen]:
    """Return what was agreed to, to the window that asked, while it may look. Its records are committed before.

    Raises NoSuchScan, OtherWindow, LookRefused (with the reason, and a record of it). Not inside a transaction.
    """
    with transaction.atomic(durable=True):
        found, refused = _opened(user, scan_id=scan_id, window=window, at=at)
        seen = [] if refused is not None else _seen(found, at=at)
        if refused is None:
            _keep(found, [_record(found, one, at=at) for one in seen])
        else:
            _keep(found, _turned_away(found, user, window, at=at))
    if refused is not None:
        raise refused
    return seen


def _opened(
    user: User, *, scan_id: UUID, window: str, at: datetime
) -> tuple[Scan, OtherWindow | LookRefused | None]:
    """Return the scan and why it may not be looked through; raises where there is nobody to record it for."""
    try:
        found = locked(user, scan_id=scan_id, window=window)
    except OtherWindow as other:
        rows = Scan.objects.select_related("presentation", "clerk", "post", "authorisation")
        return rows.get(pk=scan_id), other
    locking.shared_authorisations({found.authorisation_id} if found.authorisation_id else set())
    if found.authorisation is not None:
        found.authorisation.refresh_from_db()
    now = stage(found, at=at)
    if now != Stage.OPEN:
        return found, LookRefused(_WHY[now])
    try:
        acting_in(found.presentation, at=at)
    except NoLongerActs as ended:
        return found, LookRefused(ended.message)
    return found, None


def _seen(found: Scan, *, at: datetime) -> list[Seen]:
    types = schemas.kinds(found.scope)
    slugs = {kind.pk: slug for slug, kind in types.items()}
    shown = found.presentation
    held: dict[str, list[Certificate]] = defaultdict(list)
    bodies = {shown.holder_organisation_id} if shown.holder_organisation_id else set()
    for row in locking.certificates(slugs, people={shown.holder_person_id}, bodies=bodies, share=True):
        held[slugs[row.type_id]].append(row)
    on = day_of(at)
    # As window and phone named them when they asked.
    in_order = sorted(types, key=lambda slug: by_reading(types[slug].name))
    return [_one(found, types[slug], choose(held[slug], on=on)) for slug in in_order]


def _one(found: Scan, kind: CertificateType, choice: Choice) -> Seen:
    card = choice.certificate
    if card is None or choice.reason is not None:
        return Seen(kind, choice.outcome, card, {}, choice.detail)
    if not digesting.is_whole(card):
        return Seen(kind, UseOutcome.UNREADABLE, card, {})
    values = {name: card.fields[name] for name in found.scope[kind.slug] if name in card.fields}
    return Seen(kind, UseOutcome.FOUND, card, values)


def _record(found: Scan, one: Seen, *, at: datetime) -> UseRecord:
    return tracing.record(found, one.kind, outcome=one.outcome, certificate=one.certificate, at=at)


def _turned_away(found: Scan, user: User, window: str, *, at: datetime) -> list[UseRecord]:
    """Return what to record of a look that was refused: none before the question, for then nothing is named yet."""
    types = schemas.kinds(found.scope)
    looker = (actors.of_user(user), window or found.window)
    refused = UseOutcome.NOT_ALLOWED
    return [tracing.record(found, kind, outcome=refused, looker=looker, at=at) for kind in types.values()]


def _keep(found: Scan, records: list[UseRecord]) -> None:
    """Store what was not recorded of this scan within the last minute."""
    if not records:
        return
    recent = UseRecord.objects.filter(scan=found, at__gt=records[0].at - SAME_LOOK)
    told = set(recent.values_list(*_TRACE))
    fresh = [one for one in records if tuple(getattr(one, name) for name in _TRACE) not in told]
    UseRecord.objects.bulk_create(fresh)
