"""While deciding a matter at once is stopped (秒批停用), a person decides; what was found stays what it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Message, User
from approvals import deciding
from approvals.applying import drafting, submission
from approvals.auditing import replaying
from approvals.deciding.carrying import STOPPED
from approvals.models import Application, Decision, Judgement
from approvals.states import ApplicationState as S
from common import clock
from matters.models import InstantStop, Matter
from matters.writing import stopping
from matters.writing.errors import NoReason, NotYourCatalogue
from records import journal
from records.models import JournalEntry
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def submitted(city: Standin, *, matter: str = ALLOWANCE) -> Application:
    principal = district.citizen(city).principal
    draft = drafting.start(principal, matter=district.matter(matter), consent=True)
    return submission.submit(principal, reference=draft.reference, key="k")


def stopped(user: User | None = None, *, reason: str = "金额疑似有误") -> InstantStop:
    return stopping.stop(user or district.admin(), matter=district.matter(), reason=reason)


def test_what_was_submitted_before_goes_to_a_person_too(city: Standin) -> None:
    case = submitted(city)
    stopped()
    deciding.decide_waiting()
    case.refresh_from_db()
    assert (case.state, case.referral_reason, case.due_on is not None) == (S.IN_REVIEW, STOPPED, True)
    assert Judgement.objects.get().verdict == "grant"
    assert not Decision.objects.exists()
    report = replaying.replay_all()
    assert (report.judgements, report.differences, report.wrong_grants) == (1, (), ())
    assert [message.kind for message in Message.objects.filter(person=case.person)] == ["referred_stopped"]
    told = " ".join(event.text for event in journal.events_of(case.stream)) + Message.objects.get().body
    assert "金额疑似有误" not in told
    assert "由工作人员办理" in told


def test_what_is_not_proven_keeps_its_own_reason(city: Standin) -> None:
    stopped()
    principal = district.citizen(city, without=("social_card",)).principal
    draft = drafting.start(principal, matter=district.matter(), consent=True)
    case = submission.submit(principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    case.refresh_from_db()
    assert case.state == S.IN_REVIEW
    assert case.referral_reason != STOPPED


def test_released_it_grants_again_and_other_matters_never_stopped(city: Standin) -> None:
    other = Matter.objects.get(code=BUSINESS)
    admin = district.admin()
    stopped(admin)
    assert (district.matter().promises_instant, other.promises_instant) == (False, True)
    stopping.release(admin, matter=district.matter(), reason="已核对，金额无误")
    assert district.matter().promises_instant
    case = submitted(city)
    deciding.decide_waiting()
    case.refresh_from_db()
    assert case.state == S.GRANTED
    acts = JournalEntry.objects.filter(stream=f"matter:{ALLOWANCE}").order_by("sequence")
    assert [entry.act for entry in acts][-2:] == ["matter.instant_stopped", "matter.instant_released"]


def test_a_stop_costs_the_worker_no_statement(city: Standin) -> None:
    """The question rides on the statement that locks: as many before a stop as before there were stops."""
    case = submitted(city)
    with CaptureQueriesContext(connection) as caught:
        deciding.decide_waiting()
    case.refresh_from_db()
    assert case.state == S.GRANTED
    asked = [query["sql"] for query in caught if "instant_stop_id IS NOT NULL" in query["sql"]]
    assert len(asked) == 1
    assert "FOR UPDATE" in asked[0]
    assert not [query["sql"] for query in caught if "matters_instantstop" in query["sql"]]


def test_who_may_stop_and_who_may_release(city: Standin) -> None:
    for nobody in (
        district.officer(),
        district.admin("11440507MB2X00020L"),
        district.supervisor("11440507MB2X00020L"),
    ):
        with pytest.raises(NotYourCatalogue):
            stopped(nobody)
    with pytest.raises(NoReason):
        stopped(reason="")
    for somebody in (district.admin(None), district.supervisor(), district.supervisor(None)):
        stopped(somebody)
        with pytest.raises(stopping.AlreadyStopped):
            stopped()
        if somebody.posts.get().role == "supervisor":
            with pytest.raises(NotYourCatalogue):
                stopping.release(somebody, matter=district.matter(), reason="x")
        with pytest.raises(NoReason):
            stopping.release(district.admin(), matter=district.matter(), reason="  ")
        stopping.release(district.admin(), matter=district.matter(), reason="查清了")
        with pytest.raises(stopping.NotStopped):
            stopping.release(district.admin(), matter=district.matter(), reason="查清了")


def test_the_database_keeps_one_open_stop_and_whole_releases(city: Standin) -> None:
    first = stopped()
    values = {"matter": district.matter(), "stopped_by": first.stopped_by, "stopped_at": clock.now()}
    for wrong, name in (
        ({"reason": "x"}, "one_open_stop_a_matter"),
        ({"reason": "x", "released_at": clock.now()}, "a_release_says_who_and_why"),
        (
            {"reason": "x", "released_at": clock.now(), "released_by": first.stopped_by},
            "a_release_says_who_and_why",
        ),
        ({"reason": "", "released_at": clock.now()}, "a_(stop|release)_says"),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            InstantStop.objects.create(**values, **wrong)


def test_a_case_knows_the_stop_it_came_by(city: Standin) -> None:
    admin, at = district.admin(), clock.now()
    first = stopped(admin)
    assert district.matter().handling == "工作人员办理"
    assert stopping.seen_at(district.matter(), at) == first
    assert stopping.seen_at(district.matter(), at - timedelta(hours=1)) is None
    stopping.release(admin, matter=district.matter(), reason="查清了")
    clock.set_source(lambda: at + timedelta(days=1))
    again = stopped(admin, reason="又错了")
    assert stopping.seen_at(district.matter(), at) == first
    assert stopping.seen_at(district.matter(), clock.now()) == again
