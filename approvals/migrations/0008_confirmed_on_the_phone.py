"""What a window fills in is put before the holder, who confirms it or says that it is wrong."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_taken_at_windows")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="shown_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when a window put it before the holder; as it was saved then",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="declined_at",
            field=models.DateTimeField(
                blank=True, help_text="when the holder said that what was shown is wrong", null=True
            ),
        ),
    ]
