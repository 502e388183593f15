"""Registers say how patient, how protected and how spoken they are; calls, from when a kept answer is."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registers", "0002_a_hit_is_an_answer"),
    ]

    operations = [
        migrations.AddField(
            model_name="register",
            name="answer",
            field=models.JSONField(default=dict, help_text="how their answer reads, where it is not ours"),
        ),
        migrations.AddField(
            model_name="register",
            name="authority_name",
            field=models.CharField(
                blank=True, default="", help_text="… of whom we believe: their authority", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="backoff_ms",
            field=models.PositiveIntegerField(
                default=30, help_text="before the second try; doubles, give or take"
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="breaker_failures",
            field=models.PositiveSmallIntegerField(
                default=5, help_text="so many failures without an answer open the breaker; 0: no breaker"
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="breaker_pause_seconds",
            field=models.PositiveIntegerField(default=15, help_text="then one question tries it"),
        ),
        migrations.AddField(
            model_name="register",
            name="breaker_window_seconds",
            field=models.PositiveIntegerField(default=60),
        ),
        migrations.AddField(
            model_name="register",
            name="cache_seconds",
            field=models.PositiveIntegerField(default=0, help_text="how long an answer may be used again"),
        ),
        migrations.AddField(
            model_name="register",
            name="client_certificate_name",
            field=models.CharField(
                blank=True, default="", help_text="variable of the path of our certificate", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="register",
            name="client_key_name",
            field=models.CharField(blank=True, default="", help_text="… of its key", max_length=60),
        ),
        migrations.AddField(
            model_name="register",
            name="signing_key_name",
            field=models.CharField(
                blank=True, default="", help_text="variable of the key that signs requests", max_length=60
            ),
        ),
        migrations.AddField(
            model_name="registercall",
            name="answer_of",
            field=models.DateTimeField(
                blank=True, help_text="when a kept answer that was used again was given", null=True
            ),
        ),
        migrations.AlterField(
            model_name="registercall",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("asked", "已发出"),
                    ("hit", "已回复"),
                    ("no_hit", "未查到"),
                    ("failed", "未响应"),
                    ("unsent", "未发出"),
                ],
                default="asked",
                max_length=8,
            ),
        ),
    ]
