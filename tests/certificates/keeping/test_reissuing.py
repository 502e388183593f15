"""A keeper issues, corrects and renews: in their department's name, nobody's own, with a reason the holder reads."""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest

from accounts.models import Message, Person, Post
from certificates.errors import (
    AlreadyHeld,
    InvalidFields,
    MoveReasonRequired,
    NothingToChange,
    NotYourStore,
    OwnCertificate,
)
from certificates.issuance import lifecycle
from certificates.keeping import finding, reissuing
from certificates.keeping.reissuing import Given
from certificates.models import Certificate
from certificates.states import CertificateStatus
from records.models import Event, JournalEntry
from tests.certificates.keeping.conftest import Store
from tests.factories import people
from tests.factories.certificates import AT, CARD, ISSUER, VALUES, card_type

pytestmark = pytest.mark.django_db
WHY = "依法院生效裁判办理"
WHOLE = {"card_number": "6200000000000001234", "born": "1940-03-15", "amount": "100.00", "level": "a"}


def issue(store: Store, holder: Person, **changes: Any) -> Certificate:
    told = {"number": "N1", "valid_from": AT.date(), "valid_until": None, "values": WHOLE, **changes}
    return reissuing.issue(
        store.keeper, slug="test_card", holder=holder, given=Given(**told), reason=WHY, at=AT
    )


def test_what_is_issued_is_the_departments_and_says_why(store: Store) -> None:
    person = people.person()
    made = issue(store, person)
    assert (made.issuer_code, made.issuer_name, made.seal is not None) == (ISSUER, "示例市龙湖区民政局", True)
    assert WHY in Message.objects.get(person=person).body
    assert WHY in Event.objects.filter(stream=f"certificate:{made.pk}").latest("entry_id").text
    actors = JournalEntry.objects.filter(stream=f"certificate:{made.pk}").values_list("actor", flat=True)
    assert set(actors) == {f"user:{store.keeper.pk}"}


def test_the_holders_name_and_the_number_are_filled_in(store: Store) -> None:
    person = people.person()
    assert issue(store, person).fields == {**WHOLE, "name": person.name, "number": "N1"}


