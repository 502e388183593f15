"""The only reader of certificate fields: consent is checked and the look recorded before anything is handed out.

A batch costs one statement for authorisations, one for types, one for certificates and one for all use records.
Looking whether anything changed since costs two: what a type is was found before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection, transaction

from accounts import actors
from accounts.acting.principals import Principal
from accounts.actors import SYSTEM
from certificates import digesting, locking, schemas
from certificates.errors import NotYours
from certificates.holding.choosing import Choice, choose
from certificates.models import Authorisation, Certificate, CertificateType, Scan, UseRecord
from certificates.states import AuthorisationStatus, UseMode, UseOutcome
from common.statements.planned import Planned
from common.statements.worded import NO_WAIT, Insert
from rules.language.values import UnknownReason

PREFILL = "预填"
BY_MACHINE = "系统核验"
_USES = Insert(UseRecord)
_TOLD = Planned("""
SELECT type_id, certificate_id, version, outcome FROM certificates_userecord
 WHERE case_reference = %s AND authorisation_id IS NOT DISTINCT FROM %s::uuid AND purpose = %s
""")
_TOLD_OF_SCAN = Planned(
    "SELECT type_id, certificate_id, version, outcome FROM certificates_userecord WHERE scan_id = %s"
)
_Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Need:
    """What one case asks the store for: type slug → fields. No fields: only whether one is held, which is no use.

    `scan`: what the holder agreed to at a window, where that window is who reads (with its `post`).
    """

    case_reference: str
    matter_code: str
    body: str
    holder_person_id: UUID | None
    holder_organisation_id: UUID | None
    authorisation_id: UUID | None
    scope: Mapping[str, Sequence[str]]
    purpose: str
    body_code: str = ""
    scan: Scan | None = None

    @property
    def holder_id(self) -> UUID:
        """Return whose certificates are meant."""
        holder = self.holder_organisation_id or self.holder_person_id
        assert holder is not None
        return holder


@dataclass(frozen=True, slots=True)
class Look:
    """What a reading came from, to find out later whether it still stands: `mark` must be the same then."""

    need: Need
    type: CertificateType
    mark: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A valid certificate with the authorised fields, as JSON values."""

    certificate_id: UUID
    identifier: str
    number: str
    version: int
    values: Mapping[str, Any]
    held: bool = True
    look: Look | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """Why nothing was read. `held` is known all the same; None (暂停使用, 尚未生效) says neither yes nor no."""

    reason: UnknownReason
    held: bool | None
    detail: str = ""
    look: Look | None = field(default=None, repr=False, compare=False)


Reading: TypeAlias = Held | Missing


@dataclass(frozen=True, slots=True)
class _Seen:
    """One type of one need: which certificate counts, and whether it may be read."""

    need: Need
    type: CertificateType
    fields: tuple[str, ...]
    choice: Choice
    authorised: bool
    giver: UUID | None = None
    whole: bool = True

    @property
    def outcome(self) -> UseOutcome:
        if not self.authorised:
            return UseOutcome.UNAUTHORISED
        return self.choice.outcome if self.whole else UseOutcome.UNREADABLE

    @property
    def look(self) -> Look:
        return Look(self.need, self.type, (self.authorised, *self.choice.mark))


def collect(needs: Sequence[Need], *, on: date, actor: str, at: datetime) -> list[dict[str, Reading]]:
    """Return a Reading per need and type. Its use records are committed before: not inside a transaction.

    For a worker that decides: that commit waits for no disk, since whatever follows from what was read (a question to
    a register, a decision) leaves the process after a later commit that does, and that takes this one along.
    """
    with transaction.atomic(durable=True):
        seen = [_proven(types) for types in _look(needs, on=on)]
        written = [_record(one, actor=actor, at=at) for one in _flat(seen) if one.fields]
        _USES.rows(written, before=NO_WAIT)
    return [{slug: _reading(one) for slug, one in types.items()} for types in seen]


