from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.acting.principals import Limits, MayNotAct, Principal
from accounts.models import Message
from certificates.errors import AlreadyAuthorised, CannotConsent, NotYours, NotYoursToGive
from certificates.holding import authorising
from certificates.models import Authorisation
from records.journal import events_of
from records.models import JournalEntry
from tests.factories import offices, people
from tests.factories.certificates import AT, TODAY, card_type, consent, reference

pytestmark = pytest.mark.django_db
SCOPE = {"test_card": ("name",), "held_only": ()}
LATER = AT + timedelta(hours=2)


def firm() -> Principal:
    person = people.person()
    return Principal(person, people.business(operator=person))


@pytest.mark.parametrize("make", [people.principal, firm])
def test_a_consent_names_holder_scope_and_who_gave_it(make):
    who, case = make(), reference()
    given = Authorisation.objects.get(pk=consent(who, scope=SCOPE, case=case).pk)
    assert (given.holder_person, given.holder_organisation) == (
        None if who.organisation else who.person,
        who.organisation,
    )
    assert (given.given_by, given.scope) == (who.person, {"test_card": ["name"], "held_only": []})
    entry = JournalEntry.objects.get(stream=f"case:{case}")
    assert (entry.act, entry.actor, entry.subject) == (
        "authorisation_granted",
        f"person:{who.person.pk}",
        str(given.pk),
    )
    (event,) = events_of(f"case:{case}")
    assert event.text == "您同意为办理“测试事项”使用 1 种电子证照。"


def test_a_case_has_one_granted_consent():
    who, case = people.principal(), reference()
    first = consent(who, scope=SCOPE, case=case)
    with pytest.raises(AlreadyAuthorised), transaction.atomic():
        consent(who, scope=SCOPE, case=case)
    authorising.revoke(who, authorisation_id=first.pk, at=LATER)
    assert consent(who, scope=SCOPE, case=case).status == "granted"


def test_a_refusal_is_kept_with_its_words():
    who, case = people.principal(), reference()
    told: dict[str, Any] = {"matter_code": "m", "matter_name": "n", "body": "b", "until": TODAY, "at": AT}
    given = authorising.refuse(who, case_reference=case, scope=SCOPE, text_version="1", **told)
    assert (given.status, given.revoked_at) == ("refused", None)
    (event,) = events_of(f"case:{case}")
    assert event.text == "您没有同意使用电子证照。"


def test_withdrawing_is_immediate_and_can_be_repeated():
    who, case = people.principal(), reference()
    given = consent(who, scope=SCOPE, case=case)
    for at in (LATER, LATER + timedelta(days=1)):
        found = authorising.revoke(who, authorisation_id=given.pk, at=at)
        assert (found.status, found.revoked_at) == ("revoked", LATER)
    assert JournalEntry.objects.filter(stream=f"case:{case}").count() == 2


def test_nobody_else_may_withdraw():
    given = consent(people.principal(), scope=SCOPE, case=reference())
    with pytest.raises(NotYours), transaction.atomic():
        authorising.revoke(people.principal(name="别人"), authorisation_id=given.pk, at=LATER)
    with pytest.raises(NotYours), transaction.atomic():
        authorising.revoke(
            people.principal(), authorisation_id="00000000-0000-0000-0000-000000000000", at=LATER
        )
    given.refresh_from_db()
    assert given.status == "granted"


def test_whoever_acts_for_the_organisation_may_withdraw():
    who, other = firm(), firm()
    given = consent(who, scope=SCOPE, case=reference())
    partner = people.person(name="合伙人")
    for wrong in (
        Principal(partner),
        Principal(partner, other.organisation),
        Principal(partner, who.organisation, limits=Limits(matters=("another",))),
    ):
        with pytest.raises(NotYours), transaction.atomic():
            authorising.revoke(wrong, authorisation_id=given.pk, at=LATER)
    found = authorising.revoke(Principal(partner, who.organisation), authorisation_id=given.pk, at=LATER)
    assert found.status == "revoked"


def test_an_agent_gives_and_withdraws_in_their_own_name_for_the_holder():
    mother, daughter = people.person(name="陈秀英"), people.person(name="林佳")
    who = Principal(
        mother, agent=daughter, mandate="delegation:x", limits=Limits("代办人", sees_certificates=False)
    )
    case = reference()
    given = consent(who, scope=SCOPE, case=case)
    assert (given.holder_person, given.given_by) == (mother, daughter)
    authorising.revoke(who, authorisation_id=given.pk, at=LATER)
    told = [event.text for event in events_of(f"case:{case}")]
    assert told == [
        "同意为办理“测试事项”使用 1 种电子证照（代办人林佳办理）。",
        "已撤回用证授权（代办人林佳办理），之后不再读取电子证照。",
    ]
    actors = JournalEntry.objects.filter(stream=f"case:{case}").values_list("actor", flat=True)
    assert set(actors) == {f"person:{daughter.pk}"}


