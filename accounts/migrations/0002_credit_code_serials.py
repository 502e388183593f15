"""Serials for the credit codes of organisations that come into being here."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE accounts_credit_code MINVALUE 0 MAXVALUE 887503680 START 100",
            "DROP SEQUENCE accounts_credit_code",
        )
    ]
