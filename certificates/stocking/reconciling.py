"""A bureau's own file held against the store (对账): who lacks what, and in what they differ. Changes nothing.

The report holds lines, numbers and names of fields. A field is opened only to see whether it differs.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts import entering
from certificates.models import Certificate, CertificateType, Reconciliation
from certificates.states import IMPORTING, CertificateStatus, FileOrigin, ImportState
from certificates.stocking import starting
from certificates.stocking.course import attempting
from certificates.stocking.errors import GivenUp
from certificates.stocking.files import columns, comparing, reading, rows
from certificates.stocking.files.reading import Blocks, Record, Survey
from certificates.stocking.files.rows import Layout, Rejected, Row
from common import clock
from common.errors import DomainError
from records.fields import Tampered
from records.journal import note

MOST_LISTED = 500  # of each kind; the counts count all
KINDS = {
    "same": "两边一致",
    "only_file": "只在文件里",
    "only_store": "只在库里",
    "terms": "基本信息不同",
    "fields": "内容不同",
    "status": "状态不同",
    "repeated": "文件里重复",
    "refused": "文件里有错",
}


@dataclass
class Report:
    """What a file and the store do not agree on: how many of each kind, and the first of them."""

    counts: Counter[str] = field(default_factory=Counter)
    listed: list[dict[str, Any]] = field(default_factory=list)

    def add(self, kind: str, *, line: int = 0, number: str = "", version: int = 0, what: str = "") -> None:
        """Count one, and name it while there is room."""
        self.counts[kind] += 1
        if kind != "same" and self.counts[kind] <= MOST_LISTED:
            named = {"kind": kind, "line": line, "number": number, "version": version, "what": what[:200]}
            self.listed.append(named)

    def as_json(self) -> dict[str, Any]:
        """Return the report as it is kept."""
        return {"counts": {kind: self.counts[kind] for kind in KINDS}, "listed": self.listed}


def compare(
    blocks: Blocks,
    told: Survey,
    *,
    kind: CertificateType,
    issuer_code: str,
    issuer_name: str,
    tell: Callable[[], None] = lambda: None,
) -> Report:
    """Hold a file against what an issuer's store has of a type. Raises FileUnreadable, BadHeader."""
    layout, first, lines = starting.layout_of(
        blocks, told, kind=kind, issuer_code=issuer_code, issuer_name=issuer_name
    )
    report, seen = Report(), set[UUID]()
    for chunk in reading.chunks(blocks, form=layout.form, position=first, line=lines):
        _compare(chunk.records, layout, report, seen)
        tell()
    whole = Certificate.objects.filter(type=kind, issuer_code=issuer_code).order_by("number", "version")
    with transaction.atomic():  # a cursor lives within one
        for pk, number, version in whole.values_list("pk", "number", "version").iterator(chunk_size=5000):
            if pk not in seen:
                report.add("only_store", number=number, version=version)
    return report


def _compare(records: Sequence[Record], layout: Layout, report: Report, seen: set[UUID]) -> None:
    found = []
    for record in records:
        try:
            found.append(rows.read(record, layout=layout))
        except Rejected as error:
            report.add("refused", line=record.line, what=str(error))
    known = _known(found)
    numbers = {row.number for row in found}
    stored = Certificate.objects.filter(type=layout.kind, number__in=numbers, issuer_code=layout.issuer_code)
    by_number = {(one.number, one.version): one for one in stored.order_by("pk")}
    for row in found:
        certificate = by_number.get((row.number, row.version))
        line, number, version = row.record.line, row.number, row.version
        if certificate is None:
            report.add("only_file", line=line, number=number, version=version)
        elif certificate.pk in seen:
            report.add("repeated", line=line, number=number, version=version)
        else:
            seen.add(certificate.pk)
            kind, what = _differing(row, certificate, layout, holder=known.get(row.key, ""))
            report.add(kind, line=line, number=number, version=version, what=what)


