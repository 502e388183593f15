"""Each file nobody should send, by the page's form and by its script: the sentence the applicant reads, nothing left.

docs/reference/uploaded-files.md says the same to people; the last test holds it to this table.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as product
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals.applying import attached
from approvals.models import Attachment, Draft
from records import tasks
from records.files import clamd
from records.files.standin import EICAR, Mood, StandinScanner
from records.models import StoredFile
from tests.factories import uploads
from tests.factories.uploads import READER_CARD
from tests.portal.citizen.conftest import only_case
from tests.portal.citizen.walking import draft_of, key_of, text_of

pytestmark = pytest.mark.django_db
WAYS = ["page", "script"]
DOCS = Path(product.BASE_DIR) / "docs" / "reference" / "uploaded-files.md"
SAVE_AS = "改文件名没有用，要用原来的程序另存为这些格式。"
ANY = "请上传照片或图片（JPG、PNG、HEIC）或 PDF。"
ARCHIVE = f"这是压缩包或 Word、Excel 文档，不能收。{ANY}{SAVE_AS}"
BROKEN = "这个文件打不开，可能已经损坏。请确认在您的手机或电脑上能打开，再上传；照片可以重新拍一张。"
ACTIVE = "这个 PDF 里带有脚本或附件，为了安全不能收。请打印成新的 PDF，或把每一页拍成照片再上传。"
LOCK = "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O ({0}) /U ({0}) >> /ID [(a) (a)]".format("x" * 32)


@dataclass(frozen=True)
class Bad:
    """A file: what it is, what it is called, how it is made, and what the applicant reads."""

    name: str
    make: Callable[[], bytes]
    says: str
    status: int = 422
    question: str = "proof"  # takes pictures and PDFs; "photo" takes pictures alone


BAD = [
    Bad(
        "30-MB.jpg",
        lambda: b"\xff\xd8\xff" + bytes(30_000_000),
        "这个文件有 30 MB，超过 10 MB，没有收下。请用手机重新拍一张，或把文件缩小后再上传。",
        status=413,
    ),
    Bad("zip-bomb.zip", uploads.zip_bomb, ARCHIVE),
    Bad("zip-bomb.docx", lambda: uploads.zip_bomb("word/document.xml"), ARCHIVE),
    Bad("zip-bomb-named.pdf", uploads.zip_bomb, ARCHIVE),
    Bad(
        "900-million-pixels.png",
        uploads.pixel_bomb,
        "这张图片有 30000×30000 像素，太大了。请缩小，或用手机重新拍一张。",
    ),
    Bad("program-named.pdf", lambda: b"MZ\x90\x00" + bytes(5000), f"这是一个程序，不能收。{ANY}{SAVE_AS}"),
    Bad(
        "page-named.jpg",
        lambda: b"<html><script>alert(1)</script>",
        f"这是网页或 SVG，不能收。{ANY}{SAVE_AS}",
    ),
    Bad(
        "3000-pages.pdf",
        lambda: uploads.pdf(3000),
        "这个 PDF 有 3000 页，最多 20 页。请只留下需要的几页再上传。",
    ),
    Bad(
        "password.pdf",
        lambda: uploads.written_pdf(trailer=LOCK),
        "这个 PDF 加了密码，工作人员打不开。请去掉密码，或把每一页拍成照片再上传。",
    ),
    Bad(
        "script-inside.pdf",
        lambda: uploads.written_pdf(catalogue="/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        ACTIVE,
    ),
    Bad("broken.jpg", lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, BROKEN),
    Bad("empty.jpg", lambda: b"", "这个文件是空的，没有收下。请确认文件能打开，再重新选择。"),
    Bad(
        "paper-for-a-photo.pdf",
        uploads.pdf,
        f"这是 PDF，不能收。请上传照片或图片（JPG、PNG、HEIC）。{SAVE_AS}",
        question="photo",
    ),
]


@cache
def made(bad: Bad) -> bytes:
    """The content, made once for both ways."""
    return bad.make()


@pytest.fixture(autouse=True)
def _shelves(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def draft(page: Client, noon: datetime) -> Draft:
    """A draft with something written and a good proof."""
    uploads.publish(noon)
    opened = draft_of(page, start=f"/matters/{READER_CARD}/start")
    page.post(f"/drafts/{opened.reference}/save/1", {"asked": "photo note", "note": "写好的"})
    assert send(page, opened, uploads.pdf(), way="page").status_code == 302
    return opened


def send(
    page: Client, draft: Draft, content: bytes, *, way: str, question: str = "proof", name: str = "IMG_1.jpg"
) -> Any:
    """Send a file as the form without a script does, or as the script does."""
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    if way == "script":
        return page.post(f"/uploads/{draft.reference}/{question}", {question: file})
    number = 1 if question == "photo" else 2
    written: dict[str, Any] = {"asked": "photo note", "note": "写好的"}
    if number == 2:
        written = {"asked": "lives proof", "lives": "rented"}
    return page.post(f"/drafts/{draft.reference}/{number}", {**written, question: file, "upload": question})


def said(response: Any, *, way: str) -> str:
    """What the applicant reads: the page's text, or what the script is told to show."""
    return str(json.loads(response.content)["message"]) if way == "script" else text_of(response)


