"""Serials for case references: a sequence, so that submitting never queues behind itself."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_cases")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE approvals_reference START 1", "DROP SEQUENCE approvals_reference")
    ]
