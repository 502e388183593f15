"""Of one number by one issuer one version is valid, whoever writes; an import counts what gave way to it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0010_whose_an_account_is"),
        ("certificates", "0024_spoken_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="importbatch",
            name="superseded",
            field=models.PositiveBigIntegerField(
                default=0,
                help_text="certificates that stood before, in whose place accepted ones came or would come",
            ),
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "valid")),
                fields=("type", "number", "issuer_code"),
                name="one_valid_version_a_number",
            ),
        ),
    ]