def prefill(need: Need, *, on: date, at: datetime, actor: str = SYSTEM) -> dict[str, Reading]:
    """Read for a form that is being filled in: recorded once per authorisation and certificate, not per page.

    At a window: once per scan and certificate, and not again where the window has looked through the scan before.
    Where nothing is recorded nothing is committed: letting go of the lock on the consent waits for no disk.
    """
    with transaction.atomic(durable=True):
        (seen,) = map(_proven, _look([need], on=on))
        told = _told_before(need)
        fresh = [one for one in seen.values() if one.fields and _trace(one) not in told]
        _USES.rows([_record(one, actor=actor, at=at, purpose=PREFILL) for one in fresh])
        transaction.set_rollback(not fresh)
    return {slug: _reading(one) for slug, one in seen.items()}


def changed(readings: Sequence[Mapping[str, Reading]], *, on: date) -> list[bool]:
    """Return for each case whether a certificate or the consent behind its readings changed since.

    Inside the deciding transaction: what was read stays locked (FOR SHARE) until it commits.
    """
    looks = [{slug: one.look for slug, one in types.items() if one.look} for types in readings]
    known = {slug: look.type for types in looks for slug, look in types.items()}
    asked = [next(iter(types.values())).need for types in looks if types]
    seen = iter(_look(asked, on=on, types=known, lock=True) if asked else [])
    return [bool(types) and _differs(types, next(seen)) for types in looks]


def own_values(certificate: Certificate, *, viewer: Principal) -> Mapping[str, Any]:
    """Return the fields to their own holder, or raise NotYours. Looking at one's own is no use by a body."""
    own = viewer.organisation.pk if viewer.organisation else viewer.person.pk
    if own != (certificate.holder_organisation_id if viewer.organisation else certificate.holder_person_id):
        raise NotYours
    values: Mapping[str, Any] = certificate.fields
    return values


def _look(
    needs: Sequence[Need],
    *,
    on: date,
    types: Mapping[str, CertificateType] | None = None,
    lock: bool = False,
) -> list[dict[str, _Seen]]:
    consents = locking.shared_authorisations({one.authorisation_id for one in needs if one.authorisation_id})
    givers = {pk: one.given_by_id for pk, one in consents.items()}
    types = types or schemas.kinds({slug for need in needs for slug in need.scope})
    held = _held(needs, types, lock=lock)
    return [
        {
            slug: _Seen(
                need,
                types[slug],
                tuple(fields),
                choose(held[slug, need.holder_id], on=on),
                authorised=not fields or _covers(consents.get(need.authorisation_id), need, slug, on=on),
                giver=givers.get(need.authorisation_id),
            )
            for slug, fields in need.scope.items()
        }
        for need in needs
    ]


def _proven(types: Mapping[str, _Seen]) -> dict[str, _Seen]:
    """Hold every certificate that will be opened against its digest: what is not what was issued is never trusted."""
    return {slug: replace(one, whole=_is_as_issued(one)) for slug, one in types.items()}


def _is_as_issued(one: _Seen) -> bool:
    found = one.choice.certificate
    if not one.fields or not one.authorised or one.choice.reason is not None or found is None:
        return True  # it stays sealed
    return digesting.is_whole(found)


def _held(
    needs: Sequence[Need], types: Mapping[str, CertificateType], *, lock: bool
) -> Mapping[_Key, list[Certificate]]:
    slugs = {kind.pk: slug for slug, kind in types.items()}
    people = {need.holder_person_id for need in needs if need.holder_organisation_id is None}
    bodies = {need.holder_organisation_id for need in needs if need.holder_organisation_id is not None}
    held: dict[_Key, list[Certificate]] = defaultdict(list)
    for row in locking.certificates(slugs, people=people, bodies=bodies, share=lock):
        holder = row.holder_person_id or row.holder_organisation_id
        assert holder is not None
        held[slugs[row.type_id], holder].append(row)
    return held


