"""A daughter files for her mother of 83 on a phone, loses line and session, and sees nothing once it is taken back."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.contrib.sessions.models import Session
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.acting import delegating
from accounts.models import Message, User
from approvals import reviewing
from approvals.applying import drafting
from approvals.models import Application, Attachment, Draft
from certificates.models import Certificate
from common import clock
from tests.factories import district, uploads
from tests.factories.district import ALLOWANCE, Citizen
from tests.factories.uploads import READER_CARD
from tests.processes.browsing import assert_accessible, assert_fits
from tests.processes.lines import Line
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import PASSWORD, enter, sign_in

MATTER = "读者卡办理（测试）"
SHOTS = os.environ.get("SHOTS_FOLDER", "")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
NOTE = "母亲戴眼镜，这是近照"
SLOW = {"offline": False, "latency": 20, "downloadThroughput": 10_000_000, "uploadThroughput": 20_000}


@dataclass
class Family:
    """Two people and their phones."""

    mother: Citizen
    daughter: Citizen
    hers: Page
    mothers: Page
    line: Line  # between the daughter's phone and the portal


@pytest.fixture
def family(
    chromium: Browser, telling_site: str, gateway: dict[str, str], city: FarStandin, settings: Any
) -> Iterator[Family]:
    """A mother of 83 who let her daughter act for her. Contexts of their own: a broken line shows in the console."""
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)
    # Here too: the officer's act is done in this process.
    settings.TELL_WINDOW_SECONDS, settings.SMS_URL = 0, gateway["SMS_URL"]
    with transaction.atomic():
        uploads.publish(clock.now())
    mother = enter(city, name="吴玉兰", born=clock.today().replace(year=clock.today().year - 83, day=1))
    daughter = enter(city, name="陈晓琳", born=date(1974, 5, 1))
    delegating.give(mother.person, agent=daughter.person, until=clock.today() + timedelta(days=30))
    contexts: list[BrowserContext] = []
    line = Line(to=int(telling_site.rpartition(":")[2]))
    for site in (line.site, telling_site):
        contexts.append(
            chromium.new_context(base_url=site, viewport={"width": 390, "height": 844}, locale="zh-CN")
        )
        contexts[-1].set_default_timeout(15_000)
    yield Family(mother, daughter, contexts[0].new_page(), contexts[1].new_page(), line)
    for context in contexts:
        context.close()
    line.shutdown()
    line.server_close()


def looks_right(page: Page, name: str) -> None:
    """Hold a page to axe and width; keep a picture for who wants to look: SHOTS_FOLDER=…"""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"daughter-{name}.png"), full_page=True)
    assert_accessible(page)
    assert_fits(page)


def send_on_a_line_that_breaks(page: Page, line: Line, content: bytes) -> None:
    """Choose the photo on a slow line, and lose the line when part of it has gone."""
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", SLOW)
    page.set_input_files(
        "#id_photo", {"name": "IMG_20261120_091500.jpg", "mimeType": "image/jpeg", "buffer": content}
    )
    page.wait_for_selector("text=/正在上传，[1-9]/")
    line.cut()
    page.wait_for_selector("text=网络断了，这个文件还没有传完")
    assert not Attachment.objects.exists()
    looks_right(page, "2-line-broken")
    slow.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    slow.detach()
    line.mend()


def end_session(page: Page) -> None:
    """Let the hours pass in which nothing was done."""
    key = next(c["value"] for c in page.context.cookies() if c.get("name") == product.SESSION_COOKIE_NAME)
    assert Session.objects.filter(session_key=key).update(expire_date=LONG_AGO)


def sms_page(page: Page, *, containing: str) -> str:
    """Return what the stand-in's page shows once a letter has arrived there."""
    for _ in range(40):
        page.goto("/demo/sms")
        if containing in (text := page.inner_text("main")):
            return text
        page.wait_for_timeout(250)
    raise AssertionError(f"no SMS says {containing}: {text}")


def grant(user: User, reference: str) -> Certificate:
    """Have an officer grant the case."""
    case = Application.objects.select_related("matter__department", "edition", "person").get(
        reference=reference
    )
    reviewing.grant(user, application=case, reasons="照片清楚，符合条件。")
    decision = Application.objects.get(reference=reference).decisions.get()
    return Certificate.objects.get(source=f"decision:{decision.pk}")


def status(page: Page, address: str, *, post: bool = False) -> int:
    """Return how an address answers this browser, without following it elsewhere."""
    if not post:
        return page.request.get(address, headers={"X-Requested-With": "fetch"}, max_redirects=0).status
    token = next(c["value"] for c in page.context.cookies() if c.get("name") == "csrftoken")
    headers = {"X-CSRFToken": str(token)}
    return page.request.post(address, form={"key": "k"}, headers=headers, max_redirects=0).status


