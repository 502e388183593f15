"""A store goes out (证照导出): every certificate in it is looked at, so each gets its use record before it is written.

The journal has one entry for the whole file, with who took it and why.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import actors
from accounts.models import Department, User
from certificates import digesting, schemas
from certificates.models import Certificate, CertificateType, TypeSchema, UseRecord
from certificates.states import ENDED, UseMode, UseOutcome
from certificates.stocking import starting
from certificates.stocking.errors import ReasonNeeded
from certificates.stocking.files import columns
from certificates.stocking.files.reading import Form
from common import clock
from records.journal import PersonalDataInJournal, note

ROWS = 1000
LONGEST_REASON = 200
UNWRITTEN = "没有登记文号"


@dataclass(slots=True)
class Counted:
    """What an export came to; `unreadable` ones are not what was issued and are left out."""

    exported: int = 0
    unreadable: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks at a whole store, and why."""

    kind: CertificateType
    department: Department
    user: User
    reason: str
    at: datetime


def export(
    user: User, *, kind: CertificateType, reason: str, form: Form, counted: Counted | None = None
) -> Iterator[str]:
    """Give the text of all certificates of a type the user's department issued. Raises NotTheirStore, ReasonNeeded.

    Nothing is given before its use records are committed. What it came to is counted in `counted`.
    """
    look = _Look(kind, starting.department_of(user, kind=kind), user, _sound(reason), clock.now())
    _note(look)
    counted = counted or Counted()
    names = _names(kind)
    if form is Form.CSV:
        yield _csv([[*columns.COLUMNS, *(columns.FIELD + name for name in names)]])
    for certificates in _portions(kind, look.department):
        readable = {one.pk for one in certificates if digesting.is_whole(one)}
        _record(look, certificates, readable=readable)
        given = [one for one in certificates if one.pk in readable]
        counted.exported += len(given)
        counted.unreadable += len(certificates) - len(given)
        if form is Form.CSV:
            yield _csv([_cells(one, names) for one in given])
        else:
            yield "".join(f"{json.dumps(_object(one), ensure_ascii=False)}\n" for one in given)


def _sound(reason: str) -> str:
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= LONGEST_REASON:
        raise ReasonNeeded
    return reason


@transaction.atomic
def _note(look: _Look) -> None:
    whole = _all(look.kind, look.department).count()
    try:
        note(
            stream=f"export:{uuid.uuid4()}",
            act="certificates_exported",
            actor=actors.of_user(look.user),
            subject=look.kind.slug,
            details={"issuer": look.department.credit_code, "count": whole},
            event=f"导出{look.department.name}签发的{look.kind.name} {whole} 张，用途：{look.reason}",
            event_kind="export",
        )
    except PersonalDataInJournal as error:
        raise ReasonNeeded from error


def _all(kind: CertificateType, department: Department) -> QuerySet[Certificate]:
    return Certificate.objects.filter(type=kind, issuer_code=department.credit_code)


def _portions(kind: CertificateType, department: Department) -> Iterator[list[Certificate]]:
    """Give all, some at a time, by number and version: what comes in meanwhile moves nothing."""
    rows = _all(kind, department).select_related("holder_person", "holder_organisation", "type")
    rows = rows.order_by("number", "version")
    found = list(rows[:ROWS])
    while found:
        yield found
        last = found[-1]
        behind = Q(number__gt=last.number) | Q(number=last.number, version__gt=last.version)
        found = list(rows.filter(behind)[:ROWS])


@transaction.atomic
def _record(look: _Look, certificates: Sequence[Certificate], *, readable: set[uuid.UUID]) -> None:
    UseRecord.objects.bulk_create(
        UseRecord(
            certificate=one,
            type=look.kind,
            version=one.version,
            holder_person=one.holder_person,
            holder_organisation=one.holder_organisation,
            mode=UseMode.EXPORTED,
            body=look.department.name,
            body_code=look.department.credit_code,
            actor=actors.of_user(look.user),
            post=f"{look.department.short_name} 证照管理员"[:80],
            purpose=look.reason,
            fields=sorted(one.fields) if one.pk in readable else [],
            outcome=UseOutcome.FOUND if one.pk in readable else UseOutcome.UNREADABLE,
            digest=one.digest,
            at=look.at,
        )
        for one in certificates
    )


def _names(kind: CertificateType) -> list[str]:
    """Return the names of all fields the type ever had, those of the newest version first."""
    names = dict.fromkeys(schemas.of_version(kind, kind.current_schema))
    for schema in TypeSchema.objects.filter(type=kind).order_by("-version"):
        names |= dict.fromkeys(schema.order or sorted(schema.fields))
    return list(names)


def _terms(certificate: Certificate) -> dict[str, Any]:
    person, body = certificate.holder_person, certificate.holder_organisation
    changed = certificate.status_changed_at
    until = certificate.valid_until
    return {
        "holder": person.id_number if person else body.credit_code if body else "",
        "holder_name": person.name if person else body.name if body else "",
        "number": certificate.number,
        "identifier": certificate.identifier,
        "version": certificate.version,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_from": certificate.valid_from.isoformat(),
        "valid_until": until.isoformat() if until else "",
        "status": certificate.status,
        "status_reason": certificate.status_reason,
        "status_at": clock.day_of(changed).isoformat() if changed else "",
        "status_document": _document(certificate),
    }


def _document(certificate: Certificate) -> str:
    """Return by which decision it ended; of one that ended before this was asked, that nobody wrote it down."""
    if certificate.status not in ENDED:
        return ""
    return certificate.ended_by.removeprefix("document:") or UNWRITTEN


def _object(certificate: Certificate) -> dict[str, Any]:
    return {**_terms(certificate), "fields": certificate.fields}


def _cells(certificate: Certificate, names: Sequence[str]) -> list[str]:
    values: Mapping[str, Any] = certificate.fields
    return [
        *(columns.guarded(str(value)) for value in _terms(certificate).values()),
        *(columns.cell_of(values.get(name)) for name in names),
    ]


def _csv(lines: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue()
