"""Whose a consent is and whose a look was goes by code: names of bodies are neither unique nor for ever."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

# What is left without a code was named before by words nobody bears today: supervisors of the district see it.
_FILL = """
DO $do$
DECLARE
    named record;
BEGIN
    ALTER TABLE certificates_authorisation DISABLE TRIGGER USER;
    ALTER TABLE certificates_userecord DISABLE TRIGGER USER;
    FOR named IN
        SELECT name, min(code) AS code
          FROM (SELECT name, credit_code AS code FROM accounts_department
                UNION ALL SELECT name, code FROM accounts_hall
                UNION ALL SELECT name, code FROM accounts_region) AS bodies
         GROUP BY name HAVING count(*) = 1
    LOOP
        UPDATE certificates_userecord SET body_code = named.code WHERE body = named.name;
        UPDATE certificates_authorisation SET body_code = named.code WHERE body = named.name AND kind = 'purpose';
    END LOOP;
    ALTER TABLE certificates_authorisation ENABLE TRIGGER USER;
    ALTER TABLE certificates_userecord ENABLE TRIGGER USER;
END $do$;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("certificates", "0018_issuers_or_definer"),
        ("accounts", "0009_keepers"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            "authorisation",
            "body_code",
            models.CharField(
                max_length=20,
                blank=True,
                default="",
                help_text="whose posts may look by a consent for a purpose; empty: none but the window that asked",
            ),
        ),
        migrations.AlterField(
            "authorisation", "body", models.CharField(max_length=80, help_text="who may look, in words")
        ),
        migrations.AddField(
            "userecord",
            "body_code",
            models.CharField(
                max_length=20, blank=True, default="", help_text="whose supervisors a report goes to"
            ),
        ),
        migrations.AlterField(
            "userecord",
            "body",
            models.CharField(max_length=80, help_text="in words, as it was called then"),
        ),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "authorisation",
            models.CheckConstraint(
                condition=~Q(kind="case") | Q(body_code=""), name="a_consent_for_a_case_opens_to_no_post"
            ),
        ),
    ]
