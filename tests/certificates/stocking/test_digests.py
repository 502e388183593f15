"""What a row comes in with is what `certificates.digesting` says of the certificate it becomes."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from certificates import digesting
from certificates.models import Certificate
from certificates.states import CertificateStatus
from certificates.stocking.files import rows
from certificates.stocking.files.reading import Record
from certificates.stocking.files.rows import Row

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
FIELDS = st.dictionaries(
    NAMES, SCALARS | st.lists(st.dictionaries(NAMES, SCALARS, max_size=3), max_size=3), max_size=6
)


@given(fields=FIELDS, number=TEXT, until=st.none() | st.dates(), pk=st.uuids())
def test_the_quick_digest_is_the_digest(
    fields: dict[str, Any], number: str, until: date | None, pk: uuid.UUID
) -> None:
    holder = uuid.uuid4()
    row = Row(
        record=Record(1, b""),
        holder="",
        is_person=True,
        key=b"",
        name="",
        number=number,
        identifier=None,
        version=1,
        issued_on="2020-01-01",
        valid_from="2020-01-02",
        valid_until=until.isoformat() if until else None,
        status=CertificateStatus.VALID,
        reason="",
        changed_at=None,
        fields=rows._canonical(fields),
    )
    made = Certificate(
        id=pk,
        identifier="1.2",
        number=number,
        holder_person_id=holder,
        issuer_code="11440507MB2X00012R",
        issued_on=date(2020, 1, 1),
        valid_from=date(2020, 1, 2),
        valid_until=until,
        schema_version=7,
        fields=fields,
    )
    told = rows.digest(
        row, pk=str(pk), holder=str(holder), identifier="1.2", issuer="11440507MB2X00012R", schema=7
    )
    assert told == digesting.digest(made)
