"""Issuing certificates: one or a batch, in a fixed number of statements, in the caller's transaction."""

from __future__ import annotations

import re
import secrets
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Organisation, Person
from certificates import digesting, locking, schemas
from certificates.errors import (
    AlreadyHeld,
    AlreadyIssued,
    InvalidFields,
    NothingToRenew,
    NumberTaken,
)
from certificates.issuance import numbering, terms
from certificates.models import Certificate, CertificateType, Seal
from certificates.sealing import signing
from certificates.states import CertificateStatus
from common import clock
from common.errors import DomainError
from common.identifiers import certificate_identifier, make_certificate_identifier
from common.statements.worded import Insert
from records.journal import Note, note_many
from records.proving.chain import Json

_CERTIFICATES = Insert(Certificate)
_SERIAL = re.compile(r"[0-9A-Z]{1,40}")
_OF_NUMBERS = {
    "one_certificate_a_number_and_version",
    "one_valid_version_a_number",
    "certificates_certificate_identifier_key",
}
_Key = tuple[int, UUID]


@dataclass(frozen=True, slots=True)
class Issue:
    """What is to be issued. `type` is a type or its slug; `number_fields` repeat the certificate's own number.

    Either `number` is given, or `pattern` says how the next one is formed (`LH{year}{serial:8}`), or it is random.
    `source` names the decision: one certificate each. `new_version` supersedes the held one, keeps its number;
    `renews` says of which, where a holder has several; with `valid_as_held` its last valid day too: a change does
    not lengthen a licence (行政许可法 49, 50).
    """

    type: CertificateType | str
    holder: Person | Organisation
    values: Mapping[str, Any]
    issued_on: date
    valid_from: date
    issuer_code: str
    issuer_name: str
    valid_until: date | None = None
    number: str | None = None
    pattern: str | None = None
    number_fields: Sequence[str] = ()
    source: str | None = None
    new_version: bool = False
    valid_as_held: bool = False
    renews: UUID | None = None
    is_demo: bool = False

    @property
    def slug(self) -> str:
        """Return the slug of the type."""
        return self.type if isinstance(self.type, str) else self.type.slug


@dataclass(slots=True)
class _Plan:
    """One issue with its type, what it replaces, and its number."""

    issue: Issue
    type: CertificateType
    replaces: Certificate | None = None
    number: str = ""

    @property
    def key(self) -> _Key:
        return self.type.pk, self.issue.holder.pk

    @property
    def renewed(self) -> Certificate | None:
        """Return the certificate of which this is the next version."""
        return self.replaces if self.issue.new_version else None

    @property
    def valid_until(self) -> date | None:
        """Return the last valid day."""
        if self.renewed is not None and self.issue.valid_as_held:
            return self.renewed.valid_until
        return terms.last_day(self.type, valid_from=self.issue.valid_from, asked=self.issue.valid_until)


def issue(given: Issue, *, at: datetime, actor: str = "system") -> Certificate:
    """Issue one certificate; see `issue_many`."""
    return issue_many([given], at=at, actor=actor)[0]


@transaction.atomic(savepoint=False)
def issue_many(
    issues: Sequence[Issue],
    *,
    at: datetime,
    actor: str = "system",
    locked: Mapping[str, Seal] | None = None,
    notes: list[Note] | None = None,
) -> list[Certificate]:
    """Issue all or none, in the order given. Raises InvalidFields, AlreadyHeld, NothingToRenew, NoUsableSeal …

    `locked`: the issuers' seals, where the caller's transaction has looked for them (`seals.active_for`).
    `notes`: gets the entries for the journal, where the caller writes them with its own.
    """
    if not issues:
        return []
    plans = _plans(issues)
    _replace_held(plans, on=clock.day_of(at))
    replaced = [plan.replaces for plan in plans if plan.replaces is not None]
    _supersede(replaced, at=at)
    _number(plans, on=clock.day_of(at))
    certificates = [_certificate(plan) for plan in plans]
    signing.sign_many(certificates, at=at, actor=actor, locked=locked)
    _insert(certificates, plans)
    made = [*(_superseded_note(one, actor) for one in replaced), *(_note(one, actor) for one in certificates)]
    if notes is None:
        note_many(made)
    else:
        notes += made
    return certificates


def _plans(issues: Sequence[Issue]) -> list[_Plan]:
    known = schemas.kinds({given.slug for given in issues})
    for given in issues:
        check(given, known[given.slug])
    return [_Plan(given, known[given.slug]) for given in issues]


def check(given: Issue, kind: CertificateType) -> None:
    """Raise InvalidFields for what the type does not allow: fields, holder, issuer, days, number."""
    specs = schemas.of_version(kind, kind.current_schema)
    schemas.check(given.values, specs=specs)
    if unknown := [name for name in given.number_fields if name not in specs]:
        raise InvalidFields(dict.fromkeys(unknown, "这类证照没有这一项"))
    if kind.holder_kind not in {"either", "person" if isinstance(given.holder, Person) else "organisation"}:
        raise InvalidFields({"holder": "持证主体的类别与证照类型不符"})
    terms.check_issuer(kind, code=given.issuer_code)
    if not given.valid_as_held:
        terms.last_day(kind, valid_from=given.valid_from, asked=given.valid_until)
    if given.number is not None:
        schemas.check_number(given.number)


