"""Which registers left something unknown, in clear: supervision counts the cases a register holds back."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0004_attachments"),
    ]

    operations = [
        migrations.AddField(
            model_name="judgement",
            name="silent_registers",
            field=models.JSONField(
                default=list, help_text="names of registers from which something stayed unknown"
            ),
        ),
    ]
