"""The story of the photo on a phone: taken sideways, the line breaks, signed in again; then the officer."""

from __future__ import annotations

import base64
import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from playwright.sync_api import Browser, FilePayload, Page, Route

from approvals.applying import drafting
from approvals.models import Application, Attachment, Draft
from common import clock
from records.files.standin import EICAR, Mood, StandinScanner
from records.models import StoredFile
from records.tasks import scan
from tests.factories import district, uploads
from tests.factories.uploads import READER_CARD
from tests.processes import dumping
from tests.processes.browsing import assert_accessible, assert_fits
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import enter, sign_in

SENIOR_CARD = "11440507MB2X00012R4442011002000"
NAME = "IMG_20261120_091500.jpg"
START = bytes.fromhex(
    "ffd8ffe000104a464946000101"
)  # of every JFIF file; shorter ones turn up in encrypted values by chance

SHOTS = os.environ.get("SHOTS_FOLDER", "")


def picture(content: bytes) -> FilePayload:
    return {"name": NAME, "mimeType": "image/jpeg", "buffer": content}


@pytest.fixture(autouse=True)
def _empty_shelves() -> None:
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)


@pytest.fixture
def matter(city: FarStandin) -> FarStandin:
    with transaction.atomic():
        uploads.publish(clock.now())
    return city


def shot(page: Page, name: str) -> None:
    """Keep a picture for who wants to look: SHOTS_FOLDER=…"""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def looks_right(page: Page, name: str) -> None:
    shot(page, name)
    assert_accessible(page)
    assert_fits(page)


def begin(page: Page) -> None:
    """Open the draft from the consent page."""
    page.goto(f"/matters/{READER_CARD}/start")
    page.locator("main form button").first.click()
    page.wait_for_url(re.compile(r"/drafts/\d{20}/1"))


def sign_out(page: Page) -> None:
    page.context.clear_cookies()


def test_a_photo_taken_sideways_survives_a_broken_line_and_a_lost_session(
    chromium: Browser, live_site: str, worker: Processes, matter: FarStandin
) -> None:
    others = {path for path in settings.FILES_DIR.rglob("*") if path.is_file()}  # of earlier tests
    # A context of its own: a broken line stands in the browser's console, as it should.
    context = chromium.new_context(base_url=live_site, viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.set_default_timeout(15_000)
    phone, citizen = context.new_page(), enter(matter)
    sign_in(phone, citizen.user)
    begin(phone)
    looks_right(phone, "uploads-empty")
    photo = uploads.photo(sideways=True, gps=True, size=(2400, 3200))
    # 1: the line breaks in the middle
    breaks: Callable[[Route], None] = lambda route: route.abort("connectionreset")  # noqa: E731
    phone.route("**/uploads/**", breaks)
    phone.set_input_files("#id_photo", picture(photo))
    phone.wait_for_selector("text=网络断了，这个文件还没有传完")
    looks_right(phone, "uploads-broken")
    assert not Attachment.objects.exists()
    # 2: it is back; the same file goes again without being chosen again
    phone.unroute("**/uploads/**", breaks)
    phone.click("button:has-text('再传一次')")
    phone.wait_for_selector(".upload img")
    phone.wait_for_load_state("networkidle")
    looks_right(phone, "uploads-one")
    # 3: signed out in the middle, signed in again, everything is there
    phone.fill("[name=note]", "戴眼镜的近照")
    address = phone.url
    phone.wait_for_selector("text=/已于 .* 保存/")
    phone.wait_for_timeout(2500)
    sign_out(phone)
    sign_in(phone, citizen.user)
    phone.goto(address)
    phone.wait_for_selector(".upload img")
    assert phone.input_value("[name=note]") == "戴眼镜的近照"
    tall = phone.evaluate("(i => i.naturalHeight > i.naturalWidth)(document.querySelector('.upload img'))")
    assert tall, "upright"
    # 4: to the end
    phone.click("main button[value=next]")
    phone.wait_for_url(re.compile("/2"))
    phone.click("main button[value=next]")
    phone.wait_for_url(re.compile("/check"))
    looks_right(phone, "uploads-check")
    phone.click("button:has-text('确认并提交申请')")
    phone.wait_for_selector("text=已转人工办理")
    looks_right(phone, "uploads-referred")
    context.close()
    # 5: nothing of where it was taken, nothing in clear
    attachment = Attachment.objects.select_related("file").get()
    client = Client()
    client.force_login(citizen.user)
    assert uploads.is_upright(client.get(f"/files/{attachment.file_id}/pages/1").content)
    found = {path for path in settings.FILES_DIR.rglob("*") if path.is_file()} - others
    kept = [path.read_bytes() for path in found]
    assert len(kept) == 2, "the photo and its small picture, nothing left of the transfers"
    for content in kept:
        assert not any(
            sign in content for sign in (b"\xff\xd8\xff", b"JFIF", b"Exif", uploads.PLACE.encode())
        )


def test_the_officer_sees_it_upright_and_leaves_a_trace(
    open_page: Callable[..., Page], live_site: str, worker: Processes, matter: FarStandin
) -> None:
    citizen = enter(matter)
    page = open_page(width=1280)
    sign_in(page, citizen.user)
    begin(page)
    page.set_input_files("#id_photo", picture(uploads.photo(sideways=True, size=(1200, 1600))))
    page.wait_for_selector(".upload img")
    looks_right(page, "uploads-one-1280")
    page.click("main button[value=next]")
    page.check("[name=lives][value=rented]")
    page.wait_for_selector("#id_proof")
    for number in (1, 2):
        page.set_input_files(
            "#id_proof", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": uploads.pdf(3)}
        )
        page.wait_for_selector(f"text=住址证明 {number}")
    looks_right(page, "uploads-pdf")
    page.click("main button[value=next]")
    page.click("button:has-text('确认并提交申请')")
    page.wait_for_selector("text=已转人工办理")
    with transaction.atomic():
        user = district.officer()
    case = Application.objects.get()
    desk = open_page(width=1280)
    client = Client()
    client.force_login(user)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    desk.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_site}])
    desk.goto(f"/office/applications/{case.reference}")
    desk.wait_for_selector(".upload img")
    desk.wait_for_load_state("networkidle")
    tall = desk.evaluate("(i => i.naturalHeight > i.naturalWidth)(document.querySelector('.upload img'))")
    assert tall, "upright"
    looks_right(desk, "office-files")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_journalentry WHERE act = 'file_looked_at'")
        assert cursor.fetchone() == (3,)


