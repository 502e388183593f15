"""Finding whom somebody names: name and number together, one answer for everything that does not fit."""

from __future__ import annotations

from typing import Any

import pytest

from accounts import registering
from accounts.acting import naming
from accounts.acting.naming import NobodyFound
from accounts.models import Person
from accounts.registering import NewPerson
from accounts.signing.braking import FindingBraked
from tests.factories import people

pytestmark = pytest.mark.django_db
MOBILE = "13800138000"


@pytest.fixture
def known() -> Person:
    return registering.person(NewPerson(name="陈秀英", id_number=people.id_number(), mobile=MOBILE))


@pytest.fixture
def asker(settings: Any) -> Person:
    settings.BRAKES = {**settings.BRAKES, "find_person": (8, 3600)}
    return people.person()


def test_by_either_number_however_it_is_typed(known: Person, asker: Person) -> None:
    for name, number in (
        ("陈秀英", known.id_number),
        (" 陈 秀英", known.id_number.lower()),
        ("陈秀英", MOBILE),
        ("陈秀英", "+86 138-0013-8000"),
    ):
        assert naming.named(name, number=number, asked_by=asker) == known


def test_absent_and_mismatched_get_the_same_words(known: Person, asker: Person) -> None:
    told = set()
    for name, number in (
        ("陈秀美", known.id_number),
        ("陈秀英", people.id_number()),
        ("陈秀英", "13900139000"),
        ("陈秀英", "nonsense"),
        ("", known.id_number),
    ):
        with pytest.raises(NobodyFound) as caught:
            naming.named(name, number=number, asked_by=asker)
        told.add(str(caught.value))
    assert len(told) == 1


def test_two_of_one_name_at_one_mobile_are_told_apart_by_their_id_alone(known: Person, asker: Person) -> None:
    registering.person(NewPerson(name="陈秀英", id_number=people.id_number(), mobile=MOBILE))
    with pytest.raises(NobodyFound):
        naming.named("陈秀英", number=MOBILE, asked_by=asker)
    assert naming.named("陈秀英", number=known.id_number, asked_by=asker) == known


def test_nobody_is_found_by_trying(known: Person, asker: Person) -> None:
    for _ in range(8):
        with pytest.raises(NobodyFound):
            naming.named("陈秀英", number="13900139000", asked_by=asker)
    with pytest.raises(FindingBraked):
        naming.named("陈秀英", number=known.id_number, asked_by=asker)
