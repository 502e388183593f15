"""Raw SQL of the application's own role: what the architecture page says the database holds, it holds (13, 14)."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg2
import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from certificates import types
from certificates.holding import reporting
from certificates.issuance import lifecycle
from certificates.keeping import moving, reissuing
from certificates.keeping.moving import Decision
from certificates.models import Certificate, CertificateType, EndingProposal, ImportBatch, UseRecord
from certificates.presenting import scanning
from certificates.states import ENDED, CertificateStatus, FileOrigin
from tests.certificates.presenting.making import WINDOW, Meeting, clerk
from tests.certificates.stocking.test_importing import HEADER, sheet, take
from tests.factories import district, offices, people, roles
from tests.factories.certificates import AT, CARD, ISSUER, card_type, certificate, reference
from tests.records.conftest import open_as_application

pytestmark = pytest.mark.django_db
TO = CertificateStatus.REVOKED
DECISION = Decision(TO, "提交虚假材料取得证照", "龙民撤字〔2026〕12 号", "《行政许可法》第六十九条")
ENDING = """
UPDATE certificates_certificate SET status = %s, status_reason = '依法', status_changed_at = %s, ended_by = %s
"""
LOOKUP = {"roles": ["officer"], "fields": ["name"]}


def run(sql: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        roles.commits()


def refused(words: str, sql: str, *parameters: Any) -> None:
    with pytest.raises(IntegrityError, match=words):
        run(sql, *parameters)


@pytest.fixture
def card() -> Certificate:
    """A valid certificate, and its two keepers; from here on as the application."""
    offices.department()
    card_type(exclusive=True, issuers=[ISSUER])
    made = certificate(people.person())
    roles.as_application()
    return made


def proposed(card: Certificate, *, document: str = "1 号", **changed: Any) -> EndingProposal:
    told = {"to": TO, "reason": "依法", "document": document, "basis": "法", "proposed_at": AT, **changed}
    return EndingProposal.objects.create(certificate=card, proposed_by=offices.employee("keeper"), **told)


def settled(proposal: EndingProposal, status: str = "confirmed") -> None:
    rows = EndingProposal.objects.filter(pk=proposal.pk)
    rows.update(status=status, settled_by=offices.employee("keeper"), settled_at=AT)


def test_the_applications_role_is_held_and_the_owner_is_not(transactional_db: None) -> None:
    card_type()
    made = certificate(people.person())
    call_command("database_roles", verbosity=0)
    attempts = {
        ENDING % (f"'{TO}'", "now()", "'document:none'"): "as two people decided",
        ENDING % (f"'{TO}'", "now()", f"'decision:{made.pk}'"): "by a decision",
        "UPDATE certificates_certificate SET status = 'superseded'": "by another of its holder",
        "UPDATE certificates_certificate SET fields = 'garbage'": "the fields",
        "UPDATE certificates_certificatetype SET lookup = '{}', name = 'x'": "an entry in the journal",
        "DELETE FROM certificates_certificatetype": "never removed",
    }
    with open_as_application() as application:
        for sql, words in attempts.items():
            with (
                pytest.raises(psycopg2.errors.CheckViolation, match=words),
                application,
                application.cursor() as cursor,
            ):
                cursor.execute(sql)  # and commits
    run("UPDATE certificates_certificate SET fields = 'sealed anew'")  # as a rotation of keys would


@pytest.mark.parametrize("to", sorted(ENDED))
@pytest.mark.parametrize(
    "by", ["", "document:1 号", "decision:1", "decision:00000000-0000-0000-0000-000000000000"]
)
def test_nothing_ends_by_what_nobody_decided(card: Certificate, to: str, by: str) -> None:
    refused("as two people decided|by a decision that says so", ENDING, to, AT, by)


@pytest.mark.parametrize(
    "other", ["open", "dropped", "of another", "to another end", "for another reason", "of another document"]
)
def test_a_proposal_that_does_not_fit_ends_nothing(card: Certificate, other: str) -> None:
    changed: dict[str, dict[str, Any]] = {
        "to another end": {"to": "cancelled"},
        "for another reason": {"reason": "别的"},
        "of another document": {"document": "2 号"},
    }
    about = certificate(people.person()) if other == "of another" else card
    found = proposed(about, **changed.get(other, {}))
    if other != "open":
        settled(found, "dropped" if other == "dropped" else "confirmed")
    refused("as two people decided", f"{ENDING} WHERE id = %s", TO, AT, "document:1 号", card.pk)


def test_two_people_end_one_and_what_they_said_stays(card: Certificate) -> None:
    found = proposed(card)
    settled(found)
    run(ENDING, TO, AT, "document:1 号")
    for change in ("status_reason = '改写'", "ended_by = 'document:2 号'", "status_changed_at = now()"):
        refused("does not change", f"UPDATE certificates_certificate SET {change} WHERE status = 'revoked'")
    for change in ("settled_at = now()", "settled_by_id = proposed_by_id"):
        refused("does not change", f"UPDATE certificates_endingproposal SET {change}")
    with pytest.raises(IntegrityError, match="before it is settled"), transaction.atomic():
        proposed(card, status="confirmed", settled_by=offices.employee("keeper"), settled_at=AT)


def test_what_supersedes_is_of_the_same_holder_and_new(card: Certificate) -> None:
    sql = "UPDATE certificates_certificate SET status = 'superseded' WHERE id = %s"
    refused("by another of its holder", sql, card.pk)
    certificate(people.person())
    refused("by another of its holder", sql, card.pk)


def test_the_verbs_of_keepers_go_their_way(card: Certificate) -> None:
    first, second = district.keeper(ISSUER), district.keeper(ISSUER, name="杨志刚")
    wanted = reissuing.NextVersion({"level": "b"})
    changed = reissuing.change(first, certificate_id=card.pk, wanted=wanted, reason="等级有误，更正", at=AT)
    roles.commits()
    found = moving.propose(first, certificate_id=changed.pk, decision=DECISION, at=AT)
    ended = moving.confirm(second, proposal_id=found.pk, at=AT)
    assert (ended.status, ended.ended_by) == (TO, f"document:{DECISION.document}")
    old = certificate(people.person(), valid_until=date(2021, 1, 1))
    holder = old.holder_person
    assert holder is not None
    certificate(holder)  # what ran out gives way
    roles.commits()
    with pytest.raises(IntegrityError, match="as two people decided"), transaction.atomic():
        lifecycle.change_status(certificate(people.person()), TO, reason="依法", actor="system", at=AT)


def test_an_import_supersedes_what_it_brings_a_newer_one_of(card: Certificate) -> None:
    number = people.id_number()
    header, rest = [*HEADER, "fields.name"], ["", "", "", "陈桂英"]
    run_out = sheet([[number, "陈桂英", "A1", "2015-01-01", "2020-01-01", *rest]], header=header)
    newer = sheet([[number, "陈桂英", "A2", "2020-01-02", "", *rest]], header=header)
    for content in (run_out, newer):
        assert take(content, card.type).accepted == 1
        roles.commits()
    assert Certificate.objects.get(number="A1").status == CertificateStatus.SUPERSEDED


_COPIED = """
INSERT INTO certificates_certificate SELECT (jsonb_populate_record(c, jsonb_build_object(
    'id', gen_random_uuid(), 'identifier', c.identifier || '1', 'number', c.number || '1', 'check_token', 'other',
    'exclusive', false, 'source', null) || %s::jsonb)).* FROM certificates_certificate c