def test_without_a_script_the_plain_form_does_it_all(
    plain_page: Page, worker: Processes, matter: FarStandin
) -> None:
    citizen = enter(matter)
    sign_in(plain_page, citizen.user)
    begin(plain_page)
    plain_page.set_input_files("#id_photo", picture(b"MZ" + bytes(4000)))
    plain_page.click("button[name=upload]")
    assert "这是一个程序，不能收" in plain_page.inner_text("main")
    shot(plain_page, "uploads-refused")
    plain_page.set_input_files("#id_photo", picture(uploads.photo()))
    plain_page.click("button[name=upload]")
    plain_page.wait_for_selector(".upload img")
    plain_page.click("button[name=remove]")
    assert plain_page.locator(".upload").count() == 0
    plain_page.set_input_files("#id_photo", picture(uploads.photo()))
    plain_page.click("main button[value=next]")
    plain_page.wait_for_url(re.compile("/2"))
    assert Draft.objects.get().answers["photo"] == 1


def test_thirty_megabytes_are_refused_with_words_by_script_and_by_form(
    open_page: Callable[..., Page], matter: FarStandin, tmp_path: Path
) -> None:
    citizen = enter(matter)
    large = tmp_path / "large.jpg"
    large.write_bytes(b"\xff\xd8\xff" + bytes(30_000_000))
    for javascript in (True, False):
        page = open_page(javascript=javascript)
        sign_in(page, citizen.user)
        begin(page)
        page.set_input_files("#id_photo", large)
        if not javascript:
            page.click("button[name=upload]")
        page.wait_for_selector("text=这个文件有 30 MB，超过 10 MB，没有收下")


@pytest.fixture
def scanned(begin_worker: Callable[..., None], processes: Processes) -> Iterator[Callable[[Mood], None]]:
    """A worker with a stand-in scanner in a thread of this test, told how to behave."""
    with StandinScanner() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        begin_worker(CLAMD_URL=server.url)

        def behave(mood: Mood) -> None:
            server.mood = mood

        yield behave
        server.ended.set()
        server.shutdown()


def test_a_scan_that_hangs_keeps_nobody_waiting(
    page: Page, scanned: Callable[[Mood], None], matter: FarStandin, processes: Processes
) -> None:
    """The other process of the worker decides meanwhile; the page says that the file waits."""
    scanned(Mood.HANG)
    citizen = enter(matter)
    sign_in(page, citizen.user)
    begin(page)
    page.set_input_files("#id_photo", picture(uploads.photo()))
    page.wait_for_selector(".upload img")
    scan.apply_async()
    page.click("main button[value=next]")
    page.click("main button[value=next]")
    page.click("button:has-text('确认并提交申请')")
    page.wait_for_selector("text=已转人工办理")
    assert "未查毒" in page.inner_text("main")
    assert StoredFile.objects.get().scan == "unscanned"


