"""A supplement notice nobody answered in time: a person goes on with the case, once, and the applicant learns it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from accounts.models import Message
from approvals import clock as ledger
from approvals import deciding, reviewing, selectors, tasks, workflow
from approvals.applying import drafting, submission
from approvals.deciding import sweeping
from approvals.errors import NotAllowed
from approvals.models import Application, SupplementNotice
from approvals.reviewing import Defect
from approvals.states import ApplicationState as S
from common import clock
from records import journal
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin
from tests.records.threads import in_threads

DEFECT = Defect("联系电话", "号码打不通。", ("form.mobile",))
DUE = date(2026, 11, 27)
LATE = NOON.replace(month=12, day=1)  # Tuesday, two working days after


def at(moment: datetime) -> None:
    clock.set_source(lambda: moment)


def asked(city: Standin, citizen: Citizen | None = None) -> Application:
    """Return a case an officer asked more of on Friday; its clock was started and stands still."""
    citizen = citizen or district.citizen(city, without=("household_register",))
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    application = submission.submit(citizen.principal, reference=draft.reference, key=str(draft.pk))
    deciding.decide_waiting()
    reviewing.ask_for_more(
        district.officer(), application=Application.objects.get(pk=application.pk), defects=[DEFECT]
    )
    return again(application)


def asked_by_the_machine(city: Standin) -> Application:
    """Return a case that was never accepted: its clock never started."""
    application = asked(city)
    application.clock_entries.all().delete()
    Application.objects.filter(pk=application.pk).update(due_on=None)
    return application


def again(application: Application) -> Application:
    return Application.objects.select_related("person").get(pk=application.pk)


@pytest.mark.django_db
def test_the_last_day_still_belongs_to_the_applicant(city: Standin) -> None:
    application = asked(city)
    assert SupplementNotice.objects.get().due_on == DUE
    at(NOON.replace(day=27, hour=23, minute=59))
    assert sweeping.hand_over_late() == 0
    at(NOON.replace(day=28, hour=0, minute=1))
    assert sweeping.hand_over_late() == 1
    assert again(application).state == S.IN_REVIEW


@pytest.mark.django_db
def test_a_case_goes_to_an_officer_with_the_reason_and_its_clock_runs_again(city: Standin) -> None:
    application = asked(city)
    assert application.due_on is None
    at(LATE)
    assert tasks.hand_over_late() == 1
    moved = again(application)
    assert (moved.state, moved.referral_reason) == (S.IN_REVIEW, "逾期没有补正，由工作人员处理")
    assert [entry.kind for entry in moved.clock_entries.order_by("id")] == ["start", "pause", "resume"]
    assert moved.due_on == date(2026, 12, 8)  # 5 working days from the 20th, and the 7 it stood still
    assert ledger.wrong_copies([moved]) == []
    assert SupplementNotice.objects.get().answered_at == LATE
    assert moved in selectors.queue_for(district.officer())
    message = Message.objects.get(kind="supplement_late")
    assert (message.person, message.case_reference) == (moved.person, moved.reference)
    assert "2026-12-08" in message.body
    events = list(journal.events_of(moved.stream))
    assert (events[-1].kind, events[-1].text) == ("supplement_late", "逾期没有补正，由工作人员处理。")


@pytest.mark.django_db
def test_a_case_that_was_never_accepted_is_accepted_now(city: Standin) -> None:
    application = asked_by_the_machine(city)
    at(LATE)
    sweeping.hand_over_late()
    moved = again(application)
    assert [entry.kind for entry in moved.clock_entries.all()] == ["start"]
    assert moved.due_on == date(2026, 12, 8)
    assert ledger.wrong_copies([moved]) == []


@pytest.mark.django_db
def test_twice_is_once(city: Standin) -> None:
    application = asked(city)
    at(LATE)
    assert [sweeping.hand_over_late(), sweeping.hand_over_late()] == [1, 0]
    assert Message.objects.filter(kind="supplement_late").count() == 1
    assert again(application).clock_entries.filter(kind="resume").count() == 1


@pytest.mark.django_db
def test_a_run_takes_so_many_and_the_next_the_rest(city: Standin) -> None:
    for name in ("陈秀英", "郑国辉", "王美珍"):
        asked(city, district.citizen(city, name=name, without=("household_register",)))
    at(LATE)
    assert [sweeping.hand_over_late(limit=2) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db
def test_a_poison_row_costs_only_itself(city: Standin, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (
        asked(city, district.citizen(city, name=name, without=("household_register",)))
        for name in ("陈秀英", "郑国辉")
    )
    lock = workflow.lock

    def poisoned(pk: object) -> Application:
        if pk == first.pk:
            raise RuntimeError
        return lock(pk)  # type: ignore[arg-type]

    monkeypatch.setattr(workflow, "lock", poisoned)
    at(LATE)
    assert sweeping.hand_over_late() == 1
    assert (again(first).state, again(second).state) == (S.SUPPLEMENTING, S.IN_REVIEW)


@pytest.mark.django_db
def test_who_is_too_late_is_told_and_nothing_is_changed(city: Standin) -> None:
    citizen = district.citizen(city, without=("household_register",))
    application = asked(city, citizen)
    at(LATE)
    sweeping.hand_over_late()
    with pytest.raises(NotAllowed):
        submission.answer_supplement(
            citizen.principal, reference=application.reference, answers={"mobile": "13911110000"}
        )
    assert "mobile" not in again(application).answers


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_races_the_sweep_counts_or_is_refused_never_both(city: Standin) -> None:
    citizen = district.citizen(city, without=("household_register",))
    application = asked(city, citizen)
    at(LATE)

    def answer(_: int) -> str:
        try:
            submission.answer_supplement(
                citizen.principal, reference=application.reference, answers={"mobile": "13911110000"}
            )
        except NotAllowed:
            return "refused"
        return "answered"

    def act(number: int) -> object:
        return answer(number) if number == 0 else sweeping.hand_over_late()

    answered, *swept = in_threads(act, threads=3)
    moved = again(application)
    assert (answered, sum(swept), moved.state) in {
        ("answered", 0, S.SUBMITTED),
        ("refused", 1, S.IN_REVIEW),
    }
    assert moved.clock_entries.filter(kind="resume").count() == 1
    kinds = [event.kind for event in journal.events_of(moved.stream)]
    assert ("supplemented" in kinds) != ("supplement_late" in kinds)
