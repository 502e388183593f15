"""A certificate's life, two windows side by side: the holder's phone and the counter; and a stranger who checks it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.models import User
from approvals.applying import attached
from approvals.models import Application
from approvals.states import ApplicationState
from certificates.models import Certificate, Presentation, UseRecord
from certificates.presenting import codes
from common import clock
from tests.factories import district, uploads
from tests.factories.district import BUSINESS, FILING
from tests.processes.browsing import assert_accessible, assert_fits
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import consent, enter, submit
from tests.processes.test_office import sign_in
from tests.processes.test_presenting import scan

CODE, USES = "/certificates/code", "/certificates/uses"
SENIOR_CARD = "11440507MB2X00012R4442011002000"  # asks for a photo when a card of plastic is wanted
MARKET = "11440507MB2X00020L"  # the department that registers shops
LOOKS = [("display_mode", "normal", 1280), ("display_mode", "elder", 390), ("display_contrast", "high", 390)]
SHOTS = os.environ.get("SHOTS_FOLDER", "")


@pytest.fixture
def clerk(city: FarStandin) -> User:
    with transaction.atomic():
        return district.clerk()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """The holder's."""
    return open_page(width=390, height=844)


@pytest.fixture
def counter(open_page: Callable[..., Page], clerk: User, live_site: str) -> Page:
    """Window 3."""
    page = open_page(width=1280)
    sign_in(page, clerk, site=live_site)
    page.goto("/counter/")
    page.fill("[name=number]", "3")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=您现在在 3 号窗口")
    return page


def looks_right(page: Page, name: str) -> None:
    """Hold a page nobody else looks at to axe in every look it has, and to both widths; SHOTS_FOLDER=… keeps it."""
    for cookie, value, width in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.context.add_cookies([{"name": cookie, "value": value, "url": page.url}])
        page.reload()
        assert_accessible(page)
        if SHOTS:
            keep_picture(page, f"{name}-{value}")
        assert_fits(page)
        page.context.clear_cookies(name=cookie)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()


def keep_picture(page: Page, name: str) -> None:
    """Keep the page as it is on a desk and on a phone."""
    before = page.viewport_size
    assert before is not None
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": before["height"]})
        page.screenshot(path=str(Path(SHOTS) / f"window-{name}-{width}.png"), full_page=True)
    page.set_viewport_size(before)


def show(phone: Page) -> str:
    """Show a code, and return what a scanner reads off the screen."""
    phone.goto(CODE)
    phone.click("button:has-text('出示亮证码')")
    phone.wait_for_selector(".qr svg")
    return codes.current(Presentation.objects.latest("begun_at"), at=clock.now()).text


def ask_and_agree(counter: Page, phone: Page, *, words: str, matter: str) -> None:
    """Scan, ask for what a matter uses, agree on the phone, and open the application."""
    scan(counter, show(phone))
    counter.wait_for_selector("text=办什么事")
    counter.fill("#q", words)
    counter.keyboard.press("Enter")
    counter.click(f"a:has-text('{matter}')")
    counter.wait_for_selector("text=请求用证")
    counter.keyboard.press("Alt+Enter")
    phone.click("button:has-text('同意') >> nth=0")
    counter.wait_for_selector("text=受理申请")
    counter.keyboard.press("Alt+Enter")
    counter.wait_for_selector("text=填好了，请群众核对")
    expect(counter.locator("main :focus")).to_have_count(1)  # who types goes on: no click, no row of tabs


def confirm(counter: Page, phone: Page, *, promise: str = "", name: str = "") -> None:
    """Put what is filled in before the holder, who promises, confirms it, and reads what came of it."""
    counter.keyboard.press("Alt+Enter")
    counter.wait_for_selector("text=等群众在手机上核对")
    phone.wait_for_selector("text=请核对，再提交")
    if name:
        looks_right(phone, f"{name}-confirm")
        looks_right(counter, f"{name}-shown")
    if promise:
        phone.check(f"[name={promise}][value=yes]")
    phone.click("button:has-text('确认并提交')")
    counter.wait_for_url(re.compile(r"/counter/applications/\d{20}$"))


def check(stranger: Page, card: Certificate) -> str:
    """Return what the public page says of a certificate's code now."""
    stranger.goto(f"/c/{card.check_token}")
    return stranger.inner_text(".verdict") + stranger.inner_text("main dl")


def register_shop(phone: Page) -> Certificate:
    """Have the worker register a shop, and return the licence it issued."""
    consent(phone, BUSINESS)
    phone.fill("[name=name]", "示例市龙湖区阿杰食品店")
    phone.check("[name=scope][value=prepackaged_food]")
    phone.click(".actionbar button:has-text('保存并继续')")
    phone.select_option("[name=street]", "440507003")
    phone.fill("[name=address]", "长平路 9 号首层")
    phone.check("[name=commitment][value=yes]")
    phone.click(".actionbar button:has-text('保存并继续')")
    phone.wait_for_url("**/check")
    submit(phone)
    phone.wait_for_selector("text=审批通过")
    return Certificate.objects.get(type__slug="business_licence", source__startswith="decision:")


def correct(keeper: Page, card: Certificate) -> Certificate:
    """Issue the next version on a keeper's page."""
    keeper.goto(f"/store/certificates/{card.pk}/change")
    keeper.check("[name=how][value=correct]")
    keeper.fill("[name=reason]", "门牌重新编排，照新门牌更正")
    keeper.fill("[name=field_address]", "示例市龙湖区长平路 11 号首层")
    keeper.click("button:has-text('下一步：核对')")
    keeper.wait_for_selector("text=改为：示例市龙湖区长平路 11 号首层")
    keeper.click("button:has-text('加盖电子印章并签发')")
    keeper.wait_for_selector("text=已签发第 2 版")
    return Certificate.objects.get(previous=card)


