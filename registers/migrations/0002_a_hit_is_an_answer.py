"""A hit is called an answer: beside a register of deaths, "found" frightened the living. Words only, no SQL."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registers", "0001_registers_and_calls")]

    operations = [
        migrations.AlterField(
            model_name="registercall",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("asked", "已发出"),
                    ("hit", "已回复"),
                    ("no_hit", "未查到"),
                    ("failed", "未响应"),
                ],
                default="asked",
                max_length=8,
            ),
        ),
    ]
