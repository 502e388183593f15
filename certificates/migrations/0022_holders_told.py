"""Who holds what an import brought is told so, once; of imports that ended before this, nobody is told now."""

from django.db import migrations, models

_TOLD = "UPDATE certificates_importbatch SET told_at = finished_at WHERE state = 'done'"


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0021_held_against_the_application"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="told_at",
            field=models.DateTimeField(blank=True, help_text="when all holders were told", null=True),
        ),
        migrations.AddField(
            model_name="importbatch",
            name="told_to",
            field=models.UUIDField(
                blank=True, help_text="the last certificate whose holder is told", null=True
            ),
        ),
        migrations.RunSQL(_TOLD, migrations.RunSQL.noop),
    ]
