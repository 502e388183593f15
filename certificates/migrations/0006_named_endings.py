"""An ended certificate says when, why and by which decision (行政许可法 art. 69, 70, 79)."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_FREE = "status,status_changed_at,status_reason,fields"
_SWAP = """
DO $do$
BEGIN
    EXECUTE replace(pg_get_functiondef('certificates_guard_certificate'::regproc), '{old}', '{new}');
END $do$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("certificates", "0005_unreadable")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="certificate",
            name="ended_by",
            field=models.CharField(
                blank=True, default="", help_text="decision:<id> that ended it", max_length=80
            ),
        ),
        migrations.RunSQL(
            _SWAP.format(old=f"{{{_FREE}}}", new=f"{{{_FREE},ended_by}}"),
            _SWAP.format(old=f"{{{_FREE},ended_by}}", new=f"{{{_FREE}}}"),
        ),
    ]
