"""A question at a window names the department that decides the matter: the consent lets it look too."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_SWAP = """
DO $do$
BEGIN
    EXECUTE replace(pg_get_functiondef('certificates_scan_guard'::regproc), '{old}', '{new}');
END $do$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("certificates", "0011_files_of_certificates")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="scan",
            name="deciding_body",
            field=models.CharField(
                blank=True,
                default="",
                help_text="which department decides the matter: it will look too",
                max_length=80,
            ),
        ),
        migrations.RunSQL(
            _SWAP.format(old="{status,case_reference", new="{status,deciding_body,case_reference"),
            _SWAP.format(old="{status,deciding_body,case_reference", new="{status,case_reference"),
        ),
    ]
