"""People and organisations by the thousand are what one by one would have made of them."""

from __future__ import annotations

import pytest

from accounts import entering, registering
from accounts.models import Organisation, Person
from accounts.registering import NewPerson
from common.identifiers import InvalidIdentifier, make_credit_code
from records.hashing import HashKind, keyed
from records.models import JournalEntry
from tests.factories.people import id_number

pytestmark = pytest.mark.django_db
STREAM = "import:1"


def test_people_are_entered_once_sealed_and_noted_together() -> None:
    numbers = [id_number(), id_number()]
    known = registering.person(NewPerson("陈桂英", numbers[0]))
    new = [NewPerson("陈桂英", numbers[0]), NewPerson("李四", numbers[1].lower())]
    found = entering.people(new, stream=STREAM, actor="system")
    assert found == entering.people(new, stream=STREAM, actor="system")
    assert found[keyed(HashKind.RESIDENT_ID, numbers[0])].id == str(known.pk)
    entered = Person.objects.get(name="李四")
    assert found[keyed(HashKind.RESIDENT_ID, numbers[1])] == entering.Known(str(entered.pk), "李四")
    assert (entered.id_number, entered.mobile, entered.email) == (numbers[1], "", None)
    assert entered.birth_year == int(numbers[1][6:10])
    assert entered.real_name_level == Person.RealNameLevel.UNVERIFIED
    entry = JournalEntry.objects.get(stream=STREAM)  # the second time nobody was new
    assert (entry.act, entry.details["count"]) == ("people_entered", 1)


@pytest.mark.parametrize("name", ['陈"秀\\英', "{陈,秀}", "NULL", "𬱖㛃䶮"])
def test_a_name_is_kept_as_it_is(name: str) -> None:
    (found,) = entering.people([NewPerson(name, id_number())], stream=STREAM, actor="system").values()
    assert found.name == Person.objects.get().name == name


def test_a_wrong_number_enters_nobody() -> None:
    with pytest.raises(InvalidIdentifier):
        entering.people([NewPerson("李四", "440507194003150020")], stream=STREAM, actor="system")
    assert not Person.objects.exists()
    assert entering.people([], stream=STREAM, actor="system") == {}
    assert not JournalEntry.objects.exists()


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("91", "enterprise"),
        ("92", "individual_business"),
        ("93", "cooperative"),
        ("12", "institution"),
        ("52", "other"),
    ],
)
def test_organisations_are_of_the_kind_their_code_says(prefix: str, kind: str) -> None:
    code = make_credit_code(prefix, division="440507", sequence=123)
    found = entering.organisations([(code, "某单位")], stream=STREAM, actor="system")
    body = Organisation.objects.get()
    assert (
        found
        == {code: entering.Known(str(body.pk), "某单位")}
        == entering.known_organisations([code, "none"])
    )
    assert (body.kind, body.status) == (kind, Organisation.Status.ACTIVE)
    assert (
        entering.organisations([(code, "另一个名称")], stream=STREAM, actor="system")[code].name == "某单位"
    )
    assert JournalEntry.objects.get().act == "organisations_entered"
