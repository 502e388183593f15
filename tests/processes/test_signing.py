"""Signing in, in a real browser: binding a phone, ending a session elsewhere, and the question before it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from accounts.signing import second_factor
from common import clock
from portal.demo.issuer.page import Someone
from tests.factories import district
from tests.portal.signing import issuing, making
from tests.portal.signing.issuing import Issuer
from tests.portal.signing.making import PASSWORD
from tests.processes.browsing import assert_accessible, assert_fits
from tests.processes.running import Processes

IDLE, WARNING = 12, 6  # seconds


@pytest.fixture
def officer(stocked: None) -> User:
    return district.officer()


def enter(page: Page, username: str, *, door: str = "/sign-in") -> None:
    page.goto(door)
    page.get_by_label("账号").fill(username)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^登录")).click()


def test_from_the_first_password_to_the_office(open_page, officer: User) -> None:
    page: Page = open_page(width=390)
    enter(page, officer.username, door="/staff/sign-in")
    expect(page).to_have_url(re.compile("/staff/code/new"))
    assert_fits(page)
    assert_accessible(page)
    secret = "".join(page.locator(".signin__secret span").all_text_contents())
    page.get_by_label("动态口令").fill(second_factor.code_at(secret, at=clock.system_time()))
    page.get_by_role("button", name="绑定").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("10 个备用码，只显示这一次")
    assert_fits(page)
    assert_accessible(page)
    spare = "".join(page.locator(".sparecodes li").first.inner_text().split())
    page.get_by_role("link", name="我已经收好，继续").click()
    expect(page).to_have_url(re.compile("/office/$"))

    again: Page = open_page(width=1280)
    enter(again, officer.username, door="/staff/sign-in")
    again.get_by_label("动态口令").fill("1")
    again.get_by_role("button", name="进入工作台").click()
    expect(again.locator("[data-error-summary]")).to_be_focused()
    assert_fits(again)
    assert_accessible(again)
    again.get_by_label("动态口令").fill(spare)
    again.get_by_role("button", name="进入工作台").click()
    expect(again).to_have_url(re.compile("/office/$"))


def test_one_browser_ends_the_other_at_once(open_page, stocked: None) -> None:
    making.citizen()
    here, there = open_page(), open_page(width=390)
    for page in (here, there):
        enter(page, "chen")
        expect(page).to_have_url(re.compile("/$"))
    here.goto("/me/sign-ins")
    assert_fits(here)
    assert_accessible(here)
    here.get_by_role("button", name="退出其他设备").click()
    expect(here.get_by_text("已经退出其他 1 处登录")).to_be_visible()
    there.goto("/me")
    expect(there).to_have_url(re.compile("/sign-in"))
    here.goto("/me")
    expect(here.get_by_role("heading", level=1)).to_have_text("我的")


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    """The identity platform."""
    with issuing.running() as running:
        yield running


@pytest.fixture(scope="module")
def impatient(
    process_environment: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
    processes: Processes,
    issuer: Issuer,
) -> Iterator[str]:
    """A site whose sessions end after seconds, and where one may sign in by the identity platform."""
    assert processes.site()  # has collected the static files
    told = {
        "SESSION_IDLE_SECONDS": str(IDLE),
        "IDLE_WARNING_SECONDS": str(WARNING),
        "PLATFORM_ISSUER": issuer.url,
        "PLATFORM_CLIENT_ID": issuing.ID,
        "PLATFORM_CLIENT_SECRET": issuing.SECRET,
    }
    started = Processes({**process_environment, **told}, log=Path(tmp_path_factory.mktemp("impatient")))
    yield started.site()
    started.kill_all()


def test_by_the_identity_platform_and_out_of_it(
    chromium: Browser, impatient: str, issuer: Issuer, stocked: None
) -> None:
    issuer.heal(Someone("sub", "陈秀英", district.resident_number(date(1990, 1, 1))))
    context = chromium.new_context(base_url=impatient, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto("/sign-in?next=/me")
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("link", name="省统一身份认证平台登录").click()
    expect(page.get_by_text("这是演示用的替身")).to_be_visible()
    page.get_by_role("button", name="陈秀英").click()
    expect(page).to_have_url(f"{impatient}/me")
    expect(page.get_by_text("人脸核验")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="退出登录").click()
    expect(page).to_have_url(f"{impatient}/sign-out/platform")
    assert_fits(page)
    assert_accessible(page)
    page.get_by_role("link", name="退出身份认证平台").click()
    expect(page.get_by_text("您已退出身份认证平台")).to_be_visible()
    page.goto("/me")
    expect(page).to_have_url(re.compile("/sign-in"))
    context.close()


def test_the_question_before_the_end(chromium: Browser, impatient: str, stocked: None) -> None:
    """Asked, kept on by one press, asked again, ended; each announced, with the focus where it belongs."""
    making.citizen()
    context = chromium.new_context(base_url=impatient, locale="zh-CN", viewport={"width": 390, "height": 844})
    page = context.new_page()
    enter(page, "chen")
    page.goto("/me")
    page.get_by_role("link", name="登录记录").focus()
    asked = page.get_by_role("dialog", name="您还在吗？")
    expect(asked).to_be_visible(timeout=1000 * IDLE)
    expect(page.get_by_role("button", name="继续办理")).to_be_focused()
    expect(asked).to_have_accessible_description(re.compile("秒.*后会自动退出.*不会丢"))
    assert_accessible(page)
    page.keyboard.press("Enter")
    expect(asked).to_be_hidden()
    expect(page.get_by_role("link", name="登录记录")).to_be_focused()  # back where one was

    expect(asked).to_be_visible(timeout=1000 * IDLE)
    page.keyboard.press("Escape")  # somebody is there: stay as well
    expect(asked).to_be_hidden()
    other = context.new_page()  # another tab in use keeps this one from asking
    for _ in range(3):
        page.wait_for_timeout(1000 * (IDLE - WARNING) // 2)
        other.goto("/sitemap")
    expect(asked).to_be_hidden()
    other.close()

    ended = page.get_by_role("dialog", name="已经自动退出")
    expect(ended).to_be_visible(timeout=2000 * IDLE)
    expect(ended.get_by_role("status")).to_have_text("已经自动退出。")
    assert_accessible(page)
    page.get_by_role("link", name="重新登录").click()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=/me"))
    context.close()


def test_without_javascript_the_page_says_until_when(plain_page: Page, stocked: None) -> None:
    making.citizen()
    enter(plain_page, "chen")
    plain_page.goto("/me")
    expect(plain_page.get_by_text(re.compile(r"\d\d:\d\d 前没有操作会自动退出"))).to_be_visible()
    expect(plain_page.locator("dialog")).to_be_hidden()
