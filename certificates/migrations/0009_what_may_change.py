"""Held by the database itself: uses of seals and sealed papers stay; a scan, a seal, a report move only forward."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from records.guarding import GuardRows
from records.insert_only import InsertOnly

_SWAP = """
DO $do$
BEGIN
    EXECUTE replace(pg_get_functiondef('certificates_guard_authorisation'::regproc), '{old}', '{new}');
END $do$;
"""
_MOVES = "granted>revoked,granted>ended"


class Migration(migrations.Migration):
    dependencies: ClassVar = [("certificates", "0008_the_whole_store")]

    operations: ClassVar = [
        InsertOnly("certificates_sealuse", "certificates_sealedpaper"),
        migrations.RunSQL(
            _SWAP.format(old=f"{{{_MOVES}}}", new=f"{{{_MOVES},granted>used}}"),
            _SWAP.format(old=f"{{{_MOVES},granted>used}}", new=f"{{{_MOVES}}}"),
        ),
        GuardRows(
            "certificates_seal",
            free=("status", "status_reason", "status_changed_at", "custodian_id"),
            moves=("active>suspended", "suspended>active", "active>destroyed", "suspended>destroyed"),
        ),
        GuardRows("certificates_presentation", free=("ended_at", "secret")),  # sealed anew when keys are rotated
        GuardRows(
            "certificates_scan",
            free=(
                "status", "case_reference", "matter_code", "matter_name", "purpose", "scope", "asked_at",
                "answered_at", "answered_by_id", "authorisation_id", "access_until",
            ),
            moves=("scanned>asked", "scanned>ended", "asked>agreed", "asked>refused", "asked>ended", "agreed>ended"),
        ),
        GuardRows(
            "certificates_misusereport",
            free=("text", "finding", "answer", "answered_by_id", "answered_at"),
        ),
    ]  # fmt: skip
