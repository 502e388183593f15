"""The officer's pages in a real browser: every page, every width, both contrasts, and the acts without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User
from approvals.models import Application
from approvals.states import ApplicationState
from common import clock
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS
from tests.portal.bureau import making
from tests.processes.browsing import assert_accessible, assert_fits, axe

SHOP = {
    "name": "示例市龙湖区满记食品店",
    "scope": "prepackaged_food",
    "street": "440507003",
    "address": "长平路 9 号",
    "premises": "owned",
    "commitment": True,
}


@pytest.fixture
def officer(stocked: None) -> User:
    """An officer of both departments, in a district whose registers are down."""
    with transaction.atomic():
        return district.officer("11440507MB2X00020L", user=district.officer())


@pytest.fixture
def cases(officer: User) -> list[Application]:
    """Three cases: late, due today, and one with days left; each with something the machine could not prove."""
    young: dict[str, Any] = {"name": "郑国辉", "without": ("household_register", "resident_id")}
    with transaction.atomic():
        people = [district.citizen(name="黄志强"), district.citizen(**young), district.citizen(name="蔡美娟")]
    asked: list[dict[str, Any]] = [{}, {}, {"matter": BUSINESS, **SHOP}]
    found = [making.referred(person, **told) for person, told in zip(people, asked, strict=True)]
    today = clock.today()
    for case, days in zip(found, (-2, 0, 6), strict=True):
        Application.objects.filter(pk=case.pk).update(due_on=today + timedelta(days=days))
    return found


def sign_in(page: Page, user: User, *, site: str) -> None:
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


PAGES = [
    "/office/",
    "/office/?matter=" + ALLOWANCE,
    "/office/done",
    "/office/supplementing",
    "{case}",
    "{case}/grant",
    "{case}/refuse",
    "{case}/ask",
    "{case}/reveal",
]


@pytest.mark.parametrize(("width", "contrast"), [(1280, "normal"), (390, "high")])
def test_pages_are_accessible_and_fit(
    open_page, live_site: str, officer: User, cases: list[Application], width: int, contrast: str
) -> None:
    page = open_page(width=width)
    sign_in(page, officer, site=live_site)
    page.context.add_cookies([{"name": "display_contrast", "value": contrast, "url": live_site}])
    found: dict[str, object] = {}
    for address in PAGES:
        page.goto(address.replace("{case}", f"/office/applications/{cases[1].reference}"))
        found[page.url] = axe(page)
        assert_fits(page, widths=(390, 1280, 1440))
    assert not {url: findings for url, findings in found.items() if findings}


def test_every_act_without_javascript(
    plain_page, live_site: str, officer: User, cases: list[Application]
) -> None:
    page, (late, due, third) = plain_page, cases
    sign_in(page, officer, site=live_site)
    page.goto("/office/")
    page.click("text=办下一件")
    assert page.url.endswith(late.reference)
    page.click(".deskacts >> text=准予")
    page.fill("#id_reasons", "已向公安人口库核对，本人健在，未在别处领取。")
    page.click("text=准予并签发")
    assert f"件号尾号 {late.reference[-4:]}：已准予" in page.inner_text("main")

    page.click("text=办下一件")
    page.click(".deskacts >> text=不予批准")
    page.fill("#id_reasons", "户籍不在本区，不符合发放办法第四条。")
    page.click("text=下一步：核对决定")
    assert "60 日内" in page.inner_text(".desk__file")
    page.click("text=确认，不予批准")
    assert "都办完了" in page.inner_text("main"), "the third case is the other department's"

    page.click("details.menu summary")
    page.click("text=切换到")
    page.click("text=办下一件")
    page.click(".deskacts >> text=一次性告知补正")
    page.check("#id_open_name")
    page.fill("#id_text_name", "名称与已登记的重复，请换一个。")
    page.click("text=发出补正告知")
    assert "都办完了" in page.inner_text("main")
    states = [making.again(case).state for case in (late, due, third)]
    assert states == [ApplicationState.GRANTED, ApplicationState.REFUSED, ApplicationState.SUPPLEMENTING]


def test_keys_press_the_buttons_and_errors_take_the_focus(
    page, live_site: str, officer: User, cases: list[Application]
) -> None:
    sign_in(page, officer, site=live_site)
    page.goto("/office/")
    page.keyboard.press("Alt+j")
    page.wait_for_url(f"**/{cases[0].reference}")
    page.keyboard.press("Alt+g")
    page.wait_for_url("**/grant")
    page.fill("#id_reasons", "同意")
    page.keyboard.press("Alt+Enter")
    page.wait_for_selector("[data-error-summary]")
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    assert_accessible(page)


def test_the_pages_between_and_after_are_accessible(
    open_page, live_site: str, officer: User, cases: list[Application]
) -> None:
    page = open_page(width=390)
    sign_in(page, officer, site=live_site)
    case = f"/office/applications/{cases[0].reference}"
    page.goto(f"{case}/refuse")
    page.fill("#id_reasons", "户籍不在本区，不符合发放办法第四条。")
    for button in ("下一步：核对决定", "确认，不予批准"):
        page.click(f"text={button}")
        assert_accessible(page)
        assert_fits(page)
    for address in (case, "/office/done", f"{case}/grant"):
        page.goto(address)
        assert_accessible(page)
        assert_fits(page)
