"""The next edition and its day; editions called off before it; the switch that stops deciding at once."""

import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from records.insert_only import InsertOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_sign_ins"),
        ("matters", "0003_edition_drafts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CallOff",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(max_length=200)),
            ],
        ),
        migrations.CreateModel(
            name="InstantStop",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200)),
                ("stopped_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                ("release_reason", models.CharField(blank=True, default="", max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name="edition",
            name="in_force_from",
            field=models.DateField(help_text="null before 2026-11-21: the day it was published", null=True),
        ),
        migrations.AddField(
            model_name="matter",
            name="next_edition",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="matters.edition",
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="next_from",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="editiondraft",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_by__isnull", True),
                    models.Q(
                        (
                            "editors__contains",
                            models.Func(
                                django.db.models.functions.comparison.Cast(
                                    "published_by", models.TextField()
                                ),
                                function="to_jsonb",
                                output_field=models.JSONField(),
                            ),
                        ),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="published_by_nobody_who_wrote",
            ),
        ),
        migrations.AddField(
            model_name="calloff",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="calloff",
            name="edition",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="call_off", to="matters.edition"
            ),
        ),
        migrations.AddField(
            model_name="instantstop",
            name="matter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="instant_stops", to="matters.matter"
            ),
        ),
        migrations.AddField(
            model_name="instantstop",
            name="released_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="instantstop",
            name="stopped_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="matter",
            name="instant_stop",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="matters.instantstop",
            ),
        ),
        migrations.AddConstraint(
            model_name="matter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_edition__isnull", True), ("next_from__isnull", True)),
                    models.Q(("next_edition__isnull", False), ("next_from__isnull", False)),
                    _connector="OR",
                ),
                name="the_next_edition_has_its_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="instantstop",
            constraint=models.UniqueConstraint(
                condition=models.Q(("released_at__isnull", True)),
                fields=("matter",),
                name="one_open_stop_a_matter",
            ),
        ),
        migrations.AddConstraint(
            model_name="instantstop",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("release_reason", ""), ("released_at__isnull", True), ("released_by__isnull", True)
                    ),
                    models.Q(
                        ("released_at__isnull", False),
                        ("released_by__isnull", False),
                        models.Q(("release_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="a_release_says_who_and_why",
            ),
        ),
        migrations.AddConstraint(
            model_name="instantstop",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="a_stop_says_why"
            ),
        ),
        InsertOnly("matters_calloff"),
    ]
