"""Ten digits of each minute, read aloud where nothing scans: found by their keyed hash."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_whose_an_account_is"),
        ("certificates", "0023_indexes_as_asked"),
    ]

    operations = [
        migrations.AddField(
            model_name="presentation",
            name="spoken",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=64),
                default=list,
                help_text="keyed hashes of the digits read aloud instead, one a rotating code",
                size=None,
            ),
        ),
        migrations.AddIndex(
            model_name="presentation",
            index=django.contrib.postgres.indexes.GinIndex(fields=["spoken"], name="presentation_by_spoken"),
        ),
    ]
