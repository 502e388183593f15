"""The stories of issue and README in a real browser, with real web server, worker, registers and broker."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from playwright.sync_api import Page

from accounts.models import User
from approvals.models import Application
from approvals.states import ApplicationState
from certificates.models import Certificate
from common import clock
from common.identifiers import credit_code
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS, FILING, Citizen
from tests.processes.browsing import assert_accessible, assert_fits
from tests.processes.running import Processes
from tests.processes.standing import FarStandin

PASSWORD = "a long test password"


def enter(standin: FarStandin, **told: object) -> Citizen:
    """Enter a person for whom everything holds, but for what is told."""
    with transaction.atomic():
        citizen = district.citizen(None, **told)  # type: ignore[arg-type]
    standin.know("civil_status", {"id_number": citizen.person.id_number}, {"dead": False})
    return citizen


def sign_in(page: Page, user: User) -> None:
    """Sign in as a person would."""
    page.goto("/sign-in")
    page.fill("[name=username]", user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/")


def looks_right(page: Page) -> None:
    """Hold the page to axe and to the width of the screen."""
    assert_accessible(page)
    assert_fits(page)


def assert_chips_are_small(page: Page) -> None:
    """A chip beside a long text keeps its own size: one line high, whatever the row's height."""
    sizes = page.locator(".asks .chip").evaluate_all(
        "chips => chips.map(e => [e.offsetHeight / parseFloat(getComputedStyle(e).fontSize), e.offsetWidth])"
    )
    assert sizes
    assert all(lines < 2.6 and width < 160 for lines, width in sizes), sizes


def consent(page: Page, matter: str = ALLOWANCE) -> None:
    """Agree on the consent page."""
    page.goto(f"/matters/{matter}/start")
    page.check("main input[type=checkbox]")
    page.click("button:has-text('同意并继续')")


def submit(page: Page) -> None:
    """Submit from the check page and wait for the result page."""
    page.click("button:has-text('确认并提交申请')")
    page.wait_for_url(re.compile(r"/applications/\d{20}$"))


def test_the_resident_of_86_types_nothing_and_sees_her_certificate(
    phone: Page, worker: Processes, city: FarStandin
) -> None:
    chen = enter(city)
    sign_in(phone, chen.user)
    phone.goto(f"/matters/{ALLOWANCE}/")  # 1
    phone.goto(f"/matters/{ALLOWANCE}/start")  # 2
    phone.check("main input[type=checkbox]")
    phone.click("button:has-text('同意并继续')")
    assert phone.url.endswith("/check")  # 3
    submit(phone)  # 4
    phone.wait_for_selector("text=审批通过")
    certificate = Certificate.objects.get(source__isnull=False)
    assert certificate.number in phone.inner_text("main")


def test_a_stopped_register_refers_her_twin_with_the_reason(
    phone: Page, worker: Processes, city: FarStandin
) -> None:
    twin = enter(city, name="陈秀莲")
    city.fail("civil_status", FaultKind.DROP)
    sign_in(phone, twin.user)
    consent(phone)
    submit(phone)
    phone.wait_for_selector("text=已转人工办理")
    assert "数据源未响应" in phone.inner_text("main")
    looks_right(phone)
    phone.goto(f"{phone.url}/withdraw")
    looks_right(phone)


def test_without_a_household_register_she_is_referred_with_the_reason(
    page: Page, worker: Processes, city: FarStandin
) -> None:
    wu = enter(city, name="吴朝新", without=("household_register",))
    sign_in(page, wu.user)
    consent(page)
    submit(page)
    page.wait_for_selector("text=已转人工办理")
    assert "居民户口簿：证照库里没有" in page.inner_text("main")
    assert Application.objects.get().state == ApplicationState.IN_REVIEW


def test_refused_consent_still_leads_to_a_result(phone: Page, worker: Processes, city: FarStandin) -> None:
    yu = enter(city, name="余汉生")
    sign_in(phone, yu.user)
    phone.goto(f"/matters/{ALLOWANCE}/start")
    phone.click("button:has-text('不同意')")
    looks_right(phone)
    if "/check" not in phone.url:
        phone.click("button:has-text('保存并继续')")
    phone.wait_for_url("**/check")
    submit(phone)
    phone.wait_for_selector("text=已转人工办理")
    assert "未授权" in phone.inner_text("main")


def test_a_shop_is_set_up_and_files_with_nothing_retyped(
    open_page: Callable[..., Page], worker: Processes, city: FarStandin
) -> None:
    owner = enter(city, name="谢俊杰", born=date(1998, 5, 1))
    page = open_page(width=390)
    sign_in(page, owner.user)
    consent(page, BUSINESS)
    page.fill("[name=name]", "示例市龙湖区阿杰食品店")
    page.check("[name=scope][value=prepackaged_food]")
    looks_right(page)
    page.click(".actionbar button:has-text('保存并继续')")
    page.select_option("[name=street]", "440507003")
    page.fill("[name=address]", "长平路 9 号首层")
    page.check("[name=commitment][value=yes]")
    looks_right(page)
    page.click(".actionbar button:has-text('保存并继续')")
    page.wait_for_url("**/check")
    submit(page)
    page.wait_for_selector("text=审批通过")
    shop = Certificate.objects.get(type__slug="business_licence").holder_organisation
    assert shop is not None
    assert credit_code(shop.credit_code) == shop.credit_code
    page.click("button:has-text('代表它办事')")
    consent(page, FILING)
    assert page.locator("[name=address]").count() == 0  # taken from the licence
    page.check("[name=commitment][value=yes]")
    page.click(".actionbar button:has-text('保存并继续')")
    page.wait_for_url("**/check")
    assert "长平路" in page.inner_text("main")
    submit(page)
    page.wait_for_selector("text=审批通过")
    assert "YB1440507" in page.inner_text("main")


