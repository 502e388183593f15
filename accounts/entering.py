"""People and organisations by the thousand, as imports of whole stores find or enter them: few statements for all."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection, transaction

from accounts.models import Organisation, Person
from accounts.registering import NewPerson
from common import clock
from common.identifiers import credit_code, resident_number
from common.statements import bulk
from records import journal
from records.encrypting.envelope import seal
from records.hashing import HashKind, keyed

_PEOPLE = "SELECT id_number_hash, id::text, name FROM accounts_person WHERE id_number_hash = ANY(%s::bytea[])"
_BODIES = "SELECT credit_code, id::text, name FROM accounts_organisation WHERE credit_code = ANY(%s)"
# In one order, so that two who enter the same people wait for each other and never both.
_ENTER_PEOPLE = """
INSERT INTO accounts_person
    (id, name, id_number, id_number_hash, birth_year, mobile, real_name_level, is_demo, created_at)
SELECT id, name, id_number, decode(hash, 'hex'), birth_year, mobile, %s, is_demo, now()
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::text[], %s::boolean[])
    AS new(id, name, id_number, hash, birth_year, mobile, is_demo)
ON CONFLICT (id_number_hash) DO NOTHING RETURNING id::text
"""
_ENTER_BODIES = """
INSERT INTO accounts_organisation (id, credit_code, name, kind, status, closed_by, is_demo, created_at)
SELECT id, code, name, kind, 'active', '', %s, now()
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) AS new(id, code, name, kind)
ON CONFLICT (credit_code) DO NOTHING RETURNING id
"""
_KINDS = {  # GB 32100: the registering department and the kind of body
    "91": Organisation.Kind.ENTERPRISE,
    "92": Organisation.Kind.INDIVIDUAL_BUSINESS,
    "93": Organisation.Kind.COOPERATIVE,
    "12": Organisation.Kind.INSTITUTION,
}


@dataclass(frozen=True, slots=True)
class Known:
    """A person or organisation that is in the books, by primary key as text: a UUID object for each takes its time."""

    id: str
    name: str


def known_people(hashes: Iterable[bytes]) -> dict[bytes, Known]:
    """Return the people with these keyed hashes of resident ID numbers: one statement."""
    wanted = bulk.array(f"\\x{one.hex()}" for one in hashes)
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [wanted])
        return {bytes(number): Known(pk, name) for number, pk, name in cursor.fetchall()}


def known_organisations(codes: Iterable[str]) -> dict[str, Known]:
    """Return the organisations with these credit codes: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_BODIES, [list(codes)])
        return {code: Known(pk, name) for code, pk, name in cursor.fetchall()}


@transaction.atomic
def people(new: Sequence[NewPerson], *, stream: str, actor: str) -> dict[bytes, Known]:
    """Return people by keyed hash of their number, entering who is new, unverified; one journal entry for all."""
    at = clock.now()
    ids = bulk.ids(at)
    rows = sorted(_person_row(one, next(ids), on=at.date()) for one in new)
    hashes, pks, names, numbers, years, mobiles, demo = zip(*rows, strict=True) if rows else [()] * 7
    with connection.cursor() as cursor:
        written = [bulk.array(one) for one in (pks, names, numbers, hashes, years, mobiles, demo)]
        cursor.execute(_ENTER_PEOPLE, [Person.RealNameLevel.UNVERIFIED, *written])
        entered = {pk for (pk,) in cursor.fetchall()}
    _note(entered, act="people_entered", stream=stream, actor=actor)
    found = {bytes.fromhex(row[0]): Known(row[1], row[2]) for row in rows if row[1] in entered}
    others = [number_hash for row in rows if (number_hash := bytes.fromhex(row[0])) not in found]
    return found | known_people(others) if others else found


def _person_row(new: NewPerson, pk: str, *, on: date) -> tuple[str, str, str, str, int, str, bool]:
    id_number = resident_number(new.id_number, on=on)
    number = seal(id_number, aad=f"accounts_person:{pk}:id_number")
    mobile = seal("", aad=f"accounts_person:{pk}:mobile")
    number_hash = keyed(HashKind.RESIDENT_ID, id_number).hex()
    return number_hash, pk, new.name, number, int(id_number[6:10]), mobile, new.is_demo


@transaction.atomic
def organisations(
    new: Iterable[tuple[str, str]], *, stream: str, actor: str, is_demo: bool = False
) -> dict[str, Known]:
    """Return organisations by credit code, entering (code, name) that are new; who heads them is not known yet."""
    rows = sorted((credit_code(code), name) for code, name in new)
    codes, names = [code for code, _ in rows], [name for _, name in rows]
    ids = [str(uuid.uuid4()) for _ in rows]
    kinds = [str(_KINDS.get(code[:2], Organisation.Kind.OTHER)) for code in codes]
    with connection.cursor() as cursor:
        cursor.execute(_ENTER_BODIES, [is_demo, ids, codes, names, kinds])
        entered = [pk for (pk,) in cursor.fetchall()]
    _note(entered, act="organisations_entered", stream=stream, actor=actor)
    return known_organisations(codes)


def _note(entered: Collection[str | UUID], *, act: str, stream: str, actor: str) -> None:
    """Note how many, and a digest over their ids: an entry for each would cost more than the import."""
    if entered:
        digest = hashlib.sha256("\n".join(sorted(map(str, entered))).encode()).hexdigest()
        journal.note(stream=stream, act=act, actor=actor, details={"count": len(entered), "digest": digest})
