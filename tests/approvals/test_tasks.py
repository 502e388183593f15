"""What the timetable starts: each entry point does its one thing, and says what is wrong."""

from __future__ import annotations

from datetime import date, timedelta

import kombu.exceptions
import pytest

from approvals import tasks
from approvals.deciding.sweeping import GRACE
from approvals.models import Application, Decision
from approvals.states import ApplicationState as S
from common import clock
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How often a wake-up was sent."""
    sent: list[bool] = []
    monkeypatch.setattr(tasks.decide, "apply_async", lambda **_: sent.append(True))
    return sent


def test_deciding_goes_on_until_nothing_waits(city: Standin) -> None:
    cases = [making.submitted(district.citizen(city)) for _ in range(3)]
    assert tasks.decide() == 3
    assert {making.again(case).state for case in cases} == {S.GRANTED}
    assert tasks.decide() == 0


def test_the_sweeper_wakes_only_for_what_was_left(city: Standin, woken: list[bool]) -> None:
    tasks.sweep()
    making.submitted(district.citizen(city))
    tasks.sweep()
    assert not woken, "it has only just been submitted"
    clock.set_source(lambda: NOON + GRACE + timedelta(seconds=1))
    tasks.sweep()
    assert woken == [True]


def test_no_broker_is_no_error(
    city: Standin, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def gone(**_: object) -> None:
        raise kombu.exceptions.OperationalError("redis://:secret@broker")

    monkeypatch.setattr(tasks.decide, "apply_async", gone)
    tasks.wake()
    assert "no wake-up sent: OperationalError" in caplog.text
    assert "secret" not in caplog.text


def test_a_due_date_that_is_not_the_ledgers_is_told(city: Standin, caplog: pytest.LogCaptureFixture) -> None:
    case = making.referred(district.citizen(city, without=("household_register",)))
    assert case.state == S.IN_REVIEW
    assert tasks.check_clocks() == 0
    Application.objects.filter(pk=case.pk).update(due_on=date(2027, 1, 1))
    assert tasks.check_clocks() == 1
    assert f"case {case.reference}: stored due date 2027-01-01, ledger says" in caplog.text


def test_judging_again_comes_out_the_same_unless_somebody_changed_what_was_decided(
    city: Standin, caplog: pytest.LogCaptureFixture
) -> None:
    case = making.submitted(district.citizen(city))
    tasks.decide()
    assert tasks.replay() == 0
    judgement = Decision.objects.get(application=case).judgement
    assert judgement is not None
    type(judgement).objects.filter(pk=judgement.pk).update(verdict="refer")
    assert tasks.replay() > 0
    assert f"replay: {case.reference} was granted on a judgement that is not GRANT" in caplog.text


def test_nothing_ran_out(city: Standin) -> None:
    assert tasks.hand_over_late() == 0
