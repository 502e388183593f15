"""Rows that must not change: FOR SHARE while they are relied on (others share), FOR UPDATE to replace them.

The conditions are worded here and not by Django, because all of it runs for every case.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from certificates.models import Authorisation, Certificate
from certificates.states import IN_HAND
from common.statements.worded import Select

_CERTIFICATES = Select(Certificate.objects.all)
_AUTHORISATIONS = Select(Authorisation.objects.all)


def certificates(
    types: Iterable[int], *, people: Iterable[UUID | None], bodies: Iterable[UUID], share: bool
) -> list[Certificate]:
    """Return all certificates of some types and holders in one statement, fields still sealed."""
    whose, asked = _whose(people, bodies)
    lock = "FOR SHARE" if share else ""
    return _CERTIFICATES.rows(
        f"WHERE type_id = ANY(%s) AND {whose} ORDER BY id {lock}", [list(types), *asked]
    )


def in_hand(types: Iterable[int], *, people: Iterable[UUID], bodies: Iterable[UUID]) -> list[Certificate]:
    """Return the certificates of some types their holders have in hand, locked to be replaced."""
    whose, asked = _whose(people, bodies)
    condition = f"WHERE type_id = ANY(%s) AND status = ANY(%s) AND {whose} ORDER BY id FOR UPDATE"
    return _CERTIFICATES.rows(condition, [list(types), list(IN_HAND), *asked])


def _whose(people: Iterable[UUID | None], bodies: Iterable[UUID]) -> tuple[str, list[list[UUID]]]:
    """Return the condition on holders and its values; it names only the kind of holder there is: half to plan."""
    ids = {
        "holder_person_id": [one for one in people if one],
        "holder_organisation_id": list(bodies),
    }
    asked = {column: wanted for column, wanted in ids.items() if wanted}
    told = " OR ".join(f"{column} = ANY(%s::uuid[])" for column in asked)
    return f"({told or 'FALSE'})", list(asked.values())


def shared_authorisations(ids: Iterable[UUID]) -> dict[UUID | None, Authorisation]:
    """Return authorisations by id, locked: one that is being withdrawn is waited for and then no longer granted."""
    wanted = list(ids)
    if not wanted:
        return {}
    found = _AUTHORISATIONS.rows("WHERE id = ANY(%s::uuid[]) ORDER BY id FOR SHARE", [wanted])
    return {one.pk: one for one in found}
