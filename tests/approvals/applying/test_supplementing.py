"""Answers to a notice: what changes nothing is refused by name, or stood by, and then a person looks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals import clock as ledger
from approvals import deciding, reviewing
from approvals.applying import drafting, submission
from approvals.deciding import sweeping
from approvals.errors import Unchanged
from approvals.models import Application, Judgement, SupplementNotice
from approvals.reviewing import Defect
from approvals.states import ApplicationState as S
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

MOBILE = Defect("联系电话", "打不通。", ("form.mobile",))
ADDRESS = Defect("户籍地址", "请写清门牌号。", ("form.address",))
EITHER = Defect("联系方式", "找不到您。", ("form.mobile", "form.address"))
PAPER = Defect("居民户口簿", "请带原件来窗口。", ("cert.household_register.address",))
NEW = {"mobile": "13911110000", "address": "示例市龙湖区长平路 7 号"}


@pytest.fixture
def chen(city: Standin) -> Citizen:
    return district.citizen(city)


def asked(chen: Citizen, *defects: Defect) -> Application:
    """Return a case an officer has asked about; nothing was typed, so that all stands as the certificates say."""
    draft = drafting.start(chen.principal, matter=district.matter(), consent=False)
    application = submission.submit(chen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    application.refresh_from_db()
    return reviewing.ask_for_more(district.officer(), application=application, defects=list(defects))


def answered(chen: Citizen, application: Application, **more: object) -> Application:
    given = {"answers": {}, **more}
    return submission.answer_supplement(chen.principal, reference=application.reference, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("defects", "given", "same"),
    [
        ((MOBILE,), (), {"mobile"}),
        ((MOBILE, ADDRESS), (), {"mobile", "address"}),
        ((MOBILE, ADDRESS), ("mobile",), {"address"}),
        ((EITHER,), (), {"mobile", "address"}),
        ((EITHER, ADDRESS), ("mobile",), {"address"}),
        ((MOBILE, PAPER), (), {"mobile"}),
    ],
)
def test_each_item_that_changed_nothing_is_named_and_nothing_is_kept(
    chen: Citizen, defects: tuple[Defect, ...], given: tuple[str, ...], same: set[str]
) -> None:
    application = asked(chen, *defects)
    before = dict(application.answers)
    with pytest.raises(Unchanged) as refused:
        answered(chen, application, answers={name: NEW[name] for name in given})
    assert set(refused.value.fields) == same
    application.refresh_from_db()
    assert (application.state, application.answers) == (S.SUPPLEMENTING, before)
    assert SupplementNotice.objects.get().answered_at is None


@pytest.mark.parametrize(
    ("defects", "given"),
    [
        ((MOBILE,), ("mobile",)),
        ((MOBILE, ADDRESS), ("mobile", "address")),
        ((EITHER,), ("address",)),
        ((PAPER,), ()),
    ],
)
def test_what_was_changed_is_judged_again_with_or_without_the_tick(
    chen: Citizen, defects: tuple[Defect, ...], given: tuple[str, ...]
) -> None:
    application = asked(chen, *defects)
    again = answered(chen, application, answers={name: NEW[name] for name in given}, stands=True)
    assert again.state == S.SUBMITTED
    assert {name: again.answers[name] for name in given} == {name: NEW[name] for name in given}


def test_the_same_words_written_out_are_no_change(chen: Citizen) -> None:
    application = asked(chen, MOBILE)
    answered(chen, application, answers={"mobile": NEW["mobile"]})
    deciding.decide_waiting()
    application.refresh_from_db()
    reviewing.ask_for_more(district.officer(), application=application, defects=[MOBILE])
    with pytest.raises(Unchanged):
        answered(chen, application, answers={"mobile": NEW["mobile"]})


def test_back_to_what_the_certificate_says_is_a_change(chen: Citizen) -> None:
    application = asked(chen, MOBILE)
    answered(chen, application, answers={"mobile": NEW["mobile"]})
    deciding.decide_waiting()
    application.refresh_from_db()
    reviewing.ask_for_more(district.officer(), application=application, defects=[MOBILE])
    again = answered(chen, application, dropped={"mobile", "account"})
    assert again.state == S.SUBMITTED
    assert "mobile" not in again.answers
    assert again.answers["account"] == "social_card"  # the notice does not open it


def test_standing_by_it_leads_to_an_officer_and_the_clock_goes_on(chen: Citizen) -> None:
    application = asked(chen, MOBILE, ADDRESS)
    assert application.due_on is None
    district.stand_at(NOON + timedelta(days=4))
    judged = Judgement.objects.count()
    handed = answered(chen, application, answers={"mobile": NEW["mobile"]}, stands=True)
    assert handed.state == S.IN_REVIEW
    assert handed.referral_reason == "申请人认为没有错，请工作人员核实：户籍地址"
    assert handed.answers["mobile"] == NEW["mobile"]
    assert handed.due_on == ledger.due_date(ledger.ledger(handed))
    assert handed.due_on is not None
    assert SupplementNotice.objects.get().answered_at is not None
    deciding.decide_waiting()
    assert Judgement.objects.count() == judged  # the machine is not asked to find the same again
    assert sweeping.hand_over_late() == 0
