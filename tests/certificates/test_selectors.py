from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.acting.principals import Principal
from certificates import selectors
from certificates.errors import NotYours
from certificates.holding import using
from tests.factories import people
from tests.factories.certificates import (
    AT,
    ISSUER,
    TODAY,
    VALUES,
    card_type,
    certificate,
    consent,
    need,
    reference,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kinds(db):
    card_type()
    card_type(slug="many_card", code=f"{ISSUER}904", name="多证", exclusive=False)


def test_shows_all_of_ones_own_and_opens_none(monkeypatch, django_assert_num_queries):
    person = people.person()
    certificate(people.person(name="别人"))
    mine = {
        certificate(person).pk,
        certificate(person, new_version=True).pk,
        certificate(person, type="many_card").pk,
    }
    monkeypatch.setattr("records.fields.unseal", lambda *_args, **_named: pytest.fail("a field was opened"))
    with django_assert_num_queries(1):
        held = [(one.pk, one.type.name, one.status) for one in selectors.held_by(person=person)]
    assert {pk for pk, _, _ in held} == mine


def test_counts_only_the_one_valid_certificate_of_a_type():
    person = people.person()
    assert selectors.valid_by_type(person, on=TODAY) == {}
    one = certificate(person, valid_until=TODAY)
    certificate(person, type="many_card")
    assert set(selectors.valid_by_type(person, on=TODAY)) == {"test_card", "many_card"}
    certificate(person, type="many_card")
    assert selectors.valid_by_type(person, on=TODAY) == {"test_card": one}
    assert selectors.valid_by_type(person, on=TODAY + timedelta(days=1)) == {}


def test_an_organisation_has_its_own():
    card_type(slug="firm_card", code=f"{ISSUER}905", holder_kind="organisation")
    person = people.person()
    firm = people.business(operator=person)
    certificate(person)
    mine = certificate(firm, type="firm_card")
    assert selectors.valid_by_type(firm, on=TODAY) == {"firm_card": mine}
    assert list(selectors.held_by(organisation=firm)) == [mine]
    assert mine not in selectors.held_by(person=person)


def test_a_holder_reads_every_use_and_consent_and_nobody_elses():
    who, other = people.principal(), people.principal(name="别人")
    for one in (who, other):
        certificate(one.person)
        case = reference()
        scope = {"test_card": ("name",)}
        given = consent(one, scope=scope, case=case)
        for allowed in (given, None):
            using.collect(
                [need(one, scope=scope, case=case, consent=allowed)], on=TODAY, actor="system", at=AT
            )
    assert {use.outcome for use in selectors.uses_of(person=who.person)} == {"found", "unauthorised"}
    assert {use.holder_person for use in selectors.uses_of(person=who.person)} == {who.person}
    assert [one.given_by for one in selectors.authorisations_of(person=who.person)] == [who.person]


def test_a_card_shows_labels_and_masks_what_is_personal():
    who = people.principal()
    values = {**VALUES, "amount": "300.00", "people": [{"name": "甲"}, {"name": "乙"}]}
    made = certificate(who.person, values=values)
    card = selectors.card(made, viewer=who)
    shown = {line.label: line.text for line in card.lines}
    assert list(shown.items()) == list({
        "姓名": "陈桂英", "卡号": "620000*********1234", "出生日期": "1940年3月15日", "金额": "300元",
        "等级": "甲", "成员": "共2条",
    }.items())  # fmt: skip
    assert card.type_name == "测试卡"
    with pytest.raises(NotYours):
        selectors.card(made, viewer=people.principal(name="别人"))
    with pytest.raises(NotYours):
        selectors.card(made, viewer=Principal(who.person, people.business(operator=who.person)))


def test_a_card_is_shown_with_the_schema_it_was_issued_under():
    who = people.principal()
    made = certificate(who.person)
    card_type(fields={"name": {"type": "text", "label": "持证人"}}, version=2)
    assert selectors.card(made, viewer=who).lines[0].label == "姓名"
    assert certificate(who.person, new_version=True, values={"name": "陈桂英"}).schema_version == 2