def proofs(draft: Draft) -> list[Attachment]:
    return [one for one in attached.waiting(draft) if one.question == "proof"]


def added(page: Client, draft: Draft, content: bytes, *, way: str) -> StoredFile:
    """Send a file that is taken, and return it."""
    before = {one.pk for one in proofs(draft)}
    assert send(page, draft, content, way=way).status_code == (302 if way == "page" else 200)
    (new,) = (one for one in proofs(draft) if one.pk not in before)
    return new.file


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bad", BAD, ids=[one.name for one in BAD])
def test_a_bad_file_is_refused_with_what_to_do_and_leaves_nothing(
    page: Client, draft: Draft, settings: Any, bad: Bad, way: str
) -> None:
    response = send(page, draft, made(bad), question=bad.question, way=way, name=bad.name)
    assert response.status_code == bad.status
    text = said(response, way=way)
    assert (text == bad.says) if way == "script" else (bad.says in text), text
    assert bad.name not in response.content.decode()
    assert len(proofs(draft)) == 1, "the good one from before stays"
    assert StoredFile.objects.count() == 1
    assert not [path for path in settings.FILES_DIR.rglob("*") if path.is_file() and "incoming" in path.parts]
    assert Draft.objects.get().answers["lives"] == "rented"
    assert Draft.objects.get().answers["note"] == "写好的"


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_with_the_place_where_it_was_taken_is_kept_without_it(
    page: Client, draft: Draft, way: str
) -> None:
    kept = added(page, draft, uploads.photo(sideways=True, gps=True), way=way)
    shown = page.get(f"/files/{kept.pk}/pages/1").content
    assert uploads.is_upright(shown)
    assert uploads.PLACE.encode() not in shown
    assert b"Exif" not in shown


@pytest.fixture
def scanner(settings: Any, monkeypatch: Any) -> Iterator[StandinScanner]:
    monkeypatch.setattr(clamd.scan, "__kwdefaults__", {"seconds": 0.2})
    with StandinScanner() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        settings.CLAMD_URL = server.url
        yield server
        server.ended.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("way", WAYS)
def test_a_file_whose_scan_hangs_waits_safely_and_its_applicant_does_not(
    page: Client, draft: Draft, scanner: StandinScanner, decide: Callable[[], None], way: str
) -> None:
    scanner.mood = Mood.HANG
    send(page, draft, uploads.photo(), question="photo", way=way)
    newest = added(page, draft, uploads.pdf(2), way=way)
    assert tasks.scan() == 3, "each is looked at, in vain"
    newest.refresh_from_db()
    assert newest.scan == "unscanned"
    assert "正在查毒" in text_of(page.get(f"/drafts/{draft.reference}/2"))
    assert page.get(f"/files/{newest.pk}/pages/1").status_code == 200, "our own drawing may be seen"
    original = page.get(f"/files/{newest.pk}")
    assert original.status_code == 409
    assert "这个文件还没有查毒，暂时不能下载原件。可以先在页面上看图；查毒完成后再下载。" in text_of(original)
    key = key_of(page, draft.reference)
    assert page.post(f"/applications/{draft.reference}/submit", {"key": key}).status_code == 302
    decide()
    assert only_case().state == "in_review"
    scanner.mood = Mood.WELL


@pytest.mark.parametrize("way", WAYS)
def test_a_file_with_a_virus_is_taken_from_everybody_once_it_is_found(
    page: Client, draft: Draft, scanner: StandinScanner, way: str
) -> None:
    send(page, draft, uploads.photo(), question="photo", way=way)
    newest = added(page, draft, uploads.pdf() + b"\n%" + EICAR + b"\n", way=way)
    tasks.scan()
    assert "这个文件里有病毒，谁也打不开。请删除，换一个文件。" in text_of(
        page.get(f"/drafts/{draft.reference}/2")
    )
    for address in (f"/files/{newest.pk}", f"/files/{newest.pk}/small", f"/files/{newest.pk}/pages/1"):
        assert page.get(address).status_code == 404
    response = page.post(f"/applications/{draft.reference}/submit", {"key": "x"})
    assert response["Location"] == f"/drafts/{draft.reference}/2"


def test_the_docs_say_what_the_applicant_reads() -> None:
    told = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", DOCS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert told == [(one.name, one.says) for one in BAD]