def test_a_test_virus_is_found_by_the_worker_and_quarantined(
    page: Page, scanned: Callable[[Mood], None], matter: FarStandin
) -> None:
    scanned(Mood.WELL)
    citizen = enter(matter)
    sign_in(page, citizen.user)
    begin(page)
    page.set_input_files("#id_photo", picture(uploads.photo()))
    page.wait_for_selector(".upload img")
    page.click("main button[value=next]")
    page.check("[name=lives][value=rented]")
    bad = uploads.pdf() + b"\n%" + EICAR + b"\n"
    page.set_input_files("#id_proof", {"name": "p.pdf", "mimeType": "application/pdf", "buffer": bad})
    page.wait_for_selector("text=住址证明 1")
    scan.apply_async()
    for _ in range(50):
        page.wait_for_timeout(100)
        if StoredFile.objects.filter(scan="unscanned").count() == 0:
            break
    page.reload()
    assert "这个文件里有病毒" in page.inner_text("main")
    looks_right(page, "uploads-infected")


def test_no_table_holds_what_was_uploaded(page: Page, matter: FarStandin) -> None:
    citizen, photo = enter(matter), uploads.photo(gps=True)
    assert photo.startswith(START)
    sign_in(page, citizen.user)
    begin(page)
    page.set_input_files("#id_photo", picture(photo))
    page.wait_for_selector(".upload img")
    here = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}")
    rows = dumping.tables(urlunsplit(here))
    assert rows["public.records_storedfile"]
    for table, content in rows.items():
        for needle in (
            uploads.PLACE.encode(),
            NAME.encode(),
            START.hex().encode(),
            base64.b64encode(START[:12]),
        ):
            assert needle not in content, table


def test_half_an_upload_leaves_nothing_behind(live_site: str, matter: FarStandin) -> None:
    """The line breaks while the server is reading; what was kept before stays, the half is gone."""
    citizen = enter(matter)
    draft = drafting.start(citizen.principal, matter=district.matter(READER_CARD), consent=True)
    client = Client()
    client.force_login(citizen.user)
    name = settings.SESSION_COOKIE_NAME
    cookies = f"{name}={client.cookies[name].value}; csrftoken={'a' * 32}"
    head = f'--x\r\nContent-Disposition: form-data; name="photo"; filename="{NAME}"\r\nContent-Type: image/jpeg\r\n\r\n'
    request = (
        f"POST /uploads/{draft.reference}/photo HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n"
        f"X-CSRFToken: {'a' * 32}\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: 5000000\r\n\r\n"
    )
    place = urlsplit(live_site)
    incoming = settings.FILES_DIR / "incoming"
    with socket.create_connection((str(place.hostname), int(place.port or 0))) as line:
        line.sendall((request + head).encode() + uploads.photo()[:200] + bytes(2_000_000))
        _until(lambda: incoming.is_dir() and any(incoming.iterdir()))
        (half,) = incoming.iterdir()
        # sixteen bytes: three would stand in megabytes of what is sealed now and then, by chance
        assert uploads.photo()[:16] not in half.read_bytes(), "sealed while it comes"
    _until(lambda: not any(incoming.iterdir()))
    assert not Attachment.objects.exists()
    with transaction.atomic():
        assert client.post(f"/uploads/{draft.reference}/photo", {"photo": _file()}).status_code == 200


def _file() -> SimpleUploadedFile:
    return SimpleUploadedFile(NAME, uploads.photo(), content_type="image/jpeg")


def _until(holds: Callable[[], bool]) -> None:
    end = clock.monotonic_ms() + 10_000
    while not holds():
        assert clock.monotonic_ms() < end, "waited ten seconds in vain"
        time.sleep(0.05)


def test_a_photo_is_asked_for_with_a_card_to_hold_alone_and_looked_at_by_a_person(
    phone: Page, worker: Processes, city: FarStandin
) -> None:
    sign_in(phone, enter(city).user)
    phone.goto(f"/matters/{SENIOR_CARD}/start")
    phone.locator("main form input[type=checkbox]").first.check()
    phone.click("button:has-text('同意并继续')")
    phone.wait_for_url(re.compile("/check"))  # nothing is missing for the card on the phone
    phone.goto(phone.url.replace("/check", "/1"))
    assert phone.locator("#id_photo").count() == 0
    phone.check("[name=card][value=physical]")
    phone.wait_for_selector("#id_photo")
    phone.set_input_files("#id_photo", picture(uploads.photo(sideways=True)))
    phone.wait_for_selector(".upload img")
    phone.fill("[name=mail_to]", "示例市龙湖区珠池街道长平路演示号")
    looks_right(phone, "card-form")
    phone.click(".actionbar button[value=next]")
    phone.wait_for_url(re.compile("/check"))
    phone.click("button:has-text('确认并提交申请')")
    phone.wait_for_selector("text=不凭没看过的照片发证")
    looks_right(phone, "card-referred")
