"""Held against the application's own role: an ending has two people or a decision behind it, a successor stands,
what was signed, asked and told stays, and the rules of a type are those its journal tells.

Where the owner of the tables may do more, it is what only migrations and a rotation of keys do.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

from records.guarding import TELL_THE_OWNER, changed, refuse

_CERTIFICATE = "certificates_certificate"
_ENDED = "NEW.status IN ('annulled', 'withdrawn', 'revoked', 'cancelled') AND OLD.status <> NEW.status"
_PROPOSED = """NOT EXISTS (
        SELECT FROM certificates_endingproposal p
         WHERE p.certificate_id = NEW.id AND p.status = 'confirmed' AND p."to" = NEW.status
           AND p.reason = NEW.status_reason AND p.settled_at = NEW.status_changed_at
           AND 'document:' || p.document = NEW.ended_by)"""
# What an import supersedes names no successor: it came in the same transaction (age 0, in a savepoint less).
_SUCCEEDED = """NOT EXISTS (
        SELECT FROM certificates_certificate s WHERE s.previous_id = NEW.id AND s.type_id = NEW.type_id
           AND (s.holder_person_id = NEW.holder_person_id OR s.holder_organisation_id = NEW.holder_organisation_id)
    ) AND NOT EXISTS (
        SELECT FROM certificates_certificate s
         WHERE (s.holder_person_id = NEW.holder_person_id OR s.holder_organisation_id = NEW.holder_organisation_id)
           AND s.type_id = NEW.type_id AND s.id <> NEW.id AND s.batch_id IS NOT NULL
           AND s.status IN ('valid', 'suspended') AND age(s.xmin) <= 0)"""
_SEALED = """NOT EXISTS (
        SELECT FROM certificates_seal s JOIN accounts_department d ON d.id = s.department_id
         WHERE s.id = NEW.seal_id AND d.credit_code = NEW.issuer_code AND s.status = 'active'
           AND s.algorithm = NEW.algorithm AND s.valid_from <= NEW.signed_at AND NEW.signed_at < s.valid_until)"""
_TOLD = """NOT EXISTS (
        SELECT FROM certificates_certificatetype t JOIN LATERAL (
            SELECT details FROM records_journalentry WHERE stream = 'certificate_type:' || t.slug
             ORDER BY sequence DESC LIMIT 1) e ON true
         WHERE t.id = NEW.id AND e.details = jsonb_build_object(
            'name', t.name, 'definer_name', t.definer_name, 'icon', t.icon, 'kind', t.kind,
            'trust_level', t.trust_level, 'issuers', t.issuers, 'validity', t.validity, 'lookup', t.lookup,
            'copies', t.copies, 'current_schema', t.current_schema))"""
_QUESTION = changed(
    "case_reference", "matter_code", "matter_name", "purpose", "deciding_body", "scope", "asked_at"
)
_ANSWER = changed("answered_at", "answered_by_id", "authorisation_id")
_ANSWERING = "OLD.status = 'asked' AND NEW.status IN ('agreed', 'refused')"
_FILE = ("type_id", "sha256", "issuer_code", "issuer_name", "created_at")
_BY_WHOM = changed("file_name", "origin", "started_by")


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("accounts", "0009_keepers"),
        ("certificates", "0020_released_by_two"),
        ("records", "0002_insert_only"),
    ]

    operations: ClassVar = [
        TELL_THE_OWNER,
        # --- a certificate
        refuse(
            "ended_by_two_or_by_a_decision",
            _CERTIFICATE,
            event="UPDATE",
            when=f"{_ENDED} AND NEW.ended_by NOT LIKE 'decision:%'",
            refused=_PROPOSED,
            words="a certificate ends as two people decided, or by a decision",
        ),
        refuse(
            "superseded_by_a_successor",
            _CERTIFICATE,
            event="UPDATE",
            when="NEW.status = 'superseded' AND OLD.status <> 'superseded'",
            refused=_SUCCEEDED,
            words="a certificate is superseded by another of its holder",
            late=True,
        ),
        refuse(
            "a_status_keeps_its_words",
            _CERTIFICATE,
            event="UPDATE",
            when="OLD.status = NEW.status AND " + changed("status_reason", "status_changed_at", "ended_by"),
            words="when, why and by what a status was reached does not change",
        ),
        refuse(
            "fields_stay_as_issued",
            _CERTIFICATE,
            event="UPDATE",
            when=changed("fields"),
            words="the fields of a certificate do not change",
        ),
        refuse(
            "what_is_issued_begins_valid",
            _CERTIFICATE,
            event="INSERT",
            when="NEW.batch_id IS NULL AND NEW.status <> 'valid'",
            words="a certificate that is issued, not imported, begins valid",
        ),
        refuse(
            "signed_by_its_organs_usable_seal",
            _CERTIFICATE,
            event="INSERT",
            when="NEW.seal_id IS NOT NULL",
            refused=_SEALED,
            words="a certificate is signed by the usable seal of who issues it",
        ),
        migrations.AddConstraint(
            model_name="certificate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("signature", ""),
                    models.Q(
                        ("algorithm", "ecdsa-p256-sha256"),
                        ("signature__regex", "^ME[A-Za-z0-9+/]{82,94}={0,2}$"),
                    ),
                    _connector="OR",
                ),
                name="a_signature_has_its_form",
            ),
        ),
        # --- who ends one
        refuse(
            "an_ending_begins_open",
            "certificates_endingproposal",
            event="INSERT",
            when="NEW.status <> 'open'",
            words="an ending is proposed before it is settled",
        ),
        refuse(
            "an_ending_is_settled_once",
            "certificates_endingproposal",
            event="UPDATE",
            when="OLD.status <> 'open' AND " + changed("status", "settled_by_id", "settled_at"),
            words="who settled an ending does not change",
        ),
        # --- types and files
        refuse(
            "a_type_stays_what_it_is",
            "certificates_certificatetype",
            event="UPDATE",
            when=changed("code", "slug", "holder_kind", "exclusive"),
            words="what a type of certificates is does not change",
        ),
        refuse(
            "the_rules_of_a_type_are_told",
            "certificates_certificatetype",
            event="INSERT OR UPDATE",
            refused=_TOLD,
            words="the rules of a type change with an entry in the journal",
            late=True,
        ),
        *(
            refuse(
                f"{table}_stays",
                f"certificates_{table}",
                event="DELETE",
                words="a row of this table is never removed",
            )
            for table in ("certificatetype", "importbatch", "reconciliation")
        ),
        *(
            refuse(
                f"{table}_keeps_its_file",
                f"certificates_{table}",
                event="UPDATE",
                when=f"{changed(*_FILE)} OR (OLD.state IN ('waiting', 'running') AND {_BY_WHOM})",
                words="which file came from whom does not change",
            )
            for table in ("importbatch", "reconciliation")
        ),
        # --- what was shown, allowed and reported
        refuse(
            "a_question_stays_as_asked",
            "certificates_scan",
            event="UPDATE",
            when=f"{_QUESTION} AND NOT (OLD.status = 'scanned' AND NEW.status = 'asked')",
            words="what a window asked for does not change",
        ),
        refuse(
            "an_answer_stays_as_given",
            "certificates_scan",
            event="UPDATE",
            when=f"{_ANSWER} AND NOT ({_ANSWERING})",
            words="what the holder answered does not change",
        ),
        refuse(
            "a_look_only_ends_earlier",
            "certificates_scan",
            event="UPDATE",
            when=changed("access_until")
            + f" AND NOT ({_ANSWERING}) AND (NEW.access_until < OLD.access_until) IS NOT TRUE",
            words="a look at what is shown only ends earlier",
        ),
        refuse(
            "a_secret_stays",
            "certificates_presentation",
            event="UPDATE",
            when=changed("secret"),
            words="the secret of a presentation does not change",
        ),
        refuse(
            "a_consent_keeps_its_end",
            "certificates_authorisation",
            event="UPDATE",
            when="OLD.status = NEW.status AND " + changed("revoked_at", "ended_at"),
            words="when a consent ended does not change",
        ),
        refuse(
            "a_report_stays_as_told",
            "certificates_misusereport",
            event="UPDATE",
            when=changed("text")
            + " OR (OLD.answered_at IS NOT NULL AND "
            + changed("finding", "answer", "answered_by_id", "answered_at")
            + ")",
            words="what was reported and answered does not change",
        ),
    ]
