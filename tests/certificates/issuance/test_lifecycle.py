from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, connection, transaction

from certificates.errors import AlreadyHeld, InvalidMove
from certificates.issuance import lifecycle
from certificates.models import Authorisation, Certificate, TypeSchema, UseRecord
from certificates.states import TRANSITIONS, CertificateStatus
from records.models import Event, JournalEntry
from tests.factories import people
from tests.factories.certificates import AT, card_type, certificate, consent, need, reference

pytestmark = pytest.mark.django_db
ALL = list(CertificateStatus)


def in_status(status: CertificateStatus) -> Certificate:
    made = certificate(people.person())
    if status != CertificateStatus.VALID:
        Certificate.objects.filter(pk=made.pk).update(status=status)
    return Certificate.objects.get(pk=made.pk)


@pytest.mark.parametrize(("was", "to"), list(itertools.product(ALL, ALL)))
def test_only_allowed_moves_are_made(was, to):
    card_type()
    made = in_status(was)
    may = to in TRANSITIONS[was] and to != CertificateStatus.SUPERSEDED
    if may:
        moved = lifecycle.change_status(made, to, reason="依法", actor="user:1", at=AT)
        assert (moved.status, moved.status_changed_at, moved.status_reason) == (to, AT, "依法")
        entry = JournalEntry.objects.filter(stream=f"certificate:{made.pk}").latest("sequence")
        assert entry.details == {"from": was, "to": to}
        assert str(to.label) in Event.objects.get(entry=entry).text
    else:
        with pytest.raises(InvalidMove):
            lifecycle.change_status(made, to, reason="依法", actor="user:1", at=AT)
    assert Certificate.objects.get(pk=made.pk).status == (to if may else was)


@pytest.mark.parametrize(("was", "to"), list(itertools.permutations(ALL, 2)))
def test_the_database_itself_refuses_other_moves(was, to):
    card_type()
    made = in_status(was)
    if to in TRANSITIONS[was]:
        Certificate.objects.filter(pk=made.pk).update(status=to)
    else:
        with pytest.raises(IntegrityError, match="no move from"), transaction.atomic():
            Certificate.objects.filter(pk=made.pk).update(status=to)


def test_the_database_knows_no_other_status():
    card_type()
    made = certificate(people.person())
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(status="lost")


@pytest.mark.parametrize(
    "change",
    [{"number": "B"}, {"valid_until": AT.date()}, {"version": 9}, {"digest": "0" * 64}, {"exclusive": False}],
)
def test_what_was_issued_does_not_change(change):
    card_type()
    made = certificate(people.person())
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(**change)
    with (
        pytest.raises(IntegrityError, match="never removed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM certificates_certificate")


def test_a_suspended_one_cannot_come_back_beside_a_new_one():
    card_type(exclusive=True)
    person = people.person()
    old = certificate(person)
    lifecycle.change_status(old, CertificateStatus.SUSPENDED, reason="核查", actor="system")
    with connection.cursor() as cursor:  # as an import past the verbs might have left it
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE certificates_certificate DISABLE TRIGGER certificates_guard_certificate")
        cursor.execute("UPDATE certificates_certificate SET status = 'cancelled' WHERE id = %s", [old.pk])
    certificate(person)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE certificates_certificate SET status = 'suspended' WHERE id = %s", [old.pk])
    with pytest.raises(AlreadyHeld):
        lifecycle.change_status(old, CertificateStatus.VALID, reason="恢复", actor="system")


def test_uses_schemas_and_consents_stay_as_written():
    card_type()
    who = people.principal()
    case = reference()
    given = consent(who, scope={"test_card": ["name"]}, case=case)
    need(who, scope={"test_card": ["name"]}, case=case, consent=given)
    UseRecord.objects.create(
        type=TypeSchema.objects.get().type, holder_person=who.person, mode="authorised", body="b", actor="system",
        case_reference=case, matter_code="m", purpose="p", outcome="not_held", at=AT,
    )  # fmt: skip
    for table in ("certificates_userecord", "certificates_typeschema"):
        for sql in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
            with (
                pytest.raises(Exception, match="insert-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
    with pytest.raises(IntegrityError, match="does not change"), transaction.atomic():
        Authorisation.objects.filter(pk=given.pk).update(scope={"test_card": ["name", "card_number"]})
    Authorisation.objects.filter(pk=given.pk).update(status="revoked", revoked_at=AT)
    with pytest.raises(IntegrityError, match="no move from"), transaction.atomic():
        Authorisation.objects.filter(pk=given.pk).update(status="granted")
