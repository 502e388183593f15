"""The applicant's verbs: one draft, one open case, nothing lost by a second click, nothing open to others."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest

from approvals import deciding, selectors
from approvals.applying import drafting, evidence, prefilling, submission
from approvals.errors import (
    AlreadyOpen,
    Incomplete,
    NoSuchApplication,
    NoSuchDraft,
    NotAcceptingApplications,
    NotAllowed,
    WrongApplicant,
)
from approvals.models import Application, Draft, Evidence
from approvals.states import ApplicationState as S
from approvals.states import EvidenceKind
from certificates.models import Authorisation, UseRecord
from common import clock
from matters.models import Matter
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS, FILING
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
SHOP = {
    "name": "示例市龙湖区阿彬食品店",
    "scope": "clothing",
    "street": "440507003",
    "address": "长平路 9 号",
}


def test_a_draft_is_opened_once_and_keeps_its_answers(city: Standin) -> None:
    citizen = district.citizen(city)
    first = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    drafting.save(citizen.principal, reference=first.reference, answers={"contact_mobile": "13800138000"})
    again = drafting.start(citizen.principal, matter=district.matter(), consent=False)
    assert (again.pk, again.reference) == (first.pk, first.reference)
    assert again.answers["contact_mobile"] == "13800138000"
    statuses = Authorisation.objects.filter(case_reference=first.reference).order_by("given_at", "status")
    assert {one.status for one in statuses} == {"refused", "ended"}


def test_the_reference_has_twenty_digits_and_begins_with_the_division(city: Standin) -> None:
    draft = drafting.start(district.citizen(city).principal, matter=district.matter(), consent=True)
    assert len(draft.reference) == 20
    assert draft.reference.startswith("44050720261120")


@pytest.mark.parametrize("code", [ALLOWANCE, BUSINESS])
def test_a_matter_for_people_is_closed_to_organisations(city: Standin, code: str) -> None:
    with pytest.raises(WrongApplicant):
        drafting.start(district.business(city).business, matter=district.matter(code), consent=True)


def test_a_matter_for_organisations_is_closed_to_people(city: Standin) -> None:
    with pytest.raises(WrongApplicant):
        drafting.start(district.citizen(city).principal, matter=district.matter(FILING), consent=True)


def test_a_suspended_matter_takes_no_applications(city: Standin) -> None:
    Matter.objects.filter(code=ALLOWANCE).update(status=Matter.Status.SUSPENDED)
    with pytest.raises(NotAcceptingApplications):
        drafting.start(district.citizen(city).principal, matter=district.matter(), consent=True)


def test_nothing_needs_to_be_typed_where_the_store_knows(city: Standin) -> None:
    draft = drafting.start(district.citizen(city).principal, matter=district.matter(), consent=True)
    assert prefilling.first_incomplete_page(draft, at=clock.now()) is None


def test_unanswered_questions_hold_submission_back_and_lose_nothing(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(BUSINESS), consent=True)
    drafting.save(citizen.principal, reference=draft.reference, answers=SHOP)
    with pytest.raises(Incomplete) as caught:
        submission.submit(citizen.principal, reference=draft.reference, key="k")
    assert caught.value.page == 1
    assert Draft.objects.get(pk=draft.pk).answers == {"premises": "rented", **SHOP}
    assert not Application.objects.exists()


def test_a_second_click_returns_the_first_application(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    first = submission.submit(citizen.principal, reference=draft.reference, key="one")
    for key in ("one", "two"):
        assert submission.submit(citizen.principal, reference=draft.reference, key=key) == first
    assert Application.objects.count() == 1
    assert not Draft.objects.exists()


def test_a_second_open_application_is_explained_with_the_first(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    first = submission.submit(citizen.principal, reference=draft.reference, key="one")
    with pytest.raises(AlreadyOpen) as caught:
        drafting.start(citizen.principal, matter=district.matter(), consent=True)
    assert caught.value.reference == first.reference


def test_two_drafts_that_slipped_in_side_by_side_become_one_application(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    first = submission.submit(citizen.principal, reference=draft.reference, key="one")
    slipped = Draft.objects.create(
        reference="44050720261120999999",
        person=citizen.person,
        matter=first.matter,
        edition=first.edition,
        authorisation=first.authorisation,
        answers={"account": "social_card"},
        created_at=clock.now(),
        saved_at=clock.now(),
    )
    with pytest.raises(AlreadyOpen):
        submission.submit(citizen.principal, reference=slipped.reference, key="two")
    assert Draft.objects.filter(pk=slipped.pk).exists()
    assert submission.submit(citizen.principal, reference=slipped.reference, key="one") == first
    assert Draft.objects.filter(pk=slipped.pk).exists()


@pytest.mark.parametrize(
    "act", ["save", "discard", "submit", "draft", "application", "withdraw", "supplement"]
)
def test_another_persons_reference_is_as_unknown_as_none(city: Standin, act: str) -> None:
    owner, other = district.citizen(city), district.citizen(city, name="郑国辉")
    draft = drafting.start(owner.principal, matter=district.matter(), consent=True)
    acts = {
        "save": lambda ref: drafting.save(other.principal, reference=ref, answers={}),
        "discard": lambda ref: drafting.discard(other.principal, reference=ref),
        "submit": lambda ref: submission.submit(other.principal, reference=ref, key="x"),
        "draft": lambda ref: selectors.own_draft(other.principal, reference=ref),
        "application": lambda ref: selectors.own_application(other.principal, reference=ref),
        "withdraw": lambda ref: submission.withdraw(other.principal, reference=ref),
        "supplement": lambda ref: submission.answer_supplement(other.principal, reference=ref, answers={}),
    }
    messages = set()
    for reference in (draft.reference, "44050720261120000000"):
        with pytest.raises((NoSuchDraft, NoSuchApplication)) as caught:
            acts[act](reference)
        messages.add((type(caught.value), caught.value.message, caught.value.status))
    assert len(messages) == 1


def test_an_application_of_the_organisation_is_not_the_persons_own(city: Standin) -> None:
    owner = district.business(city)
    draft = drafting.start(owner.business, matter=district.matter(FILING), consent=True)
    drafting.save(owner.business, reference=draft.reference, answers={"commitment": True})
    application = submission.submit(owner.business, reference=draft.reference, key="k")
    assert selectors.own_application(owner.business, reference=application.reference) == application
    with pytest.raises(NoSuchApplication):
        selectors.own_application(owner.principal, reference=application.reference)


def test_evidence_says_how_each_material_is_met(city: Standin) -> None:
    citizen = district.citizen(city, without=("household_register",))
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    application = submission.submit(citizen.principal, reference=draft.reference, key="k")
    met = {row.material: row for row in Evidence.objects.filter(application=application)}
    assert met["id_card"].kind == EvidenceKind.CERTIFICATE
    assert met["id_card"].certificate_identifier == citizen.certificates["resident_id"].identifier
    assert met["household"].kind == EvidenceKind.OWED
    assert met["application"].kind == EvidenceKind.FORM
    assert "other_bank_card" not in met  # another situation's material


def test_prefilling_is_recorded_once_however_often_the_page_is_shown(city: Standin) -> None:
    draft = drafting.start(district.citizen(city).principal, matter=district.matter(), consent=True)
    for _ in range(3):
        prefilling.known(draft, at=clock.now())
    assert UseRecord.objects.filter(case_reference=draft.reference).count() == 3  # one a certificate


def test_withdrawal_closes_the_case_before_and_after_the_machine(city: Standin) -> None:
    for told in ({}, {"dead": True}):
        citizen = district.citizen(city, **told)  # type: ignore[arg-type]
        draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
        application = submission.submit(citizen.principal, reference=draft.reference, key="k")
        if told:
            deciding.decide_waiting()
        withdrawn = submission.withdraw(citizen.principal, reference=application.reference)
        assert withdrawn.state == S.WITHDRAWN
        assert deciding.decide_waiting().claimed == 0
        with pytest.raises(NotAllowed):
            submission.withdraw(citizen.principal, reference=application.reference)
        assert Authorisation.objects.get(pk=application.authorisation_id).status == "ended"
        drafting.start(citizen.principal, matter=district.matter(), consent=True)  # and may begin anew


def test_a_granted_case_cannot_be_withdrawn(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    application = submission.submit(citizen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    with pytest.raises(NotAllowed):
        submission.withdraw(citizen.principal, reference=application.reference)


def test_discarding_a_draft_ends_its_authorisation(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    drafting.discard(citizen.principal, reference=draft.reference)
    assert not Draft.objects.exists()
    assert Authorisation.objects.get().status == "ended"


def test_answers_and_facts_lie_encrypted(city: Standin) -> None:
    citizen = district.citizen(city, name="林文彬", born=date(1990, 5, 1))
    draft = drafting.start(citizen.principal, matter=district.matter(BUSINESS), consent=True)
    secret = f"长平路 {uuid4().hex} 号"
    drafting.save(
        citizen.principal, reference=draft.reference, answers={**SHOP, "address": secret, "commitment": True}
    )
    application = submission.submit(citizen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f"SELECT count(*) FROM {connection.ops.quote_name(table)} t WHERE t::text LIKE %s",
                [f"%{secret}%"],
            )
            assert cursor.fetchone() == (0,), table
    assert Application.objects.get(pk=application.pk).answers["address"] == secret


def test_every_step_of_a_case_is_in_the_journal(city: Standin) -> None:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    application = submission.submit(citizen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    acts = (
        JournalEntry.objects.filter(stream=application.stream)
        .order_by("sequence")
        .values_list("act", flat=True)
    )
    assert list(acts)[-3:] == ["draft_started", "submitted", "granted"]
    assert evidence.of(application)
