"""Entering people, organisations, departments, places and posts."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from accounts import organising, registering
from accounts.models import ActingRight, Department, Organisation, Person, Post, Region
from accounts.registering import NameTaken, NewPerson
from common.identifiers import InvalidIdentifier, credit_code
from records.models import JournalEntry
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
NUMBER = "440507194608209980"


def test_a_person_is_known_by_their_number_however_it_is_written() -> None:
    first = registering.person(
        NewPerson(name="陈秀英", id_number="11010519491231002X", mobile="+86 138 0013 8000")
    )
    again = registering.person(NewPerson(name="陈秀英", id_number="11010519491231002x"))
    assert first == again
    assert (first.id_number, first.mobile, first.birth_year) == ("11010519491231002X", "13800138000", 1949)


def test_a_namesake_is_another_person() -> None:
    one = registering.person(NewPerson(name="陈秀英", id_number=NUMBER))
    two = registering.person(NewPerson(name="陈秀英", id_number="440507200401319953"))
    assert one != two


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("36042619910102009X", "校验位"),
        ("990426199112010074", ""),
        ("12345", "18 位"),
        ("440507209901010011", ""),
    ],
)
def test_a_wrong_number_is_refused_and_nothing_kept(number: str, word: str) -> None:
    with pytest.raises(InvalidIdentifier) as caught:
        registering.person(NewPerson(name="陈秀英", id_number=number))
    assert word in caught.value.message
    assert not Person.objects.exists()


def test_numbers_lie_encrypted() -> None:
    registering.person(NewPerson(name="陈秀英", id_number=NUMBER, mobile="13800138000"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM accounts_person t")
        (row,) = cursor.fetchone()
    assert NUMBER not in row
    assert "13800138000" not in row


def test_a_user_name_is_taken_once() -> None:
    user = registering.account("chen", display_name="陈秀英", password="a long test password")
    assert user.password.startswith("argon2")
    with pytest.raises(NameTaken):
        registering.account("chen", display_name="陈秀莲", password="a long test password")


def test_places_are_entered_again_without_harm() -> None:
    count = registering.regions()
    assert registering.regions() == count == Region.objects.count()
    assert Region.objects.get(code="440507").parent_id == "4405"


def test_a_department_is_brought_up_to_date(city: Standin) -> None:
    told = {**district.COMMON, **district.DEPARTMENTS[0], "phone": "0754-00000009"}
    registering.department(told)
    assert Department.objects.get(credit_code=told["credit_code"]).phone == "0754-00000009"
    assert Department.objects.count() == len(district.DEPARTMENTS)


@pytest.mark.parametrize(
    ("kind", "role"), [("individual_business", "operator"), ("enterprise", "legal_representative")]
)
def test_an_organisation_comes_with_who_may_act(kind: str, role: str) -> None:
    person = registering.person(NewPerson(name="林文彬", id_number=NUMBER))
    first, again = (
        registering.organisation(
            code="92440507MA5X000220", name="演示店", kind=kind, operator=person, on=date(2026, 1, 1)
        )
        for _ in range(2)
    )
    assert first == again
    assert ActingRight.objects.get().role == role


def shop_of(operator: Person) -> dict[str, Any]:
    """Return what every shop that is made here is told."""
    return {
        "kind": "individual_business",
        "prefix": "92",
        "division": "440507",
        "operator": operator,
        "actor": "system",
    }


def test_new_organisations_get_free_codes_that_check() -> None:
    told = shop_of(registering.person(NewPerson(name="林文彬", id_number=NUMBER)))
    made = [
        organising.create(name=f"店{n}", source=f"decision:{n}", on=date(2026, 11, 20), **told)
        for n in range(3)
    ]
    codes = [one.credit_code for one in made]
    assert len(set(codes)) == 3
    assert all(credit_code(code) == code and code.startswith("92440507") for code in codes)


def test_a_code_already_held_is_passed_over() -> None:
    told = shop_of(registering.person(NewPerson(name="林文彬", id_number=NUMBER)))
    first = organising.create(name="一", source="decision:1", on=date(2026, 11, 20), **told)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('accounts_credit_code', (SELECT last_value FROM accounts_credit_code) - 1)"
        )
    second = organising.create(name="二", source="decision:2", on=date(2026, 11, 20), **told)
    assert first.credit_code != second.credit_code
    assert Organisation.objects.count() == 2


def test_a_name_is_changed_once_it_is_free_and_the_journal_says_by_which_decision() -> None:
    told = shop_of(registering.person(NewPerson(name="林文彬", id_number=NUMBER)))
    shop, other = (
        organising.create(name=name, source=f"decision:{name}", on=date(2026, 11, 20), **told)
        for name in ("旧名", "别家")
    )
    with pytest.raises(organising.NameInUse):
        organising.rename(shop, name="别家", source="decision:9", actor="system")
    for name in ("旧名", "新名", "新名"):
        organising.rename(shop, name=name, source="decision:9", actor="system")
    kept = {one.pk: one.name for one in Organisation.objects.all()}
    assert kept == {shop.pk: "新名", other.pk: "别家"}
    acts = JournalEntry.objects.filter(stream=f"organisation:{shop.credit_code}").order_by("sequence")
    assert list(acts.values_list("act", flat=True)) == ["organisation_created", "organisation_renamed"]
    organising.rename(other, name="旧名", source="decision:10", actor="system")


def test_a_post_is_given_once_and_held_from_a_day_to_a_day(city: Standin) -> None:
    officer = district.officer()
    department = Department.objects.get(credit_code="11440507MB2X00012R")
    registering.appoint(officer, role=Post.Role.OFFICER, department=department, on=date(2026, 1, 1))
    post = Post.objects.get(user=officer)
    post.valid_to = date(2026, 11, 20)
    assert [
        post.held_on(day)
        for day in (date(2019, 12, 31), date(2020, 1, 1), date(2026, 11, 20), date(2026, 11, 21))
    ] == [
        False,
        True,
        True,
        False,
    ]
