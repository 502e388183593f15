"""Whose an account is: said once, compared by person and not by account, and unknown as long as nobody said it."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import identifying, registering
from accounts.identifying import OtherIdentity, UnknownIdentity
from accounts.models import ActingRight, Person, User
from common.identifiers import InvalidIdentifier
from records.models import JournalEntry
from tests.factories import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> User:
    return registering.account("staff", display_name="王审批", password="a long test password")


def again(user: User) -> User:
    return User.objects.get(pk=user.pk)


def test_it_is_said_once_and_the_number_is_not_kept(staff: User) -> None:
    number = people.id_number()
    for _ in range(2):
        identifying.link(staff, number=number)
    (entry,) = JournalEntry.objects.filter(stream=f"user:{staff.pk}", act="identity_known")
    assert number not in str(entry.__dict__)
    assert identifying.hash_of(again(staff)) == identifying.hash_of(staff) is not None
    with pytest.raises(OtherIdentity):
        identifying.link(staff, number=people.id_number())
    with pytest.raises(InvalidIdentifier):
        identifying.link(staff, number="440507194003080000")


def test_an_account_is_not_linked_to_another_than_signs_in_with_it(staff: User) -> None:
    own = people.person()
    Person.objects.filter(pk=own.pk).update(user=staff)
    identifying.link(staff, number=own.id_number)
    with pytest.raises(OtherIdentity):
        identifying.link(staff, number=people.id_number())


def test_of_an_account_that_is_nobodys_nothing_can_be_told(staff: User) -> None:
    holder = people.person()
    with pytest.raises(UnknownIdentity):
        identifying.is_close(staff, holder)
    with pytest.raises(UnknownIdentity):
        identifying.is_themselves(staff, holder)
    with pytest.raises(UnknownIdentity):
        identifying.is_close(staff, people.business(operator=holder))


def test_a_work_account_beside_a_private_one_is_the_same_person(staff: User) -> None:
    private = registering.account("private", display_name="王", password="a long test password")
    own, other = people.person(), people.person()
    Person.objects.filter(pk=own.pk).update(user=private)
    identifying.link(staff, number=own.id_number)
    assert identifying.is_themselves(staff, own)
    assert identifying.is_close(staff, own)
    assert not identifying.is_close(staff, other)


def test_a_second_account_is_no_second_person(staff: User) -> None:
    other = registering.account("other", display_name="李", password="a long test password")
    assert identifying.is_same_person(staff, staff)
    with pytest.raises(UnknownIdentity):
        identifying.is_same_person(staff, other)
    number = people.id_number()
    identifying.link(staff, number=number)
    assert not identifying.is_same_person(staff, other)
    identifying.link(other, number=number)
    assert identifying.is_same_person(staff, other)


def test_the_household_and_who_is_acted_for_are_ones_own_too(staff: User) -> None:
    own, spouse, neighbour = people.person(), people.person(), people.person()
    Person.objects.filter(pk__in=[own.pk, spouse.pk]).update(household_hash=b"h" * 32)
    Person.objects.filter(pk=neighbour.pk).update(household_hash=b"n" * 32)
    identifying.link(staff, number=own.id_number)
    close: Any = [identifying.is_close(staff, Person.objects.get(pk=one.pk)) for one in (spouse, neighbour)]
    assert close == [True, False]
    shop = people.business(operator=neighbour)
    assert not identifying.is_close(staff, shop)
    told = {"role": "agent", "given_by": neighbour, "valid_from": date(2020, 1, 1)}
    ActingRight.objects.create(person=own, organisation=shop, **told)
    assert identifying.is_close(staff, shop)


def test_the_command_reads_the_number_from_its_input(staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    number = people.id_number()
    for given, user, words in (("123", "staff", "no resident ID"), (number, "nobody", "no account")):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{given}\n"))
        with pytest.raises(CommandError, match=words):
            call_command("link_identity", user)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{number}\n"))
    call_command("link_identity", "staff", stdout=io.StringIO())
    assert again(staff).id_number_hash is not None
