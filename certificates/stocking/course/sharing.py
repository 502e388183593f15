"""Imports of one type share its store: they write one at a time, and none on what another has changed meanwhile."""

from __future__ import annotations

from uuid import UUID

from django.db import connection

from certificates.models import CertificateType

_TURN = "SELECT 1 FROM certificates_certificatetype WHERE id = %s FOR NO KEY UPDATE"
# What is only checked writes nothing. A position moves in the same commit as the rows.
_OTHERS = """
SELECT concat_ws(' ', count(*), sum(position), max(seen_at)) FROM certificates_importbatch
WHERE type_id = %s AND id <> %s AND state NOT IN ('checking', 'review')
"""


def wait_turn(kind: CertificateType) -> None:
    """Let nobody else write rows of a type by import until the caller's transaction ends; issuing is not held up."""
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [kind.pk])


def others(kind: CertificateType, *, batch: UUID | str) -> str:
    """Return how far all other imports of a type have come: when it is another text, one of them has written."""
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, [kind.pk, str(batch)])
        (told,) = cursor.fetchone() or ("",)
        return str(told)
