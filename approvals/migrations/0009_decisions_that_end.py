"""Held by the database: where a certificate ends by a decision, that decision granted its holder just this ending."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

from records.guarding import refuse

_DECIDED = """NOT EXISTS (
        SELECT FROM approvals_decision d
          JOIN approvals_application a ON a.id = d.application_id
          JOIN matters_edition e ON e.id = a.edition_id
          JOIN certificates_certificatetype t ON t.id = NEW.type_id
         WHERE d.id = (CASE WHEN NEW.ended_by ~ '^decision:[0-9a-f-]{36}$' THEN substr(NEW.ended_by, 10) END)::uuid
           AND d.kind = 'granted' AND d.decided_at = NEW.status_changed_at AND NEW.status = 'cancelled'
           AND (a.organisation_id = NEW.holder_organisation_id
                OR (a.organisation_id IS NULL AND a.person_id = NEW.holder_person_id))
           AND (e.content #>> '{result,ends,certificate}' = t.slug
                OR e.content #> '{result,ends,with_it}' ? t.slug))"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("approvals", "0008_confirmed_on_the_phone"),
        ("certificates", "0021_held_against_the_application"),
    ]

    operations: ClassVar = [
        refuse(
            "ended_by_the_decision_it_names",
            "certificates_certificate",
            event="UPDATE",
            when="NEW.ended_by LIKE 'decision:%' AND OLD.status <> NEW.status",
            refused=_DECIDED,
            words="a certificate ends by a decision that says so",
        ),
    ]
