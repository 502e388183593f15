from __future__ import annotations

import itertools

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import Message
from certificates.errors import AlreadyHeld, InvalidMove, NothingToEnd
from certificates.issuance import lifecycle
from certificates.models import Authorisation, Certificate, TypeSchema, UseRecord
from certificates.states import ENDED, TRANSITIONS, CertificateStatus
from records.models import Event, JournalEntry
from tests.factories import people
from tests.factories.certificates import AT, ISSUER, card_type, certificate, consent, need, reference

pytestmark = pytest.mark.django_db
ALL = list(CertificateStatus)


def told(status: CertificateStatus) -> dict[str, object]:
    return {"status": status, "status_changed_at": AT, "status_reason": "依法"}


def in_status(status: CertificateStatus) -> Certificate:
    made = certificate(people.person())
    if status != CertificateStatus.VALID:
        Certificate.objects.filter(pk=made.pk).update(**told(status))
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
        Certificate.objects.filter(pk=made.pk).update(**told(to))
    else:
        with pytest.raises(IntegrityError, match="no move from"), transaction.atomic():
            Certificate.objects.filter(pk=made.pk).update(**told(to))


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
        cursor.execute(
            "UPDATE certificates_certificate SET status = 'cancelled', status_reason = '核查' WHERE id = %s",
            [old.pk],
        )
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


def ending(holder, **changes):
    given = {"type": "test_card", "holder": holder, "to": CertificateStatus.CANCELLED, "reason": "依申请注销"}
    return lifecycle.Ending(**{**given, "source": "decision:1", "actor": "system", **changes})


@pytest.mark.parametrize("was", [CertificateStatus.VALID, CertificateStatus.SUSPENDED])
@pytest.mark.parametrize("to", sorted(ENDED))
def test_a_decision_ends_what_its_holder_has_in_hand(was, to):
    card_type()
    card_type(slug="second_card", name="第二张卡", code=f"{ISSUER}902")
    card_type(slug="third_card", name="第三张卡", code=f"{ISSUER}903")
    person, other = people.person(), people.person()
    main, with_it, left = (
        certificate(person, type=slug) for slug in ("test_card", "second_card", "third_card")
    )
    others = certificate(other)
    if was == CertificateStatus.SUSPENDED:
        lifecycle.change_status(main, was, reason="核查", actor="system")
    ended = lifecycle.end_many([ending(person, to=to, with_it=("second_card",))], at=AT)
    assert {one.pk for one in ended} == {main.pk, with_it.pk}
    for one in Certificate.objects.filter(pk__in=[main.pk, with_it.pk]):
        assert (one.status, one.status_reason, one.status_changed_at) == (to, "依申请注销", AT)
        assert one.ended_by == "decision:1"
        entry = JournalEntry.objects.filter(stream=f"certificate:{one.pk}").latest("sequence")
        assert (entry.act, entry.subject, entry.details["to"]) == ("certificate_ended", "decision:1", to)
        assert str(to.label) in Event.objects.get(entry=entry).text
        told = Message.objects.get(person=person, occasion=f"certificate:{one.pk}:{entry.sequence}")
        assert str(to.label) in told.title
    for one in (left, others):
        assert Certificate.objects.get(pk=one.pk).status == CertificateStatus.VALID


def test_what_is_not_held_or_held_twice_does_not_end_and_nothing_else_does():
    card_type(exclusive=False)
    with_one, with_two, without = people.person(), people.person(), people.person()
    certificate(with_one)
    certificate(with_two)
    certificate(with_two)
    for unclear in (with_two, without):
        with pytest.raises(NothingToEnd), transaction.atomic():
            lifecycle.end_many([ending(with_one), ending(unclear)], at=AT)
    assert set(Certificate.objects.values_list("status", flat=True)) == {CertificateStatus.VALID}
    assert lifecycle.end_many([], at=AT) == []


def test_what_has_ended_does_not_end_again():
    card_type()
    person = people.person()
    certificate(person)
    lifecycle.end_many([ending(person)], at=AT)
    with pytest.raises(NothingToEnd):
        lifecycle.end_many([ending(person, source="decision:2")], at=AT)


@pytest.mark.parametrize(
    ("status", "broken", "constraint"),
    [
        (CertificateStatus.CANCELLED, {"status_reason": ""}, "says_when_and_why"),
        (CertificateStatus.CANCELLED, {"status_changed_at": None}, "says_when_and_why"),
        (CertificateStatus.SUSPENDED, {"ended_by": "decision:1"}, "names_its_end"),
    ],
)
def test_the_database_wants_day_and_reason_of_an_end(status, broken, constraint):
    card_type()
    made = certificate(people.person())
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(**told(status) | broken)
