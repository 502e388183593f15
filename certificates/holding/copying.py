"""What a look hands out (加注件): named fields with purpose, body and time on them, never the certificate itself."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import rfc8785

from certificates import digesting
from certificates.models import Certificate


@dataclass(frozen=True, slots=True)
class Copy:
    """What was handed out (加注件): the fields, and for what, to whom, when, until when it may be used.

    `until` is None where the type allows no copy: it is for the eyes alone.
    """

    values: Mapping[str, Any]
    number: str
    identifier: str
    version: int
    schema_version: int
    issuer_name: str
    valid_from: date
    valid_until: date | None
    purpose: str
    body: str
    post: str
    by: str
    at: datetime
    until: date | None


def digest(copy: Copy, certificate: Certificate) -> str:
    """Return SHA-256 over the certificate's salt and the copy in canonical JSON: which copy it was can be proven."""
    terms: dict[str, Any] = {
        "identifier": copy.identifier,
        "version": copy.version,
        "fields": dict(copy.values),
        "purpose": copy.purpose,
        "body": copy.body,
        "post": copy.post,
        "at": copy.at.isoformat(),
        "until": copy.until.isoformat() if copy.until else None,
    }
    return hashlib.sha256(digesting.salt(certificate) + rfc8785.dumps(terms)).hexdigest()
