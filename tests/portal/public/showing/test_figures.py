"""Figures are counted from the cases: only decided directly, only of the period, with their denominator."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals.models import Decision
from approvals.states import ApplicationState, DecisionKind, Maker
from portal.citizen.showing import outcome
from portal.public.showing.figures import DAYS, FEWEST, MEASURED, Count90, figures
from tests.portal.public import making
from tests.portal.public.making import NOW

pytestmark = pytest.mark.usefixtures("district")


@pytest.fixture
def cases():
    return making.Cases(making.matter())


def people(count: int):
    return [making.citizen(f"person{number}", name="甲乙") for number in range(count)]


def test_nothing_is_invented_when_there_are_no_cases() -> None:
    found = figures()
    assert found.instant == Count90()
    assert found.of(making.matter()).median is None
    assert found.closed_today == 0


def test_the_applicants_own_time_to_supplement_is_not_counted(cases) -> None:
    made = cases.granted(people(1)[0], at=NOW - timedelta(days=6), seconds=5 * 86_400)
    decision = made.decisions.get()
    made.waiting_since = decision.decided_at - timedelta(seconds=0.4)
    made.save(update_fields=["waiting_since"])
    found = figures().of(cases.matter)
    assert found.median == pytest.approx(0.4)
    assert outcome.took(made, decision) == "0.4 秒"  # the result page says the same


def test_every_page_with_a_time_says_from_when_to_when(cases, client) -> None:
    cases.granted(people(1)[0], at=NOW - timedelta(hours=1))
    for address in ("/", "/matters", f"/matters/{making.ALLOWANCE}/"):
        assert MEASURED in client.get(address).content.decode(), address


def test_median_and_nine_of_ten_are_from_submission_to_decision(cases) -> None:
    for person, seconds in zip(people(3), (0.2, 0.4, 3.0), strict=True):
        cases.granted(person, at=NOW - timedelta(hours=1), seconds=seconds)
    found = figures().of(cases.matter)
    assert (found.direct, found.by_hand) == (3, 0)
    assert found.median == pytest.approx(0.4)
    assert found.nine_of_ten == pytest.approx(0.4 + 0.8 * 2.6)


def test_what_an_officer_decided_counts_as_handed_over_and_has_no_part_in_the_times(cases) -> None:
    first, second, third = people(3)
    cases.granted(first, at=NOW - timedelta(hours=2), seconds=1)
    cases.granted(second, at=NOW - timedelta(hours=2), seconds=3600, by=making.officer())
    cases.case(third, ApplicationState.IN_REVIEW, at=NOW - timedelta(hours=2))
    found = figures().of(cases.matter)
    assert (found.direct, found.by_hand, found.median) == (1, 2, 1.0)
    assert found.concluded == 3


@pytest.mark.parametrize("state", [ApplicationState.SUBMITTED, ApplicationState.SUPPLEMENTING])
def test_what_is_not_concluded_is_in_no_denominator(cases, state) -> None:
    cases.case(people(1)[0], state)
    assert figures().of(cases.matter).concluded == 0


def test_the_period_ends_at_ninety_days(cases) -> None:
    inside, outside = people(2)
    cases.granted(inside, at=NOW - timedelta(days=DAYS) + timedelta(minutes=1))
    cases.granted(outside, at=NOW - timedelta(days=DAYS) - timedelta(minutes=1))
    assert figures().of(cases.matter).direct == 1


def test_today_begins_at_midnight_in_shanghai(cases) -> None:
    before, after = people(2)
    midnight = NOW.replace(hour=0, minute=0)
    cases.granted(before, at=midnight - timedelta(minutes=5))
    cases.granted(after, at=midnight + timedelta(minutes=5))
    assert figures().closed_today == 1


def test_a_correction_does_not_count_twice(cases) -> None:
    made = cases.granted(people(1)[0], at=NOW - timedelta(hours=1))
    original = made.decisions.get()
    Decision.objects.create(
        application=made, kind=DecisionKind.GRANTED, maker=Maker.OFFICER, officer=making.officer(),
        reasons="更正姓名", corrects=original, decided_at=NOW,
    )  # fmt: skip
    found = figures().of(cases.matter)
    assert (found.direct, found.by_hand) == (1, 0)


def test_a_percentage_needs_enough_cases() -> None:
    assert not Count90(direct=FEWEST - 1).enough
    assert Count90(direct=FEWEST - 1, by_hand=1).enough
    both = Count90(direct=1, by_hand=2)
    assert both.direct_percent + both.by_hand_percent == 100


def test_the_home_page_says_that_there_are_none(client) -> None:
    assert "近 90 天还没有办件" in client.get("/").content.decode()


def test_the_home_page_shows_counts_first_and_percentages_from_ten_on(cases, client, settings) -> None:
    for person in people(2):
        cases.granted(person, at=NOW - timedelta(hours=1))
    page = client.get("/").content.decode()
    assert "不到 10 件，不算百分比" in page
    assert "÷" not in page


def test_the_home_page_names_numerator_and_denominator(cases, client) -> None:
    for person in people(10):
        cases.granted(person, at=NOW - timedelta(hours=1))
    page = client.get("/").content.decode()
    assert "10 ÷ 10 件" in page
    assert "0 ÷ 10 件" in page
    assert "0.4 秒" in page
