"""The officer's verbs: reasons, remedies, nobody's own case, a clock that stands still while the applicant answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from accounts.acting.principals import Principal
from accounts.identifying import UnknownIdentity
from accounts.models import Message, User
from approvals import deciding, reviewing, selectors
from approvals.applying import drafting, submission
from approvals.errors import (
    FailedChecksOverridden,
    FieldsRequired,
    NotAllowed,
    NotYours,
    OutcomeContradicted,
    OutcomeRequired,
    ReasonRequired,
)
from approvals.models import Application, Decision
from approvals.reviewing import Defect
from approvals.states import ApplicationState as S
from approvals.states import DecisionKind, Maker
from records import journal
from records.models import JournalEntry
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
LONG = "死亡登记系同名误录，派出所已出具更正证明，本人到窗口核实健在。"
REASON = "已向公安核对户籍，符合发放条件。"


def referred(city: Standin, citizen: Citizen | None = None, **told: object) -> Application:
    """Return a case the machine sent to a person."""
    person = citizen or district.citizen(city, **(told or {"without": ("household_register",)}))  # type: ignore[arg-type]
    draft = drafting.start(person.principal, matter=district.matter(), consent=True)
    application = submission.submit(person.principal, reference=draft.reference, key=str(draft.pk))
    deciding.decide_waiting()
    return Application.objects.get(pk=application.pk)


def test_an_officer_grants_with_reasons(city: Standin) -> None:
    officer = district.officer()
    application = reviewing.grant(
        officer,
        application=referred(city),
        reasons=REASON,
        supplied={"division": "440507003", "name": "不许改"},
    )
    assert application.state == S.GRANTED
    decision = Decision.objects.get(application=application)
    assert (decision.maker, decision.officer, decision.reasons) == (Maker.OFFICER, officer, REASON)
    assert decision.outcome == {"monthly_amount": "100", "age_group": "80—89 周岁"}
    certificate = selectors.certificate_of(decision)
    assert certificate is not None
    assert certificate.fields["division"] == "440507003"  # what could not be read, the officer supplied
    assert certificate.fields["name"] == application.person.name  # what is known is nobody's to change


def test_a_certificate_with_gaps_is_not_issued(city: Standin) -> None:
    officer, application = district.officer(), referred(city, without=("household_register", "social_card"))
    assert set(reviewing.missing_fields(application)) == {"division", "bank", "account_tail"}
    for supplied in (
        None,
        {},
        {"division": "440507003"},
        {"division": "440507003", "bank": "", "account_tail": "1"},
    ):
        with pytest.raises(FieldsRequired):
            reviewing.grant(officer, application=application, reasons=REASON, supplied=supplied)
    assert not Decision.objects.exists()


def test_the_machine_looks_again_when_a_source_has_come_back(city: Standin) -> None:
    officer, citizen = district.officer(), district.citizen(city)
    city.fail("civil_status", FaultKind.ERROR)
    application = referred(city, citizen)
    assert application.state == S.IN_REVIEW
    city.heal()
    reviewing.look_again(officer, application=application)
    deciding.decide_waiting()
    again = Application.objects.get(pk=application.pk)
    assert again.state == S.GRANTED
    assert Decision.objects.get().maker == Maker.SYSTEM
    assert [judgement.verdict for judgement in again.judgements.order_by("number")] == ["refer", "grant"]
    assert again.clock_entries.filter(kind="start").count() == 1


def test_the_officer_chooses_the_outcome_the_machine_could_not(city: Standin) -> None:
    officer, application = district.officer(), referred(city, without=("resident_id",))
    with pytest.raises(OutcomeRequired):
        reviewing.grant(officer, application=application, reasons=REASON)
    with pytest.raises(OutcomeRequired):
        reviewing.grant(officer, application=application, reasons=REASON, outcome_row=99)
    reviewing.grant(officer, application=application, reasons=REASON, outcome_row=1, supplied={})
    assert Decision.objects.get().outcome["monthly_amount"] == "200"


@pytest.mark.parametrize("row", [None, 0, 1, 2, 99])
def test_no_row_is_granted_that_the_known_age_rules_out(city: Standin, row: int | None) -> None:
    city.fail("civil_status", FaultKind.ERROR)
    application = referred(city, district.citizen(city, born=date(1947, 6, 1)))
    assert reviewing.possible_rows(application, selectors.latest_sheet(application)) == ()
    with pytest.raises(OutcomeContradicted):
        reviewing.grant(
            district.officer(), application=application, reasons=LONG, outcome_row=row, over_failed=True
        )
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("reasons", "over_failed"), [(REASON, False), (LONG, False), ("已核实无误。", True)])
def test_a_failed_check_is_not_granted_over_in_silence(
    city: Standin, reasons: str, over_failed: bool
) -> None:
    application = referred(city, dead=True)
    with pytest.raises(FailedChecksOverridden, match="核验不通过"):
        reviewing.grant(district.officer(), application=application, reasons=reasons, over_failed=over_failed)
    assert not Decision.objects.exists()


def test_a_grant_over_a_failed_check_stands_in_the_journal(city: Standin) -> None:
    application = referred(city, dead=True)
    sheet = selectors.latest_sheet(application)
    assert sheet is not None
    reviewing.grant(district.officer(), application=application, reasons=LONG, over_failed=True)
    entry = JournalEntry.objects.get(stream=application.stream, act="granted")
    assert entry.details["over_failed"] == [finding.check_code for finding in sheet.failed] != []


def test_a_grant_over_nothing_says_nothing_of_it(city: Standin) -> None:
    application = referred(city)
    supplied = {"division": "440507003"}
    reviewing.grant(
        district.officer(), application=application, reasons=REASON, supplied=supplied, over_failed=True
    )
    entry = JournalEntry.objects.get(stream=application.stream, act="granted")
    assert "over_failed" not in entry.details


def test_an_officer_refuses_with_reasons_and_tells_the_remedies(city: Standin) -> None:
    application = reviewing.refuse(
        district.officer(), application=referred(city, dead=True), reasons="有死亡登记，经核实。"
    )
    assert application.state == S.REFUSED
    assert Decision.objects.get().kind == DecisionKind.REFUSED
    message = Message.objects.get(kind="refused")
    assert "60 日" in message.body
    assert "6 个月" in message.body
    assert [event.kind for event in journal.events_of(application.stream)][-1] == "refused"


@pytest.mark.parametrize("reasons", ["", "   ", "好", "\n\t "])
@pytest.mark.parametrize("act", [reviewing.grant, reviewing.refuse])
def test_no_decision_without_a_reason(city: Standin, act: object, reasons: str) -> None:
    application = referred(city)
    with pytest.raises(ReasonRequired):
        act(district.officer(), application=application, reasons=reasons)  # type: ignore[operator]
    assert not Decision.objects.exists()


def test_only_the_departments_officers_decide(city: Standin) -> None:
    application = referred(city)
    strangers = [district.officer("11440507MB2X00020L"), district.citizen(city).user]
    for user in strangers:
        with pytest.raises(NotYours):
            reviewing.grant(user, application=application, reasons=REASON)
        assert not selectors.queue_for(user).exists()


def test_a_post_that_has_ended_decides_nothing(city: Standin) -> None:
    officer, application = district.officer(), referred(city)
    officer.posts.update(valid_to=date(2026, 11, 19))
    with pytest.raises(NotYours):
        reviewing.refuse(officer, application=application, reasons=REASON)


def test_nobody_decides_their_own_case(city: Standin) -> None:
    citizen = district.citizen(city, without=("household_register",))
    officer = district.officer(user=citizen.user)
    application = referred(city, citizen)
    assert not selectors.queue_for(officer).exists()
    with pytest.raises(NotYours):
        reviewing.grant(officer, application=application, reasons=REASON)
    assert selectors.queue_for(district.officer()).get() == application


def test_a_work_account_beside_a_private_one_does_not_find_its_own_case(city: Standin) -> None:
    application = referred(city)
    officer = district.officer()
    assert selectors.queue_for(officer).get() == application
    User.objects.filter(pk=officer.pk).update(id_number_hash=application.person.id_number_hash)
    own = User.objects.get(pk=officer.pk)
    assert not selectors.queue_for(own).exists()
    with pytest.raises(NotYours):
        reviewing.grant(own, application=application, reasons=REASON)


def test_an_account_that_is_nobodys_decides_nothing_and_sees_no_queue(city: Standin) -> None:
    application, officer = referred(city), district.officer()
    User.objects.filter(pk=officer.pk).update(id_number_hash=None)
    nobodys = User.objects.get(pk=officer.pk)
    with pytest.raises(UnknownIdentity):
        selectors.queue_for(nobodys)
    with pytest.raises(UnknownIdentity):
        reviewing.grant(nobodys, application=application, reasons=REASON)
    assert not Decision.objects.exists()


def test_a_decided_case_is_decided_once(city: Standin) -> None:
    officer, application = district.officer(), referred(city)
    reviewing.refuse(officer, application=application, reasons=REASON)
    for act in (reviewing.grant, reviewing.refuse):
        with pytest.raises(NotAllowed):
            act(officer, application=application, reasons=REASON)
    assert Decision.objects.count() == 1


def test_asking_for_more_pauses_the_clock_and_opens_only_what_is_named(city: Standin) -> None:
    officer, application = district.officer(), referred(city)
    assert application.due_on == date(2026, 11, 27)
    reviewing.ask_for_more(
        officer, application=application, defects=[Defect("户籍地址", "请写清门牌号", ("form.address",))]
    )
    paused = Application.objects.get(pk=application.pk)
    assert (paused.state, paused.due_on) == (S.SUPPLEMENTING, None)
    district.stand_at(NOON + timedelta(days=4))  # Tuesday: two working days later
    principal = selectors.own_applications(Principal(paused.person)).get()
    submission.answer_supplement(
        district.Citizen(paused.person, officer).principal,
        reference=principal.reference,
        answers={"address": "示例市龙湖区长平路 7 号", "account": "other"},
    )
    deciding.decide_waiting()
    again = Application.objects.get(pk=application.pk)
    assert again.state == S.IN_REVIEW
    assert again.answers["address"] == "示例市龙湖区长平路 7 号"
    assert again.answers["account"] == "social_card"
    assert again.due_on == date(2026, 12, 1)


def test_the_queue_is_ordered_by_due_date_and_costs_the_same_for_many(
    city: Standin, django_assert_num_queries: object
) -> None:
    officer = district.officer()
    for days in (3, 0, 1):
        district.stand_at(NOON + timedelta(days=days))
        referred(city)
    for _ in range(2):
        asking = User.objects.get(pk=officer.pk)  # as a new request has them: nothing looked up yet
        with django_assert_num_queries(3):  # type: ignore[operator]
            rows = [(one.due_on, one.matter.name, one.person.name) for one in selectors.queue_for(asking)]
        due = [str(row[0]) for row in rows]
        assert due == sorted(due)
        referred(city)
