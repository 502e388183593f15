"""The public pages in a real browser: both widths, all looks; what they weigh; one A4 page; no JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, Response

from accounts.models import Person, User
from common import clock
from matters.models import Matter
from tests import shelving
from tests.portal.public import making
from tests.processes.browsing import assert_fits, axe

GUIDE = f"/matters/{making.ALLOWANCE}/"
OPEN = ["/", "/?for=organisation", "/matters", "/matters?q=zzzz", GUIDE, "/check", "/check?id=1.2"]
OPEN += ["/c/unknown", "{valid}", "/privacy", "/accessibility", "/sitemap"]
DOORS = ["/sign-in", "/staff/sign-in"]
# Width, look, signed in. What a guest sees in the other looks is in test_every_page.
VISITS = [
    (390, ("display_mode", "normal"), True),
    (1280, ("display_mode", "normal"), False),
    (390, ("display_mode", "elder"), True),
    (1280, ("display_contrast", "high"), True),
]
MOST_BYTES, MOST_REQUESTS = 130_000, 12


@pytest.fixture(scope="session")
def _district(django_db_setup: None, django_db_blocker: Any) -> None:
    """Loaded once."""
    with django_db_blocker.unblock():
        shelving.shelve("public_district", making.district)


@pytest.fixture
def chen(_district: None, transactional_db: None) -> Person:
    """A person with one certificate that runs out soon, a business, a notice to answer, and a case behind figures."""
    with transaction.atomic():
        shelving.put_back("public_district")
        person = making.citizen()
        making.certificate(person, "resident_id", until=clock.today() + timedelta(days=9))
        making.certificate(person, "household_register")
        making.business(person)
        cases = making.Cases(making.matter())
        cases.granted(making.citizen("lin", name="林国辉"), at=clock.now() - timedelta(hours=1))
        cases.supplementing(person)
    return person


def sign_in(page: Page, user: User | None, *, site: str) -> None:
    assert user is not None
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": site}])


@pytest.mark.parametrize(("width", "look", "signed_in"), VISITS)
def test_pages_are_accessible_and_fit(
    open_page, live_site: str, chen: Person, width: int, look: tuple[str, str], signed_in: bool
) -> None:
    page = open_page(width=width)
    if signed_in:
        sign_in(page, chen.user, site=live_site)
    page.context.add_cookies([{"name": look[0], "value": look[1], "url": live_site}])
    valid = chen.certificates.order_by("pk").first()
    assert valid is not None
    found: dict[str, object] = {}
    for address in OPEN if signed_in else OPEN + DOORS:
        page.goto(address.replace("{valid}", f"/c/{valid.check_token}"))
        found[address] = axe(page)
        assert_fits(page)
    assert not {address: findings for address, findings in found.items() if findings}


@pytest.mark.parametrize("address", ["/", GUIDE])
def test_a_first_visit_is_light(open_page, chen: Person, address: str) -> None:
    page = open_page(width=390)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 -- Playwright marks it, a builtin cannot be
    page.goto(address)
    page.wait_for_load_state("networkidle")
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers}
    assert len(sizes) <= MOST_REQUESTS, sizes
    assert sum(sizes.values()) <= MOST_BYTES, sizes


def test_every_guide_prints_on_one_page(page: Page, chen: Person) -> None:
    for matter in Matter.objects.order_by("code"):
        page.goto(f"/matters/{matter.code}/")
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, matter.name


def test_find_read_choose_and_sign_in_without_javascript(plain_page: Page, chen: Person) -> None:
    page = plain_page
    page.goto("/")
    page.fill("#q", "老人补贴")
    page.click(".search button")
    page.click(".matters h3 a >> nth=0")
    assert page.url.endswith(GUIDE)
    before = page.inner_text("#materials")
    page.check("#situation input:not(:checked) >> nth=0")
    page.click("#situation button")
    assert page.inner_text("#materials") != before
    page.click(".applybox__act a")
    page.fill("#id_username", "chen")
    page.fill("#id_password", making.PASSWORD)
    page.click("main .button--action")
    assert f"/matters/{making.ALLOWANCE}/" in page.url or "/applications/" in page.url
    page.goto("/")
    assert "需要补正 2 项" in page.inner_text(".todo")
    page.click(".actfor button")
    assert "改为办本人的事" in page.inner_text(".todo")
    page.click(".userpill summary")
    page.click("text=退出登录")
    assert "您已退出登录" in page.inner_text("main")


def test_a_wrong_password_takes_the_focus_to_what_is_wrong(page: Page, chen: Person) -> None:
    page.goto("/sign-in")
    page.fill("#id_username", "chen")
    page.fill("#id_password", "wrong")
    page.click("main .button--action")
    page.wait_for_selector("[data-error-summary]")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.click(".errors a")
    assert page.evaluate("document.activeElement.id") == "id_username"