"""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ('{"signature": "AAAA"}', "a_signature_has_its_form"),
        ('{"algorithm": "none"}', "usable seal"),
        ('{"issuer_code": "11440507MB2X00020L"}', "usable seal"),
        ('{"signed_at": "1990-01-01T00:00:00Z"}', "usable seal"),
        ('{"status": "revoked", "status_reason": "x", "status_changed_at": "2026-01-01T00:00:00Z"}', "begins valid"),
        ('{"status": "superseded"}', "begins valid"),
        ('{"status": "suspended"}', "begins valid"),
    ],
)  # fmt: skip
def test_what_is_issued_begins_valid_and_signed_by_its_organ(
    card: Certificate, change: str, words: str
) -> None:
    refused(words, _COPIED, change)
    run(_COPIED, "{}")


def test_nothing_is_signed_with_a_seal_out_of_use(card: Certificate) -> None:
    run(
        "UPDATE certificates_seal SET status = 'suspended', status_reason = '核查', status_changed_at = now()"
    )
    refused("usable seal", _COPIED, "{}")


def test_a_type_is_what_its_journal_tells() -> None:
    roles.as_application()
    card_type()
    assert types.save({**CARD, "name": "新名称", "lookup": LOOKUP | {"basis": "《条例》第一条"}}) == "changed"
    assert types.save({**CARD, "name": "又一名称"}) == "changed"  # twice in one transaction
    roles.commits()
    for change in ('lookup = \'{"roles": ["officer"]}\'', "issuers = '[\"x\"]'", "trust_level = 'D'"):
        refused("an entry in the journal", f"UPDATE certificates_certificatetype SET {change}")
    for change in ("holder_kind = 'either'", "exclusive = not exclusive", "code = 'x'", "slug = 'x'"):
        refused("does not change", f"UPDATE certificates_certificatetype SET {change}")
    told = {**CARD, "slug": "other", "code": f"{ISSUER}902"}
    told = {name: value for name, value in told.items() if name not in {"fields", "version"}}
    with transaction.atomic():
        CertificateType.objects.create(**told)
        with pytest.raises(IntegrityError, match="an entry in the journal"):
            roles.commits()
        transaction.set_rollback(True)


def test_types_and_files_stay(card: Certificate) -> None:
    ImportBatch.objects.create(
        type=card.type, file_name="a.csv", sha256="0" * 64, size=1, origin=FileOrigin.COMMAND,
        issuer_code=ISSUER, issuer_name="测试局", started_by="system", created_at=AT,
    )  # fmt: skip
    columns = (
        "type_id, file_name, sha256, origin, issuer_code, issuer_name, state, fault, started_by, created_at"
    )
    run(
        f"INSERT INTO certificates_reconciliation (id, report, attempts, {columns})"
        f" SELECT gen_random_uuid(), '{{}}', 0, {columns} FROM certificates_importbatch"
    )
    for table in ("importbatch", "reconciliation", "certificatetype"):
        refused("never removed", f"DELETE FROM certificates_{table}")
    for table in ("importbatch", "reconciliation"):
        for change in ("started_by = 'user:1'", "sha256 = 'x'", "issuer_code = 'x'"):
            refused("does not change", f"UPDATE certificates_{table} SET {change}")
    run("UPDATE certificates_importbatch SET state = 'failed'")
    run("UPDATE certificates_importbatch SET started_by = 'user:1', state = 'waiting'")  # begun again


def test_a_scan_is_asked_answered_and_over_once() -> None:
    roles.as_application()
    card_type()
    who = people.principal()
    certificate(who.person)
    meeting = Meeting(who, clerk())
    agreed = meeting.agree()
    for change, words in {
        'scope = \'{"test_card": ["card_number"]}\'': "asked for",
        "case_reference = 'other'": "asked for",
        "answered_at = now()": "answered",
        "access_until = access_until + interval '1 minute'": "ends earlier",
        "access_until = 'infinity'": "ends earlier",
    }.items():
        refused(words, f"UPDATE certificates_scan SET {change}")
    refused("secret", "UPDATE certificates_presentation SET secret = 'known'")
    run("UPDATE certificates_scan SET access_until = access_until - interval '1 minute'")
    later = meeting.later(minutes=1)
    scanning.leave(later.user, scan_id=agreed.pk, window=WINDOW, taken=False, at=later.at)
    refused(
        "when a consent ended", "UPDATE certificates_authorisation SET ended_at = now() + interval '1 year'"
    )


def test_a_report_stays_as_told(card: Certificate) -> None:
    who = people.principal()
    use = UseRecord.objects.create(
        type=card.type, holder_person=who.person, mode="authorised", body="b", actor="system",
        case_reference=reference(), matter_code="m", purpose="p", outcome="not_held", at=AT,
    )  # fmt: skip
    reporting.report(who, use_id=use.pk, text="我从来没有办过这件事", at=AT)
    refused("reported", "UPDATE certificates_misusereport SET text = 'other'")
    answer = "finding = 'proper', answer = 'x', answered_at = %s, answered_by_id = %s"
    run(f"UPDATE certificates_misusereport SET {answer}", AT, offices.employee("supervisor").pk)
    for change in (
        "answer = 'other'",
        "finding = 'improper'",
        "answered_at = answered_at + interval '1 day'",
    ):
        refused("reported", f"UPDATE certificates_misusereport SET {change}")
