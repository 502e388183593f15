"""Rows that must not change: FOR SHARE while they are relied on (others share), FOR UPDATE to replace them.

Worded here and not by Django, because all of it runs for every case.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models.query import RawQuerySet

from certificates.models import Authorisation, Certificate
from certificates.states import IN_HAND

_COLUMNS = ", ".join(f'"{field.column}"' for field in Certificate._meta.concrete_fields)
_CERTIFICATES = f"""
SELECT {_COLUMNS} FROM certificates_certificate
WHERE type_id = ANY(%s) AND (holder_person_id = ANY(%s::uuid[]) OR holder_organisation_id = ANY(%s::uuid[]))
ORDER BY id
"""  # noqa: S608 -- column names of our own model
_IN_HAND = f"""
SELECT {_COLUMNS} FROM certificates_certificate
WHERE type_id = ANY(%s) AND status = ANY(%s)
  AND (holder_person_id = ANY(%s::uuid[]) OR holder_organisation_id = ANY(%s::uuid[]))
ORDER BY id FOR UPDATE
"""  # noqa: S608 -- column names of our own model
_AUTHORISATIONS = "SELECT * FROM certificates_authorisation WHERE id = ANY(%s::uuid[]) ORDER BY id FOR SHARE"


def certificates(
    types: Iterable[int], *, people: Iterable[UUID | None], bodies: Iterable[UUID], share: bool
) -> list[Certificate]:
    """Return all certificates of some types and holders in one statement, fields still sealed."""
    sql = f"{_CERTIFICATES} FOR SHARE" if share else _CERTIFICATES
    holders = [[str(one) for one in group if one] for group in (people, bodies)]
    return list(Certificate.objects.raw(sql, [list(types), *holders]))


def in_hand(
    types: Iterable[int], *, people: Iterable[UUID], bodies: Iterable[UUID]
) -> RawQuerySet[Certificate]:
    """Return the certificates of some types their holders have in hand, locked to be replaced."""
    holders = [[str(one) for one in group] for group in (people, bodies)]
    return Certificate.objects.raw(_IN_HAND, [list(types), list(IN_HAND), *holders])


def shared_authorisations(ids: Iterable[UUID]) -> dict[UUID | None, Authorisation]:
    """Return authorisations by id, locked: one that is being withdrawn is waited for and then no longer granted."""
    wanted = [str(one) for one in ids]
    if not wanted:
        return {}
    return {one.pk: one for one in Authorisation.objects.raw(_AUTHORISATIONS, [wanted])}
