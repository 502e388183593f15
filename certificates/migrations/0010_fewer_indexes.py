"""Seventeen indexes made entering one certificate twice as slow as twelve; what goes is led by another, or never asked."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

# Django adds them for LIKE 'abc%': nobody looks for the beginning of an identifier, a token or a source.
_PREFIXES = {
    "certificates_certificate_identifier_3b0af812_like": "identifier",
    "certificates_certificate_check_token_eed2dfce_like": "check_token",
    "certificates_certificate_source_445636d9_like": "source",
}


def _holder(model: str) -> models.ForeignKey[models.Model | None, models.Model | None]:
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="certificates",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies: ClassVar = [("certificates", "0009_what_may_change")]

    operations: ClassVar = [
        migrations.AlterField("certificate", "holder_organisation", _holder("accounts.organisation")),
        migrations.AlterField("certificate", "holder_person", _holder("accounts.person")),
        migrations.AlterField(
            "certificate",
            "type",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="certificates",
                to="certificates.certificatetype",
            ),
        ),
        *(
            migrations.RunSQL(
                f'DROP INDEX IF EXISTS "{name}"',
                f'CREATE INDEX "{name}" ON certificates_certificate ({column} varchar_pattern_ops)',
            )
            for name, column in _PREFIXES.items()
        ),
    ]