def test_the_daughters_story(family: Family, timetable: None) -> None:
    phone, mother = family.hers, family.mother
    sign_in(phone, family.daughter.user)
    phone.goto("/me")
    phone.click("li:has-text('吴玉兰') button:has-text('替对方办事')")
    phone.wait_for_selector(".acting:has-text('吴玉兰')")
    phone.goto(f"/matters/{READER_CARD}/start")
    looks_right(phone, "1-consent")
    phone.locator("main form button").first.click()
    phone.wait_for_url(re.compile(r"/drafts/\d{20}/1"))
    # 1: a photo taken sideways; the line breaks in the middle, and the same file goes again
    send_on_a_line_that_breaks(phone, family.line, uploads.photo(sideways=True, gps=True, size=(2400, 3200)))
    phone.click("button:has-text('再传一次')")
    phone.wait_for_selector(".upload img")
    phone.wait_for_selector(".ticks li:has-text('近期免冠照片'):has-text('已上传')")
    phone.fill("[name=note]", NOTE)
    # 2: the session has ended meanwhile; nothing of it is lost
    end_session(phone)
    phone.click("main button[value=next]")
    phone.wait_for_url("**/sign-in**")
    looks_right(phone, "3-signed-out")
    phone.fill("[name=username]", family.daughter.user.username)
    phone.fill("[name=password]", PASSWORD)
    phone.click("main form button:not([type=button])")
    phone.wait_for_selector("text=这一页是替“吴玉兰”办的")
    looks_right(phone, "4-whose-page")
    phone.click("button:has-text('换成替“吴玉兰”办')")
    phone.wait_for_selector(".upload img")
    phone.wait_for_load_state("networkidle")
    looks_right(phone, "5-everything-there")
    assert phone.input_value("[name=note]") == NOTE
    tall = "(i => i.naturalHeight > i.naturalWidth)(document.querySelector('.upload img'))"
    assert phone.evaluate(tall), "upright"
    # 3: to the end
    for _ in range(2):
        phone.click("main button[value=next]")
    phone.wait_for_url(re.compile("/check"))
    looks_right(phone, "6-check")
    phone.click("button:has-text('确认并提交申请')")
    phone.wait_for_selector("text=已转人工办理")
    looks_right(phone, "7-referred")
    reference = phone.url.rpartition("/")[2]
    # 4: both hear of it by SMS, each on their own mobile
    text = sms_page(phone, containing=f"“{MATTER}”已受理")
    looks_right(phone, "8-sms")
    assert f"有人替您提交了“{MATTER}”的申请" in text
    for one in (mother, family.daughter):
        assert f"138****{one.person.mobile[-4:]}" in text
        assert one.person.mobile not in text
    assert "吴玉兰" not in text
    # 5: until the mother takes it back, the daughter sees what she filed and what became of it
    certificate = grant(district.officer(), reference)
    sms_page(phone, containing=f"“{MATTER}”已通过")
    draft = drafting.start(mother.principal, matter=district.matter(ALLOWANCE), consent=True)
    reads, acts = addresses(family, case=reference, draft=draft.reference, certificate=certificate.pk)
    open_ones = dict.fromkeys(reads, 200)
    open_ones |= {
        one: 409 for one in reads if re.search(r"/files/[^/]+$", one)
    }  # the original waits for its scan
    assert {address: status(phone, address) for address in reads} == open_ones
    phone.goto("/applications")
    assert MATTER in phone.inner_text("main")
    revoke(family)
    # 6: and nothing afterwards
    assert {address: status(phone, address) for address in reads} == dict.fromkeys(reads, 404)
    assert {address: status(phone, address, post=True) for address in acts} == dict.fromkeys(acts, 404)
    sees_nothing(phone, tail=reference[-4:])
    assert status(family.mothers, f"/applications/{reference}") == 200
    assert status(family.mothers, f"/certificates/{certificate.pk}") == 200
    assert Application.objects.get(reference=reference).state == "granted"
    assert Draft.objects.filter(reference=draft.reference).exists()


def addresses(
    family: Family, *, case: str, draft: str, certificate: uuid.UUID
) -> tuple[list[str], list[str]]:
    """Return what the daughter may read, and where she may act, as long as she acts for her mother."""
    file = Attachment.objects.get().file_id
    letters = Message.objects.filter(person=family.daughter.person, case_reference=case)
    assert {one.kind for one in letters} >= {"referred", "granted"}
    reads = [
        f"/drafts/{draft}/1",
        f"/drafts/{draft}/check",
        f"/applications/{case}",
        f"/applications/{case}/progress",
        f"/applications/{case}/print",
        f"/certificates/{certificate}",
        f"/files/{file}",
        f"/files/{file}/small",
        f"/files/{file}/pages/1",
        *(f"/messages/{one.pk}" for one in letters),
    ]
    acts = [
        f"/drafts/{draft}/1",
        f"/drafts/{draft}/save/1",
        f"/drafts/{draft}/discard",
        f"/uploads/{draft}/photo",
        f"/applications/{draft}/submit",
        f"/applications/{case}/withdraw",
        f"/applications/{case}/rating",
        *(f"/messages/{one.pk}" for one in letters),
    ]
    return reads, acts


def revoke(family: Family) -> None:
    """Let the mother take it back on her own phone."""
    page = family.mothers
    sign_in(page, family.mother.user)
    page.goto("/me/family")
    looks_right(page, "9-mother-family")
    page.click("a:has-text('撤回')")
    looks_right(page, "10-mother-revokes")
    page.click("main button:has-text('撤回授权')")
    page.wait_for_selector("text=代办授权已结束")


def sees_nothing(phone: Page, *, tail: str) -> None:
    """Hold every list of the daughter's to telling nothing of her mother's case."""
    phone.goto("/applications")
    looks_right(phone, "11-daughter-after")
    assert MATTER not in phone.inner_text("main")
    if (back := phone.locator(".acting button:has-text('换回我本人')")).count():
        back.click()
        phone.wait_for_url("**/me")
    for address in ("/", "/me", "/applications", "/certificates", "/certificates/uses", "/authorisations"):
        phone.goto(address)
        assert "吴玉兰" not in (seen := phone.inner_text("main")), address
        assert address == "/" or MATTER not in seen, address  # the home page lists all there is
    phone.goto("/messages")
    looks_right(phone, "12-daughter-messages")
    seen = phone.inner_text("main")
    assert MATTER not in seen
    assert tail not in seen
    assert "有 2 条没有看过" in seen, "that she was given the mandate, and that it has ended"
