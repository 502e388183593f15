"""Two screens side by side: the holder's phone shows a code, the window scans, asks and sees, until it is over."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from certificates.models import Presentation, Scan, UseRecord
from certificates.presenting import codes
from common import clock
from tests.factories import district
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import enter, looks_right
from tests.processes.test_office import sign_in

CODE = "/certificates/code"
SMALLEST = 240  # pixels: a scanner at arm's length


def scan(window: Page, code: str) -> None:
    """Scan as a scanner does: it types, and ends with Enter."""
    window.keyboard.press("F2")
    window.keyboard.insert_text(code)
    window.keyboard.press("Enter")


def test_shown_scanned_agreed_seen_and_over(
    open_page: Callable[..., Page], city: FarStandin, live_site: str
) -> None:
    chen, clerk = enter(city), district.clerk()
    phone, window = open_page(width=390, height=844), open_page()
    sign_in(phone, chen.user, site=live_site)
    sign_in(window, clerk, site=live_site)
    window.goto("/counter/")
    window.keyboard.insert_text("３")  # the field has the focus; full-width digits count
    window.keyboard.press("Enter")
    window.wait_for_selector("text=3 号窗口")
    looks_right(window)

    phone.goto(CODE)
    looks_right(phone)
    phone.click("button:has-text('出示亮证码')")
    box = phone.locator(".qr svg").bounding_box()
    assert box is not None
    assert box["width"] >= SMALLEST
    looks_right(phone)
    text = codes.current(Presentation.objects.get(), at=clock.now()).text

    phone.click("summary:has-text('扫不出来')")
    scan(window, phone.inner_text(".show__typed"))  # read aloud, and typed with its spaces
    window.wait_for_selector("text=办什么事")
    phone.wait_for_selector("text=3 号窗口已扫码")
    looks_right(window)
    window.keyboard.insert_text("老人津贴")
    window.keyboard.press("Enter")
    window.click("a:has-text('高龄老人津贴')")
    window.wait_for_selector("text=请求用证")
    looks_right(window)
    window.keyboard.press("Alt+Enter")
    window.wait_for_selector("text=等群众在手机上回答")

    phone.wait_for_selector("text=3 号窗口请求使用")
    looks_right(phone)
    assert chen.person.name not in window.inner_text("main")
    phone.click("button:has-text('同意') >> nth=0")
    phone.wait_for_selector("text=已同意 3 号窗口查看")
    window.wait_for_selector(f"text={chen.person.name}")
    looks_right(window)
    assert UseRecord.objects.filter(mode="presented", outcome="found", post="3 号窗口 窗口人员").exists()

    Scan.objects.update(access_until=clock.now())  # ten minutes later
    window.wait_for_selector("text=10 分钟已到")
    assert chen.person.name not in window.inner_text("main")
    phone.wait_for_selector("text=这次出示已经结束")
    scan(window, text)  # a photograph of the same code
    window.wait_for_selector("text=已经在 3 号窗口扫过")
