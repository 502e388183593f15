"""Rows that must not change: FOR SHARE while they are relied on (others share), FOR UPDATE to replace them.

The conditions are worded here and not by Django, because all of it runs for every case.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from certificates.models import Authorisation, Certificate
from certificates.states import IN_HAND
from common.worded import Select

_CERTIFICATES = Select(Certificate.objects.all)
_OF_HOLDERS = """
WHERE type_id = ANY(%s) AND (holder_person_id = ANY(%s::uuid[]) OR holder_organisation_id = ANY(%s::uuid[]))
"""
_AUTHORISATIONS = Select(Authorisation.objects.all)


def certificates(
    types: Iterable[int], *, people: Iterable[UUID | None], bodies: Iterable[UUID], share: bool
) -> list[Certificate]:
    """Return all certificates of some types and holders in one statement, fields still sealed."""
    holders = [[str(one) for one in group if one] for group in (people, bodies)]
    lock = "FOR SHARE" if share else ""
    return _CERTIFICATES.rows(f"{_OF_HOLDERS} ORDER BY id {lock}", [list(types), *holders])


def in_hand(types: Iterable[int], *, people: Iterable[UUID], bodies: Iterable[UUID]) -> list[Certificate]:
    """Return the certificates of some types their holders have in hand, locked to be replaced."""
    holders = [[str(one) for one in group] for group in (people, bodies)]
    condition = f"{_OF_HOLDERS} AND status = ANY(%s) ORDER BY id FOR UPDATE"
    return _CERTIFICATES.rows(condition, [list(types), *holders, list(IN_HAND)])


def shared_authorisations(ids: Iterable[UUID]) -> dict[UUID | None, Authorisation]:
    """Return authorisations by id, locked: one that is being withdrawn is waited for and then no longer granted."""
    wanted = [str(one) for one in ids]
    if not wanted:
        return {}
    found = _AUTHORISATIONS.rows("WHERE id = ANY(%s::uuid[]) ORDER BY id FOR SHARE", [wanted])
    return {one.pk: one for one in found}
