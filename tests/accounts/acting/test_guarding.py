"""Guardianship: only with the document, confirmed by somebody without a part in it, over at eighteen by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from accounts import registering
from accounts.acting import documents, guarding, principals
from accounts.acting.delegating import NoSuchMandate
from accounts.acting.guarding import AlreadySettled, CannotGuard, GuardianshipReasonRequired, NotForYou
from accounts.acting.principals import MayNotAct
from accounts.identifying import UnknownIdentity
from accounts.models import Guardianship, Message, Person, Post, User
from common import clock
from records.hashing import HashKind, keyed
from records.models import JournalEntry
from tests.factories import district, people, uploads
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
CHILD, INCAPABLE = Guardianship.Ward.CHILD, Guardianship.Ward.WITHOUT_CAPACITY
Document = Guardianship.Document
NUMBER = "（2026）示例民特 17 号"


@dataclass
class Home:
    guardian: Person
    child: Person
    clerk: User


def staff(name: str, role: Post.Role = Post.Role.CLERK) -> User:
    user = registering.account(name, display_name="柜台", password="a long test password")
    district.known(user)
    registering.appoint(user, role=role, department=None, on=date(2020, 1, 1))
    return user


@pytest.fixture
def home() -> Home:
    clock.set_source(lambda: NOON)
    return Home(
        people.person(name="林佳", born=date(1985, 5, 1)),
        people.person(name="林小宝", born=date(2015, 3, 3)),
        staff("clerk"),
    )


def asked(home: Home, **changes: object) -> Guardianship:
    told: dict[str, object] = {
        "ward": home.child,
        "kind": CHILD,
        "document": Document.BIRTH_CERTIFICATE,
        "document_number": NUMBER,
    }
    if documents.waiting(home.guardian) is None:
        uploads.document(home.guardian)
    return guarding.request(home.guardian, **{**told, **changes})  # type: ignore[arg-type]


def acts(home: Home, *, on: date = TODAY) -> bool:
    try:
        return bool(principals.principal(home.guardian, whom=f"person:{home.child.pk}", on=on).mandate)
    except MayNotAct:
        return False


@pytest.mark.parametrize(
    ("kind", "born", "document", "allowed"),
    [
        (CHILD, date(2015, 3, 3), Document.BIRTH_CERTIFICATE, True),
        (CHILD, date(2015, 3, 3), Document.HOUSEHOLD_REGISTER, True),
        (CHILD, date(2015, 3, 3), Document.COURT_JUDGMENT, True),
        (CHILD, date(2008, 11, 21), Document.BIRTH_CERTIFICATE, True),
        (CHILD, date(2008, 11, 20), Document.BIRTH_CERTIFICATE, False),
        (CHILD, date(1950, 3, 3), Document.COURT_JUDGMENT, False),
        (INCAPABLE, date(1950, 3, 3), Document.COURT_JUDGMENT, True),
        (INCAPABLE, date(1950, 3, 3), Document.APPOINTMENT, True),
        (INCAPABLE, date(1950, 3, 3), Document.HOUSEHOLD_REGISTER, False),
        (INCAPABLE, date(1950, 3, 3), Document.BIRTH_CERTIFICATE, False),
        (INCAPABLE, date(2015, 3, 3), Document.COURT_JUDGMENT, False),
    ],
)
def test_the_document_fits_the_kind_and_the_kind_the_age(
    home: Home, kind: str, born: date, document: str, allowed: bool
) -> None:
    home.child = people.person(born=born)
    if not allowed:
        with pytest.raises(CannotGuard), transaction.atomic():
            asked(home, kind=kind, document=document)
        assert not Guardianship.objects.exists()
        return
    found = asked(home, kind=kind, document=document)
    assert (found.state, found.valid_to is None) == ("requested", kind == INCAPABLE)
    assert not acts(home)  # a request is no right


def test_a_minor_guards_nobody_and_nobody_themselves(home: Home) -> None:
    for guardian in (people.person(born=date(2010, 1, 1)), home.child):
        home.guardian = guardian
        with pytest.raises(CannotGuard), transaction.atomic():
            asked(home)


def test_the_number_of_the_document_is_not_in_clear(home: Home) -> None:
    found = asked(home)
    with connection.cursor() as cursor:
        cursor.execute("SELECT document_number::text FROM accounts_guardianship WHERE id = %s", [found.pk])
        assert "示例" not in cursor.fetchone()[0]
    assert Guardianship.objects.get().document_number == NUMBER


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (date(2026, 11, 20), True),
        (date(2033, 3, 2), True),
        (date(2033, 3, 3), False),
        (date(2040, 1, 1), False),
    ],
)
def test_a_confirmed_one_acts_until_the_eighteenth_birthday(home: Home, day: date, allowed: bool) -> None:
    guarding.confirm(home.clerk, guardianship_id=asked(home).pk)
    assert acts(home, on=day) is allowed


def test_a_guardian_has_no_limits_but_the_ward(home: Home) -> None:
    guarding.confirm(home.clerk, guardianship_id=asked(home).pk)
    acting = principals.principal(home.guardian, whom=f"person:{home.child.pk}")
    assert acting.limits.sees_certificates
    assert acting.limits.covers("anything")
    assert (acting.role, acting.name, acting.by) == ("监护人", "林小宝", "（监护人林佳办理）")


def test_nobody_confirms_their_own_nor_without_a_post(home: Home) -> None:
    found = asked(home)
    own, plain = (
        staff("own"),
        registering.account("plain", display_name="无", password="a long test password"),
    )
    supervisor = staff("supervisor", Post.Role.SUPERVISOR)
    Person.objects.filter(pk=home.guardian.pk).update(user=own)
    for user in (own, plain, supervisor):
        with pytest.raises(NotForYou), transaction.atomic():
            guarding.confirm(user, guardianship_id=found.pk)
        with pytest.raises(NotForYou), transaction.atomic():
            guarding.reject(user, guardianship_id=found.pk, reason="文书不清楚")
        assert not guarding.waiting_for(user).exists()
    assert guarding.waiting_for(home.clerk).get() == found
    assert not acts(home)


@pytest.mark.parametrize("part", ["guardian", "child", "spouse"])
def test_a_work_account_beside_a_private_one_confirms_nothing_of_its_household(home: Home, part: str) -> None:
    found = asked(home)
    spouse = people.person(name="陈志强")
    family = (home.guardian, spouse)
    Person.objects.filter(pk__in=[one.pk for one in family]).update(
        household_hash=keyed(HashKind.HOUSEHOLD, "440507-000123")
    )
    own = {"guardian": home.guardian, "child": home.child, "spouse": spouse}[part].id_number_hash
    User.objects.filter(pk=home.clerk.pk).update(id_number_hash=own)
    clerk = User.objects.get(pk=home.clerk.pk)
    assert not guarding.waiting_for(clerk).exists()
    with pytest.raises(NotForYou), transaction.atomic():
        guarding.confirm(clerk, guardianship_id=found.pk)
    assert guarding.waiting_for(staff("other")).get() == found


def test_an_account_that_is_nobodys_confirms_nothing(home: Home) -> None:
    found = asked(home)
    User.objects.filter(pk=home.clerk.pk).update(id_number_hash=None)
    clerk = User.objects.get(pk=home.clerk.pk)
    with pytest.raises(UnknownIdentity):
        guarding.waiting_for(clerk)
    with pytest.raises(UnknownIdentity), transaction.atomic():
        guarding.confirm(clerk, guardianship_id=found.pk)


def test_rejected_needs_a_reason_the_guardian_reads_and_may_be_asked_again(home: Home) -> None:
    found = asked(home)
    with pytest.raises(GuardianshipReasonRequired), transaction.atomic():
        guarding.reject(home.clerk, guardianship_id=found.pk, reason="不 行")
    guarding.reject(home.clerk, guardianship_id=found.pk, reason="编号与存根不一致")
    with pytest.raises(AlreadySettled), transaction.atomic():
        guarding.confirm(home.clerk, guardianship_id=found.pk)
    assert not acts(home)
    assert "编号与存根不一致" in Message.objects.get(person=home.guardian, kind="guardianship_rejected").body
    assert asked(home).pk != found.pk


def test_one_open_request_a_ward(home: Home) -> None:
    asked(home)
    with pytest.raises(CannotGuard):
        asked(home)


@pytest.mark.parametrize("by", ["guardian", "staff"])
def test_an_end_is_at_once_and_noted(home: Home, by: str) -> None:
    found = guarding.confirm(home.clerk, guardianship_id=asked(home).pk)
    if by == "guardian":
        for _ in range(2):
            guarding.end(home.guardian, guardianship_id=found.pk)
    else:
        guarding.end_by_staff(home.clerk, guardianship_id=found.pk, reason="法院撤销监护资格")
    assert not acts(home)
    entries = JournalEntry.objects.filter(stream=f"person:{home.child.pk}", subject=str(found.pk))
    assert [one.act for one in entries.order_by("sequence")] == [
        "guardianship_requested",
        "guardianship_confirmed",
        "guardianship_ended",
    ]
    for person in (home.guardian, home.child):
        assert Message.objects.filter(person=person, kind="guardianship_ended").count() == 1


def test_a_stranger_ends_nothing(home: Home) -> None:
    found = guarding.confirm(home.clerk, guardianship_id=asked(home).pk)
    for person in (home.child, people.person()):
        with pytest.raises(NoSuchMandate), transaction.atomic():
            guarding.end(person, guardianship_id=found.pk)
    assert acts(home)


def test_each_look_at_the_document_is_noted_once_a_day_with_the_ward(home: Home) -> None:
    found = asked(home)
    assert found.document_file is not None
    for _ in range(3):
        assert guarding.look_at_document(home.clerk, file_id=found.document_file).pk == found.document_file
    looks = JournalEntry.objects.filter(act="guardianship_document_looked_at")
    entry = looks.get()
    assert (entry.stream, entry.subject) == (f"person:{home.child.pk}", str(found.document_file))
    guarding.look_at_document(staff("officer", Post.Role.OFFICER), file_id=found.document_file)
    clock.set_source(lambda: NOON + timedelta(days=1))
    guarding.look_at_document(home.clerk, file_id=found.document_file)
    assert looks.count() == 3


def test_the_document_is_seen_while_it_waits_by_who_may_confirm(home: Home) -> None:
    found = asked(home)
    assert found.document_file is not None
    own = staff("own")
    Person.objects.filter(pk=home.guardian.pk).update(user=own)
    for user in (own, staff("supervisor", Post.Role.SUPERVISOR), staff("admin", Post.Role.ADMIN)):
        with pytest.raises(NotForYou), transaction.atomic():
            guarding.look_at_document(user, file_id=found.document_file)
    with pytest.raises(NoSuchMandate), transaction.atomic():
        guarding.look_at_document(home.clerk, file_id=found.pk)
    guarding.confirm(home.clerk, guardianship_id=found.pk)
    with pytest.raises(AlreadySettled), transaction.atomic():
        guarding.look_at_document(home.clerk, file_id=found.document_file)
    assert not JournalEntry.objects.filter(act="guardianship_document_looked_at").exists()
