"""The age goes from 80 to 75, in a browser: the sentence, the example that fails, what flips, two people, tomorrow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from approvals.applying import drafting, submission
from approvals.auditing import replaying
from approvals.models import Application
from approvals.states import ApplicationState as S
from common import clock
from matters.models import EditionDraft
from matters.writing import drafts, examining
from portal.demo import shifted, shifting
from tests.factories import district
from tests.factories.district import ALLOWANCE, Citizen
from tests.portal.catalogue.test_story import mended, younger
from tests.processes.browsing import assert_accessible, assert_fits
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import enter

MATTER = f"/catalogue/matters/{ALLOWANCE}"


@pytest.fixture
def tomorrow() -> Iterator[Callable[[], None]]:
    """Moves the clock of every process to tomorrow; it is today again after the test."""

    def back() -> None:
        redis.Redis.from_url(settings.REDIS_URL).delete(shifted.KEY)
        shifted.forget()

    def on() -> None:
        shifting.shift(1)
        clock.set_source(lambda: clock.system_time() + timedelta(days=1))

    back()
    yield on
    back()


def signed_in(page: Page, user: User, site: str) -> Page:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])
    return page


def aged(city: FarStandin, years: int) -> Citizen:
    today = clock.today()
    return enter(city, born=date(today.year - years, 1, 1))


def decided(citizen: Citizen, page: Page) -> Application:
    """Apply and wait for the worker."""
    with transaction.atomic():
        draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    case = submission.submit(citizen.principal, reference=draft.reference, key="k")
    for _ in range(100):
        case.refresh_from_db()
        if case.state != S.SUBMITTED:
            return case
        page.wait_for_timeout(100)
    raise AssertionError("the worker decided nothing")


def test_the_admins_story(
    open_page: Callable[..., Page],
    live_site: str,
    worker: Processes,
    city: FarStandin,
    tomorrow: Callable[[], None],
) -> None:
    with transaction.atomic():
        first, second = district.admin(), district.admin()
    page = signed_in(open_page(), first, live_site)
    assert decided(aged(city, 77), page).state == S.IN_REVIEW
    waiting = aged(city, 78)
    with transaction.atomic():
        drafting.start(waiting.principal, matter=district.matter(), consent=True)

    # She changes the age and reads the sentence.
    page.goto(MATTER)
    page.click("text=起草新版本")
    draft = EditionDraft.objects.get()
    page.goto(f"/catalogue/drafts/{draft.pk}/checks")
    page.click("text=年龄达到要求")
    page.locator(".condrow input[value='80']").fill("75")
    page.locator(".builder__acts button[value=save]").click()
    expect(page.locator("main")).to_contain_text("年满75周岁")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert_accessible(page)
        assert_fits(page)

    # An example does not come out any more, and nothing can be handed in.
    page.goto(f"/catalogue/drafts/{draft.pk}/try")
    expect(page.locator("main")).to_contain_text("不符")
    page.goto(f"/catalogue/drafts/{draft.pk}/review")
    expect(page.locator("main")).to_contain_text(re.compile(r"还有 \d+ 处待改"))
    expect(page.get_by_role("button", name="提交复核")).to_have_count(0)
    mend(first, draft)

    # What would have become of past cases: one flips, for its age.
    page.goto(f"/catalogue/drafts/{draft.pk}/backtests")
    page.click("text=开始回测")
    expect(page.locator("main")).to_contain_text("年龄达到要求", timeout=20_000)
    assert_accessible(page)
    page.goto(f"/catalogue/drafts/{draft.pk}/review")
    expect(page.locator("main")).to_contain_text("结论改变 1 件")
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator("main")).to_contain_text("不能由您发布")
    expect(page.get_by_role("button", name="复核通过并发布")).to_have_count(0)

    # A colleague publishes it for tomorrow, and says why, for much would change.
    other = signed_in(open_page(), second, live_site)
    other.goto(f"/catalogue/drafts/{draft.pk}/review")
    other.fill("[name=on]", (clock.today() + timedelta(days=1)).isoformat())
    other.get_by_role("button", name="复核通过并发布").click()
    expect(other.locator("main")).to_contain_text("原因")
    other.fill("[name=reason]", "区里决定把年龄放宽到 75 周岁。")
    other.get_by_role("button", name="复核通过并发布").click()
    other.goto(MATTER)
    expect(other.locator("main")).to_contain_text("V2")
    assert decided(aged(city, 76), page).state == S.IN_REVIEW, "today the old rule"

    tomorrow()
    page.wait_for_timeout(1100)  # until every process knows
    granted = decided(aged(city, 76), page)
    assert (granted.state, granted.edition.number) == (S.GRANTED, 2)
    kept = decided(waiting, page)
    assert (kept.state, kept.edition.number) == (S.IN_REVIEW, 1), "begun before, decided by its own edition"
    assert replaying.replay_all().is_sound


def mend(admin: User, draft: EditionDraft) -> None:
    """What belongs to the change: the first row of the allowance's table, and the examples of those aged between."""
    draft.refresh_from_db()
    draft = drafts.save(admin, draft_id=draft.pk, revision=draft.revision, change=younger)
    wrong = [
        one.message.partition("“")[2].partition("”")[0]
        for one in examining.examine(draft.content).errors
        if one.path.startswith("examples")
    ]
    drafts.save(
        admin, draft_id=draft.pk, revision=draft.revision, change=lambda content: mended(content, wrong)
    )
    draft.refresh_from_db()
    assert examining.bars(examining.examine(draft.content)) == ()
