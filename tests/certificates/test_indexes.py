"""What is asked of a store is asked of an index, and no index is the beginning of another."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection

from certificates.models import Certificate, CertificateType, ImportBatch
from certificates.sealing import verifying
from certificates.states import FileOrigin
from common import clock
from portal.store.showing import typing
from tests.factories import offices, people
from tests.factories.certificates import AT, ISSUER, card_type

pytestmark = pytest.mark.django_db
_MANY = """
INSERT INTO certificates_certificate (id, type_id, identifier, number, version, schema_version, holder_person_id,
    issuer_code, issuer_name, status, status_reason, ended_by, exclusive, issued_on, valid_from, fields, digest,
    batch_id, algorithm, signature, check_token, is_demo, created_at)
SELECT gen_random_uuid(), %s, 'i' || i, 'n' || i, 1, 1, %s, %s, 'x', CASE WHEN i %% 50 = 0 THEN 'valid' ELSE
    'superseded' END, '', '', false, '2020-01-01', '2020-01-01', repeat('x', 500), repeat('0', 64), %s, '', '',
    't' || i, false, now() - (6000 - i) * interval '1 hour'
FROM generate_series(1, 6000) i
"""


@pytest.fixture
def kind() -> CertificateType:
    """A type with 6,000 certificates, one in fifty valid, one an hour."""
    offices.department()
    made = card_type(exclusive=False)
    batch = ImportBatch.objects.create(
        type=made, file_name="a.csv", sha256="0" * 64, size=1, origin=FileOrigin.COMMAND,
        issuer_code=ISSUER, issuer_name="测试局", started_by="system", created_at=AT,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MANY, [made.pk, people.person().pk, ISSUER, batch.pk])
        cursor.execute("ANALYZE certificates_certificate")
    return made


def test_the_valid_ones_of_a_type_are_counted_without_the_ended(kind: CertificateType) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {typing._IN_USE}", [typing.MANY + 1, [kind.pk]])
        plan = str(cursor.fetchall())
        assert "valid_certificate_by_type" in plan
        cursor.execute(typing._IN_USE, [typing.MANY + 1, [kind.pk]])
        assert cursor.fetchall() == [(kind.pk, 120)]


def test_a_nights_new_ones_are_found_without_the_store(kind: CertificateType) -> None:
    since = clock.now() - timedelta(days=1)
    rows = Certificate.objects.select_related("seal").order_by("pk").filter(created_at__gte=since)
    plan = rows.explain()
    assert "certificate_by_entry" in plan
    assert verifying.verify_all(since=since).checked == rows.count() > 0


@pytest.mark.parametrize("table", ["certificate", "userecord"])
def test_no_index_is_the_beginning_of_another(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef ~ 'btree'"
            " AND indexdef !~ 'WHERE|pattern_ops'",
            [f"certificates_{table}"],
        )
        told = {name: re.findall(r"btree \((.*)\)", indexed)[0] for name, indexed in cursor.fetchall()}
    columns = {name: words.split(", ") for name, words in told.items()}
    for name, mine in columns.items():
        led = [other for other, theirs in columns.items() if other != name and theirs[: len(mine)] == mine]
        assert not led, f"{name} begins {led}"
