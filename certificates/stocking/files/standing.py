"""What stands in the store for the rows of a chunk: asked for thousands of numbers, identifiers or holders at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from certificates.stocking.files.rows import Row
from certificates.stocking.files.succession import Version
from common.statements import bulk

_STORED = """
SELECT id::text, number, version, identifier, digest, schema_version, issuer_code, status, valid_until,
       coalesce(holder_person_id, holder_organisation_id)::text
FROM certificates_certificate WHERE
"""
_NUMBERED = f"{_STORED} type_id = %s AND number = ANY(%s::text[])"
_NAMED = f"{_STORED} identifier = ANY(%s::text[])"
_IN_HAND = """
SELECT id::text, {whose}::text, status, valid_until FROM certificates_certificate
WHERE type_id = %s AND {whose} = ANY(%s::uuid[]) AND status IN ('valid', 'suspended')
"""
_FOLLOWED = "SELECT previous_id::text FROM certificates_certificate WHERE previous_id = ANY(%s::uuid[])"


@dataclass(slots=True)
class Stored:
    """A certificate of the store, or of this chunk, that a row may be."""

    pk: str
    number: str
    version: int
    identifier: str
    digest: str
    schema: int
    row: Row | None = None


@dataclass(slots=True)
class Held:
    """What a holder has in hand of an exclusive type: a certificate of the store, or an entry of this chunk."""

    status: str
    until: str | None
    pk: str
    ours: bool = False  # of this chunk

    def runs(self, on: date) -> bool:
        """Return whether its last day does not lie behind."""
        return self.until is None or self.until >= on.isoformat()


def numbered(kind: int, numbers: Iterable[str]) -> list[tuple[Stored, Version, str]]:
    """Return all versions of these numbers of a type, by whichever issuer: the third is its code."""
    return _stored(_NUMBERED, [kind, bulk.array(numbers)])


def named(identifiers: Iterable[str]) -> list[tuple[Stored, Version, str]]:
    """Return what bears one of these identifiers."""
    return _stored(_NAMED, [bulk.array(identifiers)])


def _stored(sql: str, parameters: Sequence[Any]) -> list[tuple[Stored, Version, str]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [
            (
                Stored(pk, number, version, identifier, digest, schema),
                Version(pk, version, status, holder, _day(until)),
                issuer,
            )
            for pk, number, version, identifier, digest, schema, issuer, status, until, holder in cursor.fetchall()
        ]


def in_hand(kind: int, holders: Iterable[str], *, whose: str) -> list[tuple[str, Held]]:
    """Return what these people (`person`) or organisations (`organisation`) have in hand of a type."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_HAND.format(whose=f"holder_{whose}_id"), [kind, bulk.array(holders)])
        return [(holder, Held(status, _day(until), pk)) for pk, holder, status, until in cursor.fetchall()]


def followed(certificates: Iterable[str]) -> list[str]:
    """Return which of these certificates another one follows already."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLLOWED, [bulk.array(certificates)])
        return [pk for (pk,) in cursor.fetchall()]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
