"""Files a clerk scans for the application she takes: the applicant's verbs, both names noted, shown while agreed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from approvals.applying import attached
from approvals.models import Application, Attachment, Draft
from certificates.models import Scan
from records.journal import events_of
from records.models import JournalEntry
from tests.factories import district, uploads
from tests.factories.standin import Standin
from tests.portal.citizen.walking import text_of
from tests.portal.counter.test_scanning import CODE, Pair, after
from tests.portal.counter.test_taking import agreed, confirm

pytestmark = pytest.mark.django_db
SENIOR_CARD = "11440507MB2X00012R4442011002000"  # asks for a photo when a card of plastic is wanted
WANTED = {
    "card": "physical",
    "residence": "household",
    "mail_to": "长平路 7 号",
    "asked": "residence card photo mail_to",
}


@pytest.fixture(autouse=True)
def _shelves(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def pair(city: Standin) -> Pair:
    holder, clerk = district.citizen(city), district.clerk()
    phone, window = Client(), Client()
    phone.force_login(holder.user)
    window.force_login(clerk)
    window.post(reverse("counter:window"), {"number": "3"})
    return Pair(holder, phone, clerk, window)


@pytest.fixture
def scan(pair: Pair) -> Scan:
    """An application being taken that asks for a photo."""
    found = agreed(pair, matter=SENIOR_CARD)
    pair.window.post(reverse("counter:take", args=[found.pk]))
    pair.window.post(address(found, "save"), WANTED)
    return found


def address(scan: Scan, name: str = "form", *more: str) -> str:
    return reverse(f"counter:{name}", args=[scan.pk, *more])


def file(content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile("scan.jpg", uploads.photo() if content is None else content, "image/jpeg")


def press(pair: Pair, scan: Scan, **sent: Any) -> Any:
    return pair.window.post(address(scan), {**WANTED, **sent})


def photo() -> Attachment:
    return attached.waiting(Draft.objects.get())[0]


def test_a_scanned_photo_goes_in_with_the_application_and_both_are_named(pair: Pair, scan: Scan) -> None:
    page = pair.window.get(address(scan)).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert f'data-uploads="{address(scan, "upload", "photo")}"' in page
    answer = press(pair, scan, photo=file(), upload="photo", mail_to="珠池街道长平路 8 号")
    assert answer["Location"] == f"{address(scan)}#id_photo"
    shown = pair.window.get(address(scan))
    assert "近期免冠照片 1" in text_of(shown)
    assert "珠池街道长平路 8 号" in shown.content.decode()
    stream = f"case:{scan.case_reference}"
    noted = JournalEntry.objects.get(stream=stream, act="file_attached")
    person = f"person:{pair.holder.person.pk}"
    assert (noted.actor, noted.details["for"]) == (f"user:{pair.clerk.pk}", person)
    assert photo().file.owner == f"user:{pair.clerk.pk}"
    assert any("3 号窗口上传了“近期免冠照片”" in event.text for event in events_of(stream))
    press(pair, scan, act="submit")
    on_the_phone = pair.phone.get(CODE).content.decode()
    assert "近期免冠照片" in on_the_phone
    confirm(pair, scan, on_the_phone)
    assert [one.question for one in attached.handed_in(Application.objects.get())] == ["photo"]


def test_questions_stand_there_by_their_short_names(pair: Pair, scan: Scan) -> None:
    """Elsewhere they are asked of the applicant: 您的户籍在哪里？"""
    answer = press(pair, scan, mail_to="", act="submit")
    assert answer.status_code == 422
    told = text_of(answer)
    for words in ("户籍情形", "优待证的形式", "请填写邮寄地址"):
        assert words in told
    assert "您的户籍" not in told


def test_without_the_photo_it_is_not_handed_in(pair: Pair, scan: Scan) -> None:
    answer = press(pair, scan, act="submit")
    assert answer.status_code == 422
    assert "请上传近期免冠照片" in text_of(answer)
    assert not Application.objects.exists()


def test_a_bad_file_is_refused_at_its_question_and_nothing_typed_is_lost(pair: Pair, scan: Scan) -> None:
    answer = press(pair, scan, photo=file(b"MZ" + bytes(50)), act="submit", mail_to="珠池街道 9 号")
    assert answer.status_code == 422
    assert "不能收" in text_of(answer)
    assert Draft.objects.get().answers["mail_to"] == "珠池街道 9 号"
    assert not Attachment.objects.exists()


def test_the_pages_script_sends_a_file_by_itself(pair: Pair, scan: Scan) -> None:
    answer = pair.window.post(address(scan, "upload", "photo"), {"photo": file()})
    assert (answer.status_code, answer.json()) == (200, {"question": "photo", "saved": True})
    wrong = pair.window.post(address(scan, "upload", "photo"), {"photo": file(b"MZ" + bytes(50))})
    assert wrong.status_code == 422
    assert "不能收" in wrong.json()["message"]


def test_the_clerk_turns_and_removes_and_the_applicant_reads_so(pair: Pair, scan: Scan) -> None:
    press(pair, scan, photo=file(uploads.photo(size=(800, 600))), upload="photo")
    press(pair, scan, turn=str(photo().file_id))
    press(pair, scan, remove=str(photo().file_id))
    assert not Attachment.objects.exists()
    told = [event.text for event in events_of(f"case:{scan.case_reference}")]
    assert [any(words in text for text in told) for words in ("上传了", "转正了方向", "删除了")] == [True] * 3


def look(window: Client, part: str, attachment: Attachment) -> int:
    more = [1] if part == "file_page" else []
    return window.get(reverse(f"counter:{part}", args=[attachment.file_id, *more])).status_code


def test_a_file_is_shown_to_who_takes_it_while_agreed_and_noted(pair: Pair, scan: Scan) -> None:
    press(pair, scan, photo=file(), upload="photo")
    other = Client()
    other.force_login(district.clerk())
    other.post(reverse("counter:window"), {"number": "5"})
    for part in ("file_small", "file_page"):
        assert look(pair.window, part, photo()) == 200
        assert look(other, part, photo()) == 404
    seen = JournalEntry.objects.get(act="file_looked_at")
    assert (seen.actor, seen.subject) == (f"user:{pair.clerk.pk}", str(photo().file_id))
    after(minutes=11)
    assert look(pair.window, "file_small", photo()) == 404
    late = pair.window.post(address(scan, "upload", "photo"), {"photo": file()})
    assert late.status_code == 409
    assert "请群众重新亮码" in late.json()["message"]
    assert Attachment.objects.count() == 1


def test_a_consent_taken_back_closes_the_files_at_once(pair: Pair, scan: Scan) -> None:
    press(pair, scan, photo=file(), upload="photo")
    pair.answer("withdraw")
    assert look(pair.window, "file_small", photo()) == 404
    answer = pair.window.post(address(scan, "upload", "photo"), {"photo": file()})
    assert answer.status_code == 409


def test_what_is_typed_is_kept_by_itself_and_not_after_the_ten_minutes(pair: Pair, scan: Scan) -> None:
    answer = pair.window.post(address(scan, "save"), {**WANTED, "mail_to": "珠池街道 3 号"})
    assert answer.status_code == 200
    assert Draft.objects.get().answers["mail_to"] == "珠池街道 3 号"
    after(minutes=11)
    pair.window.post(address(scan, "save"), {**WANTED, "mail_to": "别处"})
    assert Draft.objects.get().answers["mail_to"] == "珠池街道 3 号"