def _covers(consent: Authorisation | None, need: Need, slug: str, *, on: date) -> bool:
    """Return whether a consent is granted, in force, the holder's own, for this case, and names every field."""
    if consent is None or consent.status != AuthorisationStatus.GRANTED or on > consent.until:
        return False
    if consent.case_reference != need.case_reference or consent.matter_code != need.matter_code:
        return False
    if (consent.holder_organisation_id or consent.holder_person_id) != need.holder_id:
        return False
    return set(need.scope[slug]) <= set(consent.scope.get(slug, ()))


def _reading(one: _Seen) -> Reading:
    chosen = one.choice
    if not one.authorised:
        return Missing(UnknownReason.UNAUTHORISED, chosen.held, look=one.look)
    if chosen.reason is not None:
        return Missing(chosen.reason, chosen.held, chosen.detail, look=one.look)
    if not one.whole:
        return Missing(UnknownReason.UNREADABLE, None, "内容与签发时不一致", look=one.look)
    found = chosen.certificate
    assert found is not None
    values = {name: found.fields[name] for name in one.fields if name in found.fields} if one.fields else {}
    return Held(found.pk, found.identifier, found.number, found.version, values, look=one.look)


def _record(one: _Seen, *, actor: str, at: datetime, purpose: str = "") -> UseRecord:
    need, found = one.need, one.choice.certificate if one.authorised else None
    read = one.outcome == UseOutcome.FOUND
    return UseRecord(
        certificate=found,
        type=one.type,
        version=found.version if found else None,
        holder_person_id=None if need.holder_organisation_id else need.holder_person_id,
        holder_organisation_id=need.holder_organisation_id,
        authorisation_id=need.authorisation_id,
        **_looker(need, actor),
        agent_id=_agent(one, actor),
        case_reference=need.case_reference,
        matter_code=need.matter_code,
        purpose=purpose or need.purpose,
        fields=list(one.fields) if read else [],
        outcome=one.outcome,
        digest=found.digest if found and read else "",
        at=at,
    )


def _looker(need: Need, actor: str) -> dict[str, Any]:
    """Return who looked, for which body, in which post: at a window what was presented to it, by the clerk there."""
    scan = need.scan
    if scan is None:
        post = BY_MACHINE if actor == SYSTEM else ""
        body = {"body": need.body, "body_code": need.body_code}
        return {"mode": UseMode.AUTHORISED, "actor": actor, "post": post, **body}
    post = f"{scan.window} {scan.post.get_role_display()}"
    clerk = actors.of_user_id(scan.clerk_id)
    told: dict[str, Any] = {"mode": UseMode.PRESENTED, "actor": clerk, "post": post, "scan": scan}
    return told | {"body": scan.body, "body_code": scan.post.body_code}


def _agent(one: _Seen, actor: str) -> UUID | None:
    """Return who acted for the holder: who fills the form in, else who gave the consent; None for the holder."""
    acted = actors.person_named(actor) or one.giver
    return None if acted == one.need.holder_id else acted


def _trace(one: _Seen) -> tuple[object, ...]:
    found = one.choice.certificate if one.authorised else None
    return (one.type.pk, found.pk if found else None, found.version if found else None, str(one.outcome))


def _told_before(need: Need) -> set[tuple[object, ...]]:
    with connection.cursor() as cursor:
        if need.scan is not None:
            cursor.execute(_TOLD_OF_SCAN, [need.scan.pk])
        else:
            cursor.execute(_TOLD, [need.case_reference, need.authorisation_id, PREFILL])
        return set(cursor.fetchall())


def _flat(seen: Iterable[Mapping[str, _Seen]]) -> list[_Seen]:
    return [one for types in seen for one in types.values()]


def _differs(looks: Mapping[str, Look], seen: Mapping[str, _Seen]) -> bool:
    return any(slug not in looks or looks[slug].mark != one.look.mark for slug, one in seen.items())