def end(keeper: Page, colleague: Page, card: Certificate) -> None:
    """Propose a revocation, and have a colleague confirm it."""
    keeper.goto(f"/store/certificates/{card.pk}/end")
    keeper.check("[name=to][value=revoked]")
    keeper.fill("[name=document]", "龙市监罚〔2026〕8 号")
    keeper.fill("[name=basis]", "《食品安全法》第一百二十三条")
    keeper.fill("[name=reason]", "销售过期食品，情节严重")
    keeper.click("button:has-text('提出处理')")
    keeper.wait_for_selector("text=确认以前，证照状态不变")
    colleague.goto(f"/store/certificates/{card.pk}")
    colleague.click("button:has-text('确认')")
    colleague.wait_for_selector("text=已确认")


def test_issued_presented_used_superseded_revoked_and_a_stranger_is_told_each(
    open_page: Callable[..., Page],
    phone: Page,
    counter: Page,
    worker: Processes,
    city: FarStandin,
    live_site: str,
) -> None:
    owner = enter(city, name="谢俊杰", born=date(1998, 5, 1))
    stranger = open_page(width=390, javascript=False)
    sign_in(phone, owner.user, site=live_site)
    # 1: a decision of the worker brings it into being
    licence = register_shop(phone)
    assert "这份证照真实，现在有效" in check(stranger, licence)
    phone.click("button:has-text('代表它办事')")
    phone.goto(USES)
    assert "3 号窗口" not in phone.inner_text("main")
    # 2: shown at window 3, and used there in another matter, which the worker decides
    ask_and_agree(counter, phone, words="预包装食品", matter="预包装食品")
    assert counter.locator("[name=address]").count() == 0, "the licence says it"
    assert "长平路 9 号首层" in counter.inner_text("main")
    assert counter.locator("[name=commitment]").count() == 0, "the holder alone promises"
    confirm(counter, phone, promise="commitment", name="shop")
    counter.wait_for_selector("text=审批通过")
    phone.wait_for_selector("h2:has-text('审批通过')")
    looks_right(phone, "filed")
    looks_right(counter, "taken")
    filed = Application.objects.get(matter__code=FILING)
    assert (filed.channel, filed.state) == (Application.Channel.COUNTER, ApplicationState.GRANTED)
    read = UseRecord.objects.filter(certificate=licence, case_reference=filed.reference, outcome="found")
    assert set(read.values_list("mode", "version")) == {("presented", 1), ("authorised", 1)}
    assert read.filter(mode="authorised", actor="system").exists(), "the worker's own look"
    assert "这份证照真实，现在有效" in check(stranger, licence)
    tells_the_uses(phone)
    # 3: a new version takes its place
    keeper, colleague = keepers(open_page, site=live_site)
    newer = correct(keeper, licence)
    told = check(stranger, licence)
    assert "已被新的版本替代" in told
    assert re.search(r"现行版本\s*第 2 版", told)
    assert "这份证照真实，现在有效" in check(stranger, newer)
    # 4: two keepers revoke that
    end(keeper, colleague, newer)
    told = check(stranger, newer)
    assert "吊销" in told
    assert "现在有效" not in told
    assert re.search(r"现行版本\s*没有（第 2 版：吊销）", check(stranger, licence))
    tells_the_uses(phone)


def keepers(open_page: Callable[..., Page], *, site: str) -> tuple[Page, Page]:
    """Return the screens of two keepers of the shop's register."""
    found = open_page(), open_page()
    for page, name in zip(found, ("林志强", "杨志刚"), strict=True):
        with transaction.atomic():
            user = district.keeper(MARKET, name=name)
        sign_in(page, user, site=site)
    return found


def tells_the_uses(phone: Page) -> None:
    """Hold the holder's records to naming the window and the machine, and for which matter."""
    phone.goto(USES)
    seen = phone.inner_text("main")
    for words in ("3 号窗口 窗口人员", "系统自动核验", "预包装食品", "已读取"):
        assert words in seen, words


def test_the_clerk_scans_a_photo_for_the_application_she_takes(
    phone: Page, counter: Page, worker: Processes, city: FarStandin, live_site: str, settings: Any
) -> None:
    chen = enter(city)
    sign_in(phone, chen.user, site=live_site)
    ask_and_agree(counter, phone, words="优待证", matter="优待证")
    assert counter.locator("#id_photo").count() == 0
    counter.check("[name=card][value=physical]")  # saved by itself, and brings its questions
    counter.set_input_files(
        "#id_photo", {"name": "scan.jpg", "mimeType": "image/jpeg", "buffer": uploads.photo()}
    )
    counter.wait_for_selector(".upload img")
    counter.fill("[name=mail_to]", "珠池街道长平路 7 号")
    with counter.expect_navigation():
        counter.keyboard.press("Alt+s")
    looks_right(counter, "form")
    assert counter.input_value("[name=mail_to]") == "珠池街道长平路 7 号"
    confirm(counter, phone)
    counter.wait_for_selector("text=已受理，转工作人员办理")
    phone.wait_for_selector("h2:has-text('已受理')")
    assert_fits(counter)
    handed_in = attached.handed_in(Application.objects.get())
    assert [one.question for one in handed_in] == ["photo"]
    phone.goto(f"/applications/{Application.objects.get().reference}")
    assert "3 号窗口上传了“近期免冠照片”" in phone.inner_text("main")