def _known(found: Sequence[Row]) -> dict[bytes | str, str]:
    people = entering.known_people({row.key for row in found if isinstance(row.key, bytes)})
    bodies = entering.known_organisations({row.key for row in found if isinstance(row.key, str)})
    found_people: dict[bytes | str, str] = {key: one.id for key, one in people.items()}
    return found_people | {code: one.id for code, one in bodies.items()}


def _differing(row: Row, certificate: Certificate, layout: Layout, *, holder: str) -> tuple[str, str]:
    digest = rows.digest(
        row,
        pk=certificate.pk,
        holder=holder,
        identifier=row.identifier or certificate.identifier,
        issuer=layout.issuer_code,
        schema=certificate.schema_version,
    )
    if digest != certificate.digest:
        if names := comparing.terms(row, certificate, holder=holder):
            return "terms", "、".join(names)
        try:
            names = comparing.fields(row, certificate, specs=layout.specs)
        except Tampered:
            return "fields", "库里的内容已损坏"
        if names:
            return "fields", "、".join(names)
    if row.status != certificate.status:
        return "status", f"文件：{row.status.label}；库里：{CertificateStatus(certificate.status).label}"
    return "same", ""


def begin(
    told: Survey, *, kind: CertificateType, issuer_code: str, file_name: str, origin: FileOrigin, actor: str
) -> Reconciliation:
    """Keep that a file is to be held against the store. Raises UnknownIssuer."""
    issuer = starting.issuer_of(kind, code=issuer_code)
    return Reconciliation.objects.create(
        type=kind,
        file_name=file_name[:200],
        sha256=told.sha256,
        origin=origin,
        issuer_code=issuer.credit_code,
        issuer_name=issuer.name,
        started_by=actor,
        created_at=clock.now(),
    )


def run(one: Reconciliation, blocks: Blocks | None = None) -> Reconciliation:
    """Compare, and keep the report; what went wrong is kept too."""
    try:
        attempting.count(one)
        one.state, one.seen_at = ImportState.RUNNING, clock.now()
        one.save(update_fields=["state", "seen_at"])
        report = compare(
            blocks := blocks or starting.blocks_of(one),
            reading.survey(blocks),
            kind=one.type,
            issuer_code=one.issuer_code,
            issuer_name=one.issuer_name,
            tell=lambda: attempting.go_on(one),
        )
    except DomainError as error:
        _fail(one, error.message)
        return one
    except Exception as error:
        if not attempting.is_last(one, error):
            raise
        _fail(one, GivenUp.message)
        return one
    one.report, one.state, one.finished_at = report.as_json(), ImportState.DONE, clock.now()
    _keep(one)
    return one


def _fail(one: Reconciliation, message: str) -> None:
    """Keep what went wrong, but where a keeper stopped it."""
    rows = Reconciliation.objects.filter(pk=one.pk, state__in=IMPORTING)
    rows.update(state=ImportState.FAILED, fault=message[:300], finished_at=clock.now())
    one.refresh_from_db(fields=["state", "fault", "finished_at"])


@transaction.atomic
def _keep(one: Reconciliation) -> None:
    one.save()
    note(
        stream=f"import:{one.pk}",
        act="certificates_compared",
        actor=one.started_by,
        subject=one.type.slug,
        details={**one.report["counts"], "sha256": one.sha256, "issuer": one.issuer_code},
    )


def as_csv(report: dict[str, Any]) -> Iterator[str]:
    """Give a report as lines of a CSV."""
    lines = [["情况", "行号", "证照编号", "版本", "不同之处"]]
    lines += [
        [KINDS[one["kind"]], str(one["line"] or ""), one["number"], str(one["version"] or ""), one["what"]]
        for one in report.get("listed", [])
    ]
    for cells in lines:
        out = io.StringIO()
        csv.writer(out).writerow(map(columns.guarded, cells))
        yield out.getvalue()