def _replace_held(plans: Sequence[_Plan], *, on: date) -> None:
    """Find what each certificate takes the place of, or refuse. An expired one never stands in the way."""
    wanting = [plan for plan in plans if plan.issue.new_version or plan.type.exclusive]
    held = _lock_held(wanting)
    taken: set[_Key] = set()
    for plan in wanting:
        if plan.key in taken:
            raise AlreadyHeld(plan.type.name)
        taken.add(plan.key)
        plan.replaces = (
            _renewed(plan, held[plan.key], on)
            if plan.issue.new_version
            else _expired(plan, held[plan.key], on)
        )


def _lock_held(plans: Sequence[_Plan]) -> dict[_Key, list[Certificate]]:
    held: dict[_Key, list[Certificate]] = defaultdict(list)
    if not plans:
        return held
    people = {plan.issue.holder.pk for plan in plans if isinstance(plan.issue.holder, Person)}
    bodies = {plan.issue.holder.pk for plan in plans if isinstance(plan.issue.holder, Organisation)}
    for row in locking.in_hand({plan.type.pk for plan in plans}, people=people, bodies=bodies):
        holder = row.holder_person_id or row.holder_organisation_id
        assert holder is not None
        held[row.type_id, holder].append(row)
    return held


def _renewed(plan: _Plan, held: Sequence[Certificate], on: date) -> Certificate:
    valid = [
        one for one in held if one.status == CertificateStatus.VALID and plan.issue.renews in {None, one.pk}
    ]
    if len(valid) != 1 or (plan.issue.valid_as_held and valid[0].expired_on(on)):
        raise NothingToRenew(plan.type.name)
    return valid[0]


def _expired(plan: _Plan, held: Sequence[Certificate], on: date) -> Certificate | None:
    running = [one for one in held if one.valid_until is None or one.valid_until >= on]
    if running:
        raise AlreadyHeld(plan.type.name)
    return next((one for one in held if one.status == CertificateStatus.VALID), None)


def _supersede(replaced: Sequence[Certificate], *, at: datetime) -> None:
    if replaced:
        Certificate.objects.filter(pk__in=[one.pk for one in replaced]).update(
            status=CertificateStatus.SUPERSEDED, status_changed_at=at, status_reason="已签发新证"
        )


def _number(plans: Sequence[_Plan], *, on: date) -> None:
    """Give every certificate its number, the drawn ones last: a series is locked until the caller commits."""
    drawing: list[_Plan] = []
    for plan in plans:
        if plan.renewed is not None:
            plan.number = plan.renewed.number
        elif plan.issue.number is None and plan.issue.pattern is not None:
            drawing.append(plan)
        else:
            plan.number = plan.issue.number or numbering.random_text(16)
    drawn = numbering.numbers([(plan.type.code, plan.issue.pattern or "") for plan in drawing], on=on)
    for plan, number in zip(drawing, drawn, strict=True):
        plan.number = number


def _certificate(plan: _Plan) -> Certificate:
    given, holder = plan.issue, plan.issue.holder
    certificate = Certificate(
        id=uuid.uuid4(),
        type=plan.type,
        identifier=_identifier(plan),
        number=plan.number,
        version=plan.renewed.version + 1 if plan.renewed else 1,
        schema_version=plan.type.current_schema,
        holder_person=holder if isinstance(holder, Person) else None,
        holder_organisation=holder if isinstance(holder, Organisation) else None,
        issuer_code=given.issuer_code,
        issuer_name=given.issuer_name,
        exclusive=plan.type.exclusive,
        issued_on=given.issued_on,
        valid_from=given.valid_from,
        valid_until=plan.valid_until,
        fields={**given.values, **dict.fromkeys(given.number_fields, plan.number)},
        previous=plan.replaces,
        source=given.source,
        check_token=secrets.token_urlsafe(24),
        is_demo=given.is_demo,
    )
    certificate.digest = digesting.digest(certificate)
    return certificate


def _identifier(plan: _Plan) -> str:
    """Return the GB/T 36904 identifier: the number is its serial where digits and capitals allow, else it is random."""
    version, serial = 1, plan.number if _SERIAL.fullmatch(plan.number) else numbering.random_text(20)
    if plan.renewed is not None:
        version, serial = plan.renewed.version + 1, certificate_identifier(plan.renewed.identifier).serial
    return make_certificate_identifier(
        plan.type.code, issuer=plan.issue.issuer_code, serial=serial, version=version
    )


def _insert(certificates: Sequence[Certificate], plans: Sequence[_Plan]) -> None:
    try:
        _CERTIFICATES.rows(certificates)
    except IntegrityError as error:
        raise _refusal(error, plans) from error


def _refusal(error: IntegrityError, plans: Sequence[_Plan]) -> DomainError | IntegrityError:
    """Name the domain error behind a constraint: another transaction was a moment earlier."""
    constraint = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if constraint.startswith("one_valid_certificate"):
        return AlreadyHeld(plans[0].type.name if len(plans) == 1 else "同类证照")
    if constraint == "one_certificate_a_source":
        return AlreadyIssued()
    if constraint in _OF_NUMBERS:
        return NumberTaken()
    return error


def _note(certificate: Certificate, actor: str) -> Note:
    details: dict[str, Json] = {
        "type": certificate.type.code,
        "version": certificate.version,
        "digest": certificate.digest,
    }
    return Note(
        stream=f"certificate:{certificate.pk}",
        act="certificate_issued",
        actor=actor,
        subject=certificate.source or "",
        details=details,
        begins=True,
    )


def _superseded_note(certificate: Certificate, actor: str) -> Note:
    return Note(stream=f"certificate:{certificate.pk}", act="certificate_superseded", actor=actor)