def test_the_whole_act_without_javascript(plain_page: Page, worker: Processes, city: FarStandin) -> None:
    chen = enter(city)
    sign_in(plain_page, chen.user)
    consent(plain_page)
    submit(plain_page)
    assert "审批通过" in plain_page.inner_text("main")
    plain_page.check("[name=level][value='5']")
    plain_page.click("button:has-text('提交评价')")
    plain_page.wait_for_selector("text=您已经评价过了")
    plain_page.goto("/me")
    assert plain_page.locator("text=退出登录").count() > 0


def test_elder_mode_on_a_phone_leads_everywhere_and_out_and_the_badge_moves_no_icon(
    phone: Page, worker: Processes, city: FarStandin, live_site: str
) -> None:
    sign_in(phone, enter(city).user)
    consent(phone)
    submit(phone)
    phone.wait_for_selector("text=审批通过")
    phone.reload()
    assert phone.locator(".tabbar .count").count() == 1  # of the decision
    level = phone.locator(".tabbar li:not(.tabbar__raised) .icon")
    boxes = [icon.bounding_box() for icon in level.all()]
    assert len({round(box["y"]) for box in boxes if box}) == 1
    phone.context.add_cookies([{"name": "display_mode", "value": "elder", "url": live_site}])
    for address in (phone.url, "/"):
        phone.goto(address)
        phone.click(".bar .menu.only-phone summary")
        call = phone.locator(".callbar").bounding_box()
        for words in ("我的", "退出登录", "高对比"):
            entry = (
                phone.locator(".menu.only-phone .menu__list").get_by_text(words, exact=True).bounding_box()
            )
            assert entry
            assert call
            assert entry["y"] + entry["height"] <= call["y"], words
        assert_fits(phone)
    with phone.expect_navigation():
        phone.get_by_role("button", name="退出登录").click()
    assert phone.locator(".menu__list form[action='/sign-out']").count() == 0


def test_double_click_back_button_and_a_second_application(
    page: Page, worker: Processes, city: FarStandin
) -> None:
    wang = enter(city, name="王德福", born=date(1950, 1, 1))  # too young: stays open with an officer
    sign_in(page, wang.user)
    consent(page)
    page.dblclick("button:has-text('确认并提交申请')")
    page.wait_for_url(re.compile(r"/applications/\d{20}$"))
    page.wait_for_selector("text=已转人工办理")
    page.go_back()
    page.reload()
    assert "这份申请已经交上来了" in page.inner_text("main")
    page.goto(f"/matters/{ALLOWANCE}/start")
    reference = Application.objects.get().reference
    assert page.get_attribute("a:has-text('看这件办件的进度')", "href") == f"/applications/{reference}"
    assert Application.objects.count() == 1


def test_a_session_that_ends_in_the_middle_loses_nothing(
    page: Page, city: FarStandin, live_site: str
) -> None:
    owner = enter(city, name="谢俊杰", born=date(1998, 5, 1))
    sign_in(page, owner.user)
    consent(page, BUSINESS)
    page.fill("[name=name]", "示例市龙湖区阿杰食品店")
    page.check("[name=scope][value=clothing]")
    key = next(
        cookie["value"] for cookie in page.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME
    )
    Session.objects.filter(session_key=key).update(expire_date=clock.now() - timedelta(minutes=1))
    page.fill(
        "[name=name]", "示例市龙湖区阿明食品店"
    )  # saved as one types: that request finds the session ended
    page.wait_for_timeout(2500)
    page.click(".actionbar button:has-text('保存并继续')")
    page.wait_for_url("**/sign-in**")
    page.fill("[name=username]", owner.user.username)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button:not([type=button])")
    page.wait_for_url("**/drafts/**")
    assert page.input_value("[name=name]") == "示例市龙湖区阿明食品店"


def test_what_is_wrong_is_said_at_the_top_and_at_the_field(
    phone: Page, city: FarStandin, live_site: str
) -> None:
    chen = enter(city)
    sign_in(phone, chen.user)
    consent(phone)
    phone.goto(phone.url.replace("/check", "/1"))
    phone.fill("[name=contact_mobile]", "1590000000")
    phone.click(".actionbar button:has-text('保存并继续')")
    text = phone.inner_text("main")
    assert text.count("紧急联系人手机号码应为 11 位，现在是 10 位") == 2
    assert phone.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    looks_right(phone)
