"""我的待办: notices first, then drafts, then cases to rate; only the principal's own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.acting.principals import Principal
from approvals.states import ApplicationState
from evaluations.models import RatedCase
from matters.models import Matter
from portal.public.showing.todos import RATABLE_DAYS, SHOWN, waiting
from tests.portal.public import making
from tests.portal.public.making import NOW


@pytest.fixture
def cases(district):
    return making.Cases(making.matter())


def shop_cases() -> making.Cases:
    others = Matter.objects.filter(applicant="organisation").select_related("current_edition", "department")
    return making.Cases(others.order_by("code")[0])


def test_nobody_waits_at_first(chen) -> None:
    found = waiting(Principal(chen))
    assert (found.rows, found.total, found.running) == ((), 0, 0)


def test_a_notice_comes_first_with_its_due_day(cases, chen) -> None:
    cases.granted(chen, at=NOW - timedelta(days=3))
    notice = cases.supplementing(chen)
    first, second = waiting(Principal(chen)).rows
    assert (first.urgent, first.status) == ("需要补正 2 项", "11 月 27 日（星期五）前")
    assert notice.application.reference in first.url
    assert second.act == "去评价"


def test_an_answered_notice_waits_no_more(cases, chen) -> None:
    notice = cases.supplementing(chen)
    type(notice).objects.update(answered_at=NOW)
    assert waiting(Principal(chen)).total == 0


def test_a_draft_can_be_gone_on_with(cases, chen) -> None:
    draft = cases.draft(chen)
    (row,) = waiting(Principal(chen)).rows
    assert row.act == "接着填"
    assert draft.reference in row.url


def test_a_rated_case_and_an_old_one_do_not_ask(cases, chen) -> None:
    rated = cases.granted(chen)
    RatedCase.objects.create(application=rated, sealed_rating="x")
    cases.granted(chen, at=NOW - timedelta(days=RATABLE_DAYS + 1))
    assert waiting(Principal(chen)).total == 0


def test_what_others_do_with_is_told_as_a_number(cases, chen) -> None:
    cases.case(chen, ApplicationState.IN_REVIEW)
    found = waiting(Principal(chen))
    assert (found.total, found.running) == (0, 1)


def test_more_than_fits_is_counted(cases, chen) -> None:
    for days in range(SHOWN + 2):
        cases.granted(chen, at=NOW - timedelta(days=days + 1))
    found = waiting(Principal(chen))
    assert (len(found.rows), found.more) == (SHOWN, 2)


def test_a_business_and_its_operator_have_each_their_own(cases, chen) -> None:
    shop = making.business(chen)
    shop_cases().draft(chen, shop)
    cases.supplementing(chen)
    assert [row.act for row in waiting(Principal(chen)).rows] == ["去补正"]
    assert [row.act for row in waiting(Principal(chen, shop)).rows] == ["接着填"]


def test_the_card_is_on_the_home_page_and_nobody_elses(cases, chen, signed_in) -> None:
    other = making.citizen("lin", name="林国辉")
    theirs = cases.supplementing(other)
    mine = cases.draft(chen)
    page = signed_in(chen).get("/").content.decode()
    assert mine.reference in page
    assert theirs.application.reference not in page