def test_consents_end_with_their_cases_in_one_statement(django_assert_num_queries):
    who = people.principal()
    cases = [reference() for _ in range(3)]
    given = [consent(who, scope=SCOPE, case=case) for case in cases]
    authorising.revoke(who, authorisation_id=given[1].pk, at=AT)
    with django_assert_num_queries(1):
        authorising.end_many(cases[:2], at=LATER)
    found = [Authorisation.objects.get(pk=one.pk) for one in given]
    assert [one.status for one in found] == ["ended", "revoked", "granted"]
    assert [one.ended_at for one in found] == [LATER, None, None]
    assert authorising.revoke(who, authorisation_id=given[0].pk, at=LATER).status == "ended"


def test_the_database_wants_one_holder_and_a_time_of_withdrawal():
    who = people.principal()
    given = consent(who, scope=SCOPE, case=reference())
    told = {
        "given_by": who.person,
        "case_reference": "c",
        "matter_code": "m",
        "matter_name": "n",
        "body": "b",
    }
    told |= {"scope": {}, "text_version": "1", "given_at": AT, "until": TODAY}
    for broken in ({"status": "granted"}, {"status": "lost", "holder_person": who.person}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Authorisation.objects.create(**told, **broken)
    with pytest.raises(IntegrityError, match="revoked_authorisation_has_time"), transaction.atomic():
        Authorisation.objects.filter(pk=given.pk).update(status="revoked")


def for_purpose(who: Principal, **told: Any) -> Authorisation:
    given: dict[str, Any] = {
        "department": offices.department(),
        "purpose": "办理测试贷款",
        "scope": {"test_card": ["name"]},
    }
    return authorising.grant_purpose(who, **{**given, "until": TODAY, "at": AT} | told)


def test_a_consent_for_a_purpose_names_body_fields_and_words():
    card_type()
    who = people.principal()
    given = Authorisation.objects.get(pk=for_purpose(who).pk)
    assert (given.kind, given.case_reference, given.purpose) == ("purpose", "", "办理测试贷款")
    assert (given.body, given.scope) == (offices.department().name, {"test_card": ["name"]})
    assert (given.once, given.until, given.text_version) == (False, TODAY, authorising.PURPOSE_TEXT)
    entry = JournalEntry.objects.get(stream=f"authorisation:{given.pk}")
    assert (entry.act, entry.actor) == ("authorisation_granted", f"person:{who.person.pk}")
    once = for_purpose(who, until=None)
    assert (once.once, once.until) == (True, TODAY + timedelta(days=authorising.ONCE_DAYS))


@pytest.mark.parametrize(
    "told",
    [
        {"until": TODAY - timedelta(days=1)},
        {"until": TODAY + timedelta(days=366)},
        {"purpose": "贷款"},
        {"purpose": "长" * 201},
        {"purpose": "给陈桂英办贷款"},
        {"purpose": "账号 6217 0001 2345"},
        {"scope": {}},
        {"scope": {"test_card": []}},
        {"scope": {"test_card": ["name", "no_such_field"]}},
        {"scope": {"firm_card": ["name"]}},
    ],
)
def test_what_is_unclear_is_no_consent(told):
    card_type()
    card_type(code="11440507MB2X00012R904", slug="firm_card", holder_kind="organisation")
    with pytest.raises(CannotConsent):
        for_purpose(people.principal(), **told)
    assert not Authorisation.objects.exists()


@pytest.mark.parametrize("limits", [Limits("代办人", sees_certificates=False), Limits("经办人", ("m",))])
def test_a_narrow_mandate_neither_gives_nor_withdraws_for_a_purpose(limits):
    card_type()
    who = people.principal()
    agent = Principal(who.person, agent=people.person(name="林佳"), mandate="delegation:1", limits=limits)
    with pytest.raises(NotYoursToGive):
        for_purpose(agent)
    given = for_purpose(who)
    if not limits.sees_certificates:
        with pytest.raises(NotYours):
            authorising.revoke(agent, authorisation_id=given.pk, at=LATER)


def test_a_mandate_that_ended_meanwhile_gives_nothing():
    card_type()
    who = people.principal()
    with pytest.raises(MayNotAct):
        for_purpose(Principal(who.person, agent=people.person(), mandate=f"guardianship:{who.person.pk}"))


def test_a_consent_for_a_purpose_is_withdrawn_at_once():
    card_type()
    who = people.principal()
    given = for_purpose(who)
    authorising.revoke(who, authorisation_id=given.pk, at=LATER)
    assert Authorisation.objects.get().status == "revoked"
    assert "办理测试贷款" in Message.objects.get(kind="authorisation_revoked").title
    with pytest.raises(NotYours):
        authorising.revoke(people.principal(), authorisation_id=given.pk, at=LATER)
