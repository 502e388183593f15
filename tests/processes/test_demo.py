"""The demo's pages in a real browser: accessible in every mode, usable on a phone and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.conf import settings
from playwright.sync_api import Page

from portal.demo import shifted, shifting
from portal.demo.district import loading
from portal.demo.district.lives import district
from portal.web.display import cookie
from tests import shelving
from tests.processes import browsing

PAGES = ("/demo/sign-in", "/demo/clock")
MODES: list[dict[str, str]] = [{}, {"mode": "elder"}, {"contrast": "high"}]


@pytest.fixture(scope="session")
def _demo(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Loaded once."""
    with django_db_blocker.unblock():
        file = tmp_path_factory.mktemp("demo") / "registers.json"
        shelving.shelve("demo", lambda: loading.load(register_file=file))


@pytest.fixture
def demo(_demo: None, transactional_db: None) -> None:
    """The demo district, committed."""
    redis.Redis.from_url(settings.REDIS_URL).delete(shifted.KEY)
    shifted.forget()
    shelving.put_back("demo")


def go(page: Page, path: str) -> None:
    page.goto(path)
    assert page.title()


@pytest.mark.parametrize("cookies", MODES, ids=lambda mode: "+".join(mode.values()) or "normal")
def test_the_pages_are_accessible_and_fit(
    demo: None,
    open_page: Callable[..., Page],
    live_site: str,
    cookies: dict[str, str],
) -> None:
    shifting.shift(3)
    page = open_page(width=390 if cookies else 1280)
    page.context.add_cookies(
        [{"name": cookie(name), "value": chosen, "url": live_site} for name, chosen in cookies.items()]
    )
    for path in PAGES:
        go(page, path)
        assert "比今天晚 3 天" in page.locator(".demo").inner_text()
        browsing.assert_accessible(page)
        browsing.assert_fits(page)


def test_one_click_and_one_is_somebody(demo: None, plain_page: Page) -> None:
    go(plain_page, "/demo/sign-in")
    assert plain_page.get_by_role("button", name="登录为").count() == len(district().lives) + len(
        district().staff
    )
    plain_page.get_by_role("button", name="登录为陈秀莲").click()
    assert plain_page.locator(".userpill").first.inner_text().strip().endswith("陈秀莲")


def test_the_clock_is_moved_and_every_page_says_so(demo: None, plain_page: Page) -> None:
    go(plain_page, "/demo/clock")
    plain_page.get_by_role("button", name="晚 5 天").click()
    for path in ("/", "/matters", "/demo/sign-in"):
        go(plain_page, path)
        assert f"{shifted.day_after(5):%Y-%m-%d}（比今天晚 5 天）" in plain_page.locator(".demo").inner_text()
    plain_page.get_by_role("link", name="调整", exact=True).click()
    plain_page.get_by_role("button", name="回到今天").click()
    assert "比今天晚" not in plain_page.locator(".demo").inner_text()


def test_a_shift_made_elsewhere_is_seen_within_a_second(demo: None, page: Page) -> None:
    go(page, "/demo/clock")
    shifting.shift(3)
    page.wait_for_timeout(1000)
    page.reload()
    assert "比今天晚 3 天" in page.locator(".demo").inner_text()