def test_a_certificate_in_another_name_than_its_holders_is_not_issued_nor_made_by_a_change(
    store: Store,
) -> None:
    with pytest.raises(InvalidFields) as refused:
        issue(store, people.person(), values={**WHOLE, "name": "别的名字"})
    assert "和持证人登记的不一致" in refused.value.fields["name"]
    with pytest.raises(InvalidFields):
        change(store, {"name": "别的名字"})
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("empty", WHOLE)
def test_a_certificate_without_what_its_card_says_is_not_issued(store: Store, empty: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        issue(store, people.person(), values={**WHOLE, empty: ""})
    assert set(refused.value.fields) == {empty}
    with pytest.raises(InvalidFields):
        issue(store, people.person(), values={name: value for name, value in WHOLE.items() if name != empty})


def test_what_a_type_says_may_be_empty_may_be(store: Store) -> None:
    fields = {**CARD["fields"], "amount": {**CARD["fields"]["amount"], "optional": True}}
    card_type(issuers=[ISSUER], version=2, fields=fields)
    person = people.person()
    given = {name: value for name, value in WHOLE.items() if name != "amount"}
    assert "amount" not in issue(store, person, values=given).fields


def test_a_draft_says_what_would_be_sealed_and_seals_nothing(store: Store) -> None:
    given = Given("N1", AT.date(), None, WHOLE)
    told: dict[str, Any] = {"slug": "test_card", "holder": people.person(), "reason": WHY, "at": AT}
    asked = reissuing.draft(store.keeper, given=given, **told)
    assert (asked.number, asked.valid_until, asked.issuer) == ("N1", None, "示例市龙湖区民政局")
    with pytest.raises(InvalidFields):
        reissuing.draft(store.stranger, given=given, **told)
    assert Certificate.objects.count() == 1


def test_another_departments_type_is_not_issued(store: Store) -> None:
    given = Given("N1", AT.date(), None, WHOLE)
    with pytest.raises(InvalidFields):
        reissuing.issue(
            store.stranger, slug="test_card", holder=people.person(), given=given, reason=WHY, at=AT
        )


def test_a_keeper_issues_nothing_to_themselves(store: Store) -> None:
    own = people.person()
    own.user = store.keeper
    own.save(update_fields=["user"])
    with pytest.raises(OwnCertificate):
        issue(store, own)


@pytest.mark.parametrize("role", [role for role in Post.Role if role != Post.Role.KEEPER])
def test_no_other_post_issues_or_changes(store: Store, role: Post.Role) -> None:
    Post.objects.filter(user=store.keeper).update(role=role)
    with pytest.raises(NotYourStore):
        issue(store, people.person())
    with pytest.raises(NotYourStore):
        change(store, {"name": "新"})
    with pytest.raises(NotYourStore):
        finding.by_text(store.keeper, text=store.card.number)
    with pytest.raises(NotYourStore):
        finding.by_holder(store.keeper, number=people.id_number(), reason=WHY)


def change(store: Store, changes: dict[str, Any], *, reason: str = WHY, **told: Any) -> Certificate:
    wanted = reissuing.NextVersion(changes, **told)
    return reissuing.change(store.keeper, certificate_id=store.card.pk, wanted=wanted, reason=reason, at=AT)


def test_a_correction_keeps_number_days_and_other_fields(store: Store) -> None:
    made = change(store, {"level": "b"})
    assert made.fields == {**VALUES, "level": "b"}
    assert (made.number, made.version, made.valid_from) == (store.card.number, 2, store.card.valid_from)
    store.card.refresh_from_db()
    assert store.card.status == CertificateStatus.SUPERSEDED
    noted = JournalEntry.objects.get(stream=f"certificate:{made.pk}", act="certificate_corrected")
    assert noted.details["fields"] == ["level"]


def test_a_renewal_follows_the_rule_of_the_type(store: Store) -> None:
    store.card.type.validity = {"rule": "term", "years": 5}
    store.card.type.save(update_fields=["validity"])
    made = change(store, {}, renews=True)
    assert (made.valid_from, made.valid_until) == (AT.date(), date(2031, 11, 19))


@pytest.mark.parametrize(
    ("changes", "told", "error"),
    [
        ({}, {}, NothingToChange),
        ({"level": "z"}, {}, InvalidFields),
        ({"nothing": "x"}, {}, InvalidFields),
        ({"level": "b"}, {"reason": "短"}, MoveReasonRequired),
    ],
)
def test_what_is_refused_changes_nothing(
    store: Store, changes: dict[str, Any], told: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        change(store, changes, **told)
    store.card.refresh_from_db()
    assert store.card.status == CertificateStatus.VALID
    assert Certificate.objects.count() == 1


def test_one_valid_a_holder_survives_a_new_key(store: Store) -> None:
    """The holder is a row: that its number hashes to something else under a new key makes nobody a second holder."""
    holder = store.card.holder_person
    assert holder is not None
    Person.objects.filter(pk=holder.pk).update(id_number_hash=os.urandom(32))
    with pytest.raises(AlreadyHeld):
        issue(store, Person.objects.get(pk=holder.pk))


def test_a_suspended_one_stands_in_the_way_of_a_new_one(store: Store) -> None:
    lifecycle.change_status(store.card, CertificateStatus.SUSPENDED, reason="核查中", actor="system", at=AT)
    holder = store.card.holder_person
    assert holder is not None
    with pytest.raises(AlreadyHeld):
        issue(store, holder)


def test_a_search_by_holder_is_noted_with_its_reason_and_finds_own_only(store: Store) -> None:
    holder = store.card.holder_person
    assert holder is not None
    found = finding.by_holder(store.keeper, number=f" {holder.id_number} ", reason=WHY)
    assert found == [store.card]
    assert finding.by_holder(store.stranger, number=holder.id_number, reason=WHY) == []
    noted = JournalEntry.objects.filter(stream=f"person:{holder.pk}", act="certificates_looked_for")
    assert [(one.actor, one.details["found"]) for one in noted.order_by("sequence")] == [
        (f"user:{store.keeper.pk}", 1),
        (f"user:{store.stranger.pk}", 0),
    ]
    assert WHY in Event.objects.filter(stream=f"person:{holder.pk}").earliest("entry_id").text
    with pytest.raises(MoveReasonRequired):
        finding.by_holder(store.keeper, number=holder.id_number, reason="")


@pytest.mark.parametrize("number", ["", "x", "440507194003089980", "9" * 500])
def test_nobody_known_is_nothing_found(store: Store, number: str) -> None:
    assert finding.by_holder(store.keeper, number=number, reason=WHY) == []


def test_a_search_reads_no_field(store: Store) -> None:
    (found,) = finding.by_text(store.keeper, text=store.card.identifier)
    assert "fields" in found.get_deferred_fields()
