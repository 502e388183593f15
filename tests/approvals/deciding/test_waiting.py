"""The one flow: what waits is claimed, collected, judged and carried out; what is not proven never grants."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Message, Organisation
from approvals import deciding, selectors
from approvals.applying import drafting, submission
from approvals.deciding import waiting
from approvals.models import Application, ClockEntry, Decision, Judgement
from approvals.states import ApplicationState as S
from approvals.states import Maker
from certificates.holding import authorising
from certificates.models import Authorisation, Certificate, UseRecord
from certificates.states import UseOutcome
from common import clock
from common.identifiers import credit_code
from records import journal
from registers.models import RegisterCall
from registers.standin.desk import FaultKind
from rules.language.values import Truth
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS, FILING, Citizen
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def apply(
    citizen: Citizen, *, consent: bool = True, matter: str = ALLOWANCE, key: str = "k", **answers: object
) -> Application:
    """Start, answer and submit, as the pages do."""
    principal = citizen.business if matter == FILING else citizen.principal
    draft = drafting.start(principal, matter=district.matter(matter), consent=consent)
    if answers:
        drafting.save(principal, reference=draft.reference, answers=answers)
    return submission.submit(principal, reference=draft.reference, key=key)


def decided(application: Application) -> Application:
    """Decide what waits and return the application as stored."""
    deciding.decide_waiting()
    return Application.objects.select_related("matter__department", "edition", "person").get(
        pk=application.pk
    )


def outcomes(application: Application) -> dict[str, Truth]:
    sheet = selectors.latest_sheet(application)
    assert sheet is not None
    return {finding.check_code: finding.outcome for finding in sheet.verdict.findings}


def test_the_resident_of_86_is_granted_with_nothing_typed(city: Standin) -> None:
    application = decided(apply(district.citizen(city)))
    assert application.state == S.GRANTED
    decision = selectors.decision_of(application)
    assert decision is not None
    assert (decision.maker, decision.officer, decision.outcome["monthly_amount"]) == (
        Maker.SYSTEM,
        None,
        "100",
    )
    certificate = selectors.certificate_of(decision)
    assert certificate is not None
    assert certificate.number == "LH202600000001"
    assert certificate.fields["monthly_amount"] == "100"
    assert certificate.fields["start_on"] == "2026-12-01"
    assert set(outcomes(application).values()) == {Truth.PASS}
    assert [message.kind for message in Message.objects.filter(person=application.person)] == ["granted"]
    assert [event.kind for event in journal.events_of(application.stream)][-2:] == ["submitted", "granted"]
    assert list(ClockEntry.objects.order_by("id").values_list("kind", flat=True)) == ["start", "stop"]


def test_every_look_at_a_certificate_and_register_leaves_a_trace(city: Standin) -> None:
    citizen = district.citizen(city)
    application = decided(apply(citizen))
    used = UseRecord.objects.filter(case_reference=application.reference, purpose="自动核验")
    assert {use.type.slug for use in used} == {"resident_id", "household_register", "social_card"}
    assert {use.outcome for use in used} == {UseOutcome.FOUND}
    assert all(use.authorisation_id == application.authorisation_id for use in used)
    calls = RegisterCall.objects.filter(case_reference=application.reference)
    assert {call.register.name: call.outcome for call in calls} == {
        "civil_status": "hit",
        "other_grants": "no_hit",
    }


def test_the_authorisation_ends_with_the_case(city: Standin) -> None:
    application = decided(apply(district.citizen(city)))
    assert Authorisation.objects.get(pk=application.authorisation_id).status == "ended"


@pytest.mark.parametrize("fault", [FaultKind.ERROR, FaultKind.GARBAGE, FaultKind.DROP])
def test_a_register_that_fails_refers_with_the_reason(city: Standin, fault: FaultKind) -> None:
    city.fail("civil_status", fault)
    application = decided(apply(district.citizen(city)))
    assert application.state == S.IN_REVIEW
    assert "数据源未响应" in application.referral_reason
    assert outcomes(application)["alive"] == Truth.UNKNOWN
    assert application.due_on == date(2026, 11, 27)
    assert Decision.objects.count() == 0
    assert RegisterCall.objects.get(register__name="civil_status").outcome == "failed"


@pytest.mark.parametrize(
    ("told", "check", "outcome"),
    [
        ({"without": ("household_register",)}, "residence", Truth.UNKNOWN),
        ({"without": ("resident_id",)}, "age", Truth.UNKNOWN),
        ({"without": ("social_card",)}, "account_usable", Truth.UNKNOWN),
        ({"born": date(1947, 6, 1)}, "age", Truth.FAIL),
        ({"dead": True}, "alive", Truth.FAIL),
        ({"dead": None}, "alive", Truth.UNKNOWN),
        ({"household_register": {"division": "440511"}}, "residence", Truth.FAIL),
        ({"social_card": {"account_status": "frozen"}}, "account_usable", Truth.FAIL),
    ],
)
def test_what_is_not_proven_goes_to_a_person(
    city: Standin, told: dict[str, object], check: str, outcome: Truth
) -> None:
    application = decided(apply(district.citizen(city, **told)))  # type: ignore[arg-type]
    found = outcomes(application)
    assert application.state == S.IN_REVIEW
    assert found[check] == outcome
    assert all(other == Truth.PASS for code, other in found.items() if code != check)
    assert application.referral_reason
    assert Decision.objects.count() == 0
    assert Certificate.objects.filter(type__slug="senior_allowance").count() == 0


def test_the_machine_never_refuses(city: Standin) -> None:
    for told in (
        {"dead": True},
        {"born": date(1990, 1, 1)},
        {"without": ("resident_id", "household_register")},
    ):
        apply(district.citizen(city, **told))
    deciding.decide_waiting()
    assert set(Application.objects.values_list("state", flat=True)) == {S.IN_REVIEW}
    assert not Decision.objects.exists()


def test_refused_consent_reads_nothing_and_refers(city: Standin) -> None:
    application = decided(apply(district.citizen(city), consent=False, address="示例市龙湖区长平路 7 号"))
    assert application.state == S.IN_REVIEW
    assert "未授权" in application.referral_reason
    used = UseRecord.objects.filter(case_reference=application.reference)
    assert {use.outcome for use in used} == {UseOutcome.UNAUTHORISED}


def test_consent_revoked_between_submit_and_decision(city: Standin) -> None:
    citizen = district.citizen(city)
    application = apply(citizen)
    authorising.revoke(citizen.principal, authorisation_id=application.authorisation_id, at=clock.now())
    application = decided(application)
    assert application.state == S.IN_REVIEW
    assert outcomes(application)["age"] == Truth.UNKNOWN
    read = UseRecord.objects.filter(case_reference=application.reference, outcome=UseOutcome.FOUND)
    assert not read.exclude(purpose__contains="预填").exists()


def test_deciding_twice_decides_once(city: Standin) -> None:
    application = apply(district.citizen(city))
    assert [deciding.decide_waiting().claimed for _ in range(3)] == [1, 0, 0]
    assert Decision.objects.filter(application=application).count() == 1
    assert Judgement.objects.filter(application=application).count() == 1


def test_a_batch_decides_each_on_its_own_facts(city: Standin) -> None:
    entitled = [apply(district.citizen(city)) for _ in range(5)]
    young = [apply(district.citizen(city, born=date(1970, 1, 1))) for _ in range(3)]
    assert deciding.decide_waiting().carried == 8
    states = dict(Application.objects.values_list("pk", "state"))
    assert {states[one.pk] for one in entitled} == {S.GRANTED}
    assert {states[one.pk] for one in young} == {S.IN_REVIEW}
    numbers = Certificate.objects.filter(type__slug="senior_allowance").values_list("number", flat=True)
    assert len(set(numbers)) == 5


def test_a_batch_costs_the_same_statements_as_one(
    city: Standin, django_assert_max_num_queries: object
) -> None:
    for _ in range(10):
        apply(district.citizen(city))
    with django_assert_max_num_queries(45):  # type: ignore[operator]
        assert deciding.decide_waiting().carried == 10


def test_a_poison_row_costs_only_itself(city: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    poison, healthy = apply(district.citizen(city)), apply(district.citizen(city))
    whole = deciding.judge

    def judge(collected: object, **told: object) -> object:
        if collected.application.pk == poison.pk:  # type: ignore[attr-defined]
            raise ZeroDivisionError
        return whole(collected, **told)  # type: ignore[arg-type]

    monkeypatch.setattr(waiting, "judge", judge)
    deciding.decide_waiting()
    assert Application.objects.get(pk=healthy.pk).state == S.GRANTED
    assert Application.objects.get(pk=poison.pk).state == S.SUBMITTED
    for hour in range(1, 5):
        district.stand_at(NOON + timedelta(hours=hour))
        deciding.decide_waiting()
    stuck = Application.objects.get(pk=poison.pk)
    assert stuck.state == S.IN_REVIEW
    assert stuck.referral_reason == "系统多次核验没有完成，转工作人员办理"


def test_a_leased_application_is_not_claimed_again_before_its_lease_ends(city: Standin) -> None:
    apply(district.citizen(city))
    assert len(deciding.claim(10, at=clock.now())) == 1
    assert deciding.claim(10, at=clock.now()) == []
    assert len(deciding.claim(10, at=clock.now() + timedelta(minutes=5))) == 1


def test_a_business_is_set_up_and_files_with_nothing_retyped(city: Standin) -> None:
    owner = district.citizen(city, name="林文彬", born=date(1990, 5, 1))
    first = decided(
        apply(
            owner,
            matter=BUSINESS,
            name="示例市龙湖区阿彬食品店",
            scope="prepackaged_food",
            street="440507003",
            address="长平路 9 号首层",
            commitment=True,
        )
    )
    assert first.state == S.GRANTED, first.referral_reason
    organisation = Organisation.objects.get(name="示例市龙湖区阿彬食品店")
    assert credit_code(organisation.credit_code) == organisation.credit_code
    licence = Certificate.objects.get(holder_organisation=organisation)
    assert licence.fields["credit_code"] == organisation.credit_code
    assert licence.fields["address"] == "示例市龙湖区珠池街道长平路 9 号首层"
    owner.organisation = organisation
    filed = decided(apply(owner, matter=FILING, key="k2", commitment=True))
    assert filed.state == S.GRANTED, filed.referral_reason
    filing = selectors.certificate_of(selectors.decision_of(filed))
    assert filing is not None
    assert filing.number.startswith("YB1440507")
    assert filing.fields["address"] == licence.fields["address"]


def test_a_taken_name_is_sent_back_once_and_the_answer_judged_again(city: Standin) -> None:
    city.know("name_approval", {"name": "示例市龙湖区满记食品店"}, {"available": False, "reason": "重名"})
    owner = district.citizen(city, name="林文彬", born=date(1990, 5, 1))
    answers: dict[str, Any] = {
        "scope": "clothing",
        "street": "440507003",
        "address": "长平路 9 号",
        "commitment": True,
    }
    application = decided(apply(owner, matter=BUSINESS, name="示例市龙湖区满记食品店", **answers))
    assert application.state == S.SUPPLEMENTING
    notice = selectors.open_notice(application)
    assert notice is not None
    assert [item["opens"] for item in notice.items] == [["form.name"]]
    assert notice.due_on == date(2026, 11, 27)
    submission.answer_supplement(
        owner.principal,
        reference=application.reference,
        answers={"name": "示例市龙湖区新记服装店", "scope": "other"},
    )
    application = decided(application)
    assert application.state == S.GRANTED
    assert application.answers["scope"] == "clothing"  # not opened, so not taken
    assert application.judgements.count() == 2


SHOP: dict[str, Any] = {
    "scope": "clothing",
    "street": "440507003",
    "address": "长平路 9 号",
    "commitment": True,
}


def test_one_name_is_given_once(city: Standin) -> None:
    name = "示例市龙湖区同名服装店"
    owners = [
        district.citizen(city, name=who, born=date(1990, 5, 1)) for who in ("林文彬", "郑国辉", "陈惠英")
    ]
    first = decided(apply(owners[0], matter=BUSINESS, name=name, **SHOP))
    assert first.state == S.GRANTED
    second = decided(apply(owners[1], matter=BUSINESS, name=name, **SHOP))
    assert (second.state, outcomes(second)["name_available"]) == (S.SUPPLEMENTING, Truth.FAIL)
    assert Organisation.objects.filter(name=name).count() == 1


def test_one_name_is_given_once_in_one_batch(city: Standin) -> None:
    name = "示例市龙湖区同时服装店"
    owners = [district.citizen(city, name=who, born=date(1990, 5, 1)) for who in ("林文彬", "郑国辉")]
    both = [apply(owner, matter=BUSINESS, name=name, **SHOP) for owner in owners]
    for hour in range(5):
        district.stand_at(NOON + timedelta(hours=hour))
        deciding.decide_waiting()
    assert Organisation.objects.filter(name=name).count() == 1
    states = sorted(
        Application.objects.filter(pk__in=[one.pk for one in both]).values_list("state", flat=True)
    )
    assert states == [S.GRANTED, S.SUPPLEMENTING]


def test_no_plan_claims_more_than_the_limit(city: Standin) -> None:
    for _ in range(4):
        apply(district.citizen(city))
    with connection.cursor() as cursor:
        for way in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
    assert [len(deciding.claim(limit, at=clock.now())) for limit in (1, 2)] == [1, 2]
