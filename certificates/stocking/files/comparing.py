"""A row of a file beside a certificate of the store: in what they differ, by name, never by value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from certificates.models import Certificate
from certificates.stocking.files.columns import COLUMNS
from certificates.stocking.files.rows import Row
from rules.language.vocabulary import FactSpec

EMPTY: tuple[object, ...] = (None, "", [])


def terms(row: Row, certificate: Certificate, *, holder: str) -> list[str]:
    """Return the Chinese names of the terms that differ; the status is no term."""
    until = certificate.valid_until
    held = str(certificate.holder_person_id or certificate.holder_organisation_id)
    pairs = {
        "holder": (holder, held),
        "identifier": (row.identifier or certificate.identifier, certificate.identifier),
        "issued_on": (row.issued_on, certificate.issued_on.isoformat()),
        "valid_from": (row.valid_from, certificate.valid_from.isoformat()),
        "valid_until": (row.valid_until, until.isoformat() if until else None),
    }
    return [COLUMNS[name] for name, (given, stored) in pairs.items() if given != stored]


def fields(row: Row, certificate: Certificate, *, specs: Mapping[str, FactSpec]) -> list[str]:
    """Return the labels of the fields that differ. It opens them; an empty field is one that is not there."""
    given, stored = json.loads(row.fields), _filled(certificate.fields)
    differing = [name for name in sorted(given.keys() | stored.keys()) if given.get(name) != stored.get(name)]
    return [specs[name].label if name in specs else name for name in differing]


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in EMPTY}
