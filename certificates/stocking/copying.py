"""Certificates as lines of COPY: their fields sealed for their own row, as the model would have sealed them."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from certificates.states import CertificateStatus
from certificates.stocking.files.rows import Layout, Row
from records.encrypting.envelope import seal

COLUMNS = [
    "id",
    "type_id",
    "identifier",
    "number",
    "version",
    "schema_version",
    "holder_person_id",
    "holder_organisation_id",
    "issuer_code",
    "issuer_name",
    "status",
    "status_changed_at",
    "status_reason",
    "ended_by",
    "exclusive",
    "issued_on",
    "valid_from",
    "valid_until",
    "fields",
    "digest",
    "previous_id",
    "batch_id",
    "algorithm",
    "signature",
    "check_token",
    "is_demo",
    "created_at",
]
_COPY = f"COPY certificates_certificate ({', '.join(COLUMNS)}) FROM STDIN"
_NULL = "\\N"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(slots=True)
class Entry:
    """A row that goes in."""

    row: Row
    pk: str
    holder: str
    identifier: str
    digest: str
    status: CertificateStatus
    reason: str
    changed_at: datetime | None
    previous: str | None = None
    replaces: int = 0  # the version in force that gives way to it; 0: none


def lines(
    entries: Iterable[Entry], *, layout: Layout, batch: str, at: datetime, is_demo: bool
) -> Iterator[str]:
    """Give the line of each certificate, unsigned.

    Check tokens of one call begin alike, so that they lie together in their index; 18 random bytes follow.
    """
    kind, schema = str(layout.kind.pk), str(layout.kind.current_schema)
    issuer_name, exclusive = layout.issuer_name.translate(_ESCAPES), "t" if layout.kind.exclusive else "f"
    demo, created_at, near = "t" if is_demo else "f", at.isoformat(), secrets.token_urlsafe(6)
    for entry in entries:
        row = entry.row
        values = (
            entry.pk,
            kind,
            entry.identifier,
            row.number.translate(_ESCAPES),
            str(row.version),
            schema,
            entry.holder if row.is_person else _NULL,
            _NULL if row.is_person else entry.holder,
            layout.issuer_code,
            issuer_name,
            entry.status,
            entry.changed_at.isoformat() if entry.changed_at else _NULL,
            entry.reason.translate(_ESCAPES),
            f"document:{row.document.translate(_ESCAPES)}" if row.document else "",
            exclusive,
            row.issued_on,
            row.valid_from,
            row.valid_until or _NULL,
            seal(row.fields, aad=f"certificates_certificate:{entry.pk}:fields"),
            entry.digest,
            entry.previous or _NULL,
            batch,
            "",
            "",
            near + secrets.token_urlsafe(18),
            demo,
            created_at,
        )
        yield "\t".join(values) + "\n"


def write(lines: str) -> None:
    """Enter the certificates in the caller's transaction. Raises IntegrityError."""
    with connection.cursor() as cursor, connection.wrap_database_errors:
        cursor.copy_expert(_COPY, io.StringIO(lines))
