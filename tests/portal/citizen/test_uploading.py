"""Uploading as a browser without JavaScript does it, and as the page's script does: nothing is lost, nothing leaks."""

from __future__ import annotations

import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from approvals import deciding
from approvals.applying import attached, submission
from approvals.models import Attachment, Draft
from approvals.reviewing import Defect, ask_for_more
from records.models import StoredFile
from tests.factories import district, uploads
from tests.factories.district import Citizen
from tests.factories.uploads import READER_CARD
from tests.portal.citizen.conftest import only_case
from tests.portal.citizen.walking import draft_of, key_of, text_of

pytestmark = pytest.mark.django_db
START = f"/matters/{READER_CARD}/start"


@pytest.fixture(autouse=True)
def _shelves(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def draft(page: Client, noon: datetime) -> Draft:
    uploads.publish(noon)
    return draft_of(page, start=START)


def file(content: bytes | None = None, *, name: str = "IMG_0001.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(
        name, uploads.photo() if content is None else content, content_type="image/jpeg"
    )


def address(draft: Draft, number: int = 1) -> str:
    return f"/drafts/{draft.reference}/{number}"


def press(page: Client, draft: Draft, *, number: int = 1, **sent: Any) -> Any:
    """Post a question page with what is written, a button and perhaps a file."""
    written = {"note": "", "asked": "photo note"} if number == 1 else {"asked": "lives"}
    return page.post(address(draft, number), {**written, **sent})


def photos(draft: Draft) -> list[Attachment]:
    return [one for one in attached.waiting(draft) if one.question == "photo"]


def test_the_page_offers_a_file_as_a_plain_form_does(page: Client, draft: Draft) -> None:
    shown = page.get(address(draft)).content.decode()
    assert 'enctype="multipart/form-data"' in shown
    assert '<input class="input" type="file" id="id_photo" name="photo" accept="image/jpeg,image/png' in shown
    assert "每个不超过 10 MB" in shown
    assert "正面、免冠，拍清楚整张脸。" in shown


def test_uploading_keeps_what_is_written_and_returns_to_the_question(page: Client, draft: Draft) -> None:
    response = press(page, draft, photo=file(), note="戴眼镜", upload="photo")
    assert (response.status_code, response["Location"]) == (302, f"{address(draft)}?#id_photo")
    shown = page.get(address(draft))
    assert "近期免冠照片 1" in text_of(shown)
    assert 'value="戴眼镜"' in shown.content.decode()
    assert f"/files/{photos(draft)[0].file_id}/small" in shown.content.decode()


def test_going_on_with_a_file_chosen_takes_it_along(page: Client, draft: Draft) -> None:
    response = press(page, draft, photo=file(), act="next")
    assert response["Location"] == address(draft, 2)
    assert len(photos(draft)) == 1


def test_going_on_without_the_photo_asks_for_it(page: Client, draft: Draft) -> None:
    response = press(page, draft, act="next")
    assert response.status_code == 422
    assert "请上传近期免冠照片" in text_of(response)


def test_the_button_without_a_file_says_so(page: Client, draft: Draft) -> None:
    response = press(page, draft, upload="photo")
    assert response.status_code == 422
    assert "还没有选文件" in text_of(response)


def test_a_control_left_empty_is_sent_by_browsers_as_an_empty_text(page: Client, draft: Draft) -> None:
    press(page, draft, photo=file(), upload="photo")
    assert press(page, draft, photo="", act="next")["Location"] == address(draft, 2)
    assert Draft.objects.get().answers["photo"] == 1


def test_a_file_named_as_text_is_refused(page: Client, draft: Draft) -> None:
    response = press(page, draft, photo="7", act="next")
    assert response.status_code == 422
    assert "photo" not in Draft.objects.get().answers


def test_the_script_is_answered_in_json(page: Client, draft: Draft) -> None:
    url = f"/uploads/{draft.reference}/photo"
    good = page.post(url, {"photo": file()})
    assert (good.status_code, json.loads(good.content)) == (200, {"question": "photo", "saved": True})
    bad = page.post(url, {"photo": file(b"MZ" + bytes(100))})
    assert bad.status_code == 422
    assert "这是一个程序" in json.loads(bad.content)["message"]
    assert page.post(url, {}).status_code == 422
    for nobodys in (f"/uploads/{draft.reference}/note", f"/uploads/{draft.reference}/nothing"):
        assert page.post(nobodys, {nobodys.rpartition("/")[2]: file()}).status_code == 409


def test_removing_and_turning(page: Client, draft: Draft) -> None:
    press(page, draft, photo=file(uploads.photo(size=(800, 600))), upload="photo")
    lying = photos(draft)[0].file_id
    assert press(page, draft, turn=str(lying)).status_code == 302
    turned = photos(draft)[0].file_id
    assert turned != lying
    assert press(page, draft, turn=str(lying)).status_code == 302, "a second click is no error"
    assert press(page, draft, remove=str(turned)).status_code == 302
    assert photos(draft) == []
    assert press(page, draft, remove="not an id").status_code == 302


def test_a_photo_taken_sideways_is_shown_upright_without_where_it_was_taken(
    page: Client, draft: Draft
) -> None:
    press(page, draft, photo=file(uploads.photo(sideways=True, gps=True)), upload="photo")
    shown = page.get(f"/files/{photos(draft)[0].file_id}/pages/1").content
    assert uploads.is_upright(shown)
    assert uploads.PLACE.encode() not in shown
    assert b"Exif" not in shown


def test_a_file_is_answered_with_headers_that_let_nothing_run(page: Client, draft: Draft) -> None:
    press(page, draft, photo=file(), upload="photo")
    stored = photos(draft)[0].file
    response = page.get(f"/files/{stored.pk}/pages/1")
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-store"
    assert "IMG_0001" not in str(response.headers)
    waiting = page.get(f"/files/{stored.pk}")
    assert waiting.status_code == 409
    assert "还没有查毒" in text_of(waiting)
    StoredFile.objects.filter(pk=stored.pk).update(scan="clean", scanned_at=stored.created_at)
    original = page.get(f"/files/{stored.pk}")
    assert original["Content-Disposition"].startswith("attachment; filename=")


def test_an_infected_file_is_served_to_nobody_and_the_page_says_why(page: Client, draft: Draft) -> None:
    press(page, draft, photo=file(), upload="photo")
    stored = photos(draft)[0].file
    StoredFile.objects.filter(pk=stored.pk).update(scan="infected", scanned_at=stored.created_at)
    for path in (f"/files/{stored.pk}", f"/files/{stored.pk}/small", f"/files/{stored.pk}/pages/1"):
        assert page.get(path).status_code == 404
    assert "这个文件里有病毒" in text_of(page.get(address(draft)))
    response = page.post(f"/applications/{draft.reference}/submit", {"key": "x"})
    assert response["Location"] == address(draft)


def test_nobody_else_sees_the_file(page: Client, draft: Draft, browser: Any) -> None:
    press(page, draft, photo=file(), upload="photo")
    stored = photos(draft)[0].file_id
    guest, stranger = Client(), browser(district.citizen(name="吴伟明"))
    officer = Client()
    officer.force_login(district.officer())
    for path in (f"/files/{stored}", f"/files/{stored}/small", f"/files/{stored}/pages/1"):
        assert guest.get(path).status_code == 302
        assert stranger.get(path).status_code == 404
        assert officer.get(path).status_code == 404
        assert officer.get(f"/office{path}").status_code == 404, "a draft is nobody's business"
    assert page.get(f"/files/{stored}/pages/2").status_code == 404
    assert stranger.post(f"/uploads/{draft.reference}/photo", {"photo": file()}).status_code == 404


def test_files_are_thrown_away_where_no_page_takes_them_and_from_guests(
    page: Client, draft: Draft, settings: Any, monkeypatch: Any
) -> None:
    received = []
    monkeypatch.setattr("portal.web.uploading.Incoming", lambda: received.append(1))
    guest = Client()
    for client, url in (
        (page, f"/drafts/{draft.reference}/save/1"),
        (page, f"/drafts/{draft.reference}/discard-not"),
        (page, "/display"),
        (guest, "/sign-in"),
        (guest, address(draft)),
        (guest, f"/uploads/{draft.reference}/photo"),
    ):
        client.post(url, {"photo": file()})
    assert received == []


def test_a_request_too_large_for_any_page_is_told_so_at_once(
    page: Client, draft: Draft, settings: Any
) -> None:
    settings.REQUEST_LARGEST = 100_000
    response = page.post(address(draft), {"photo": file(bytes(200_000))})
    assert response.status_code == 413
    assert "每个不能超过 10 MB" in text_of(response)


def test_after_the_session_ended_the_earlier_files_are_there(
    page: Client, draft: Draft, chen: Citizen
) -> None:
    press(page, draft, photo=file(), upload="photo")
    page.get(address(draft))
    page.session.flush()
    cookie = page.cookies["sessionid"].value
    response = page.post(address(draft), {"photo": file(), "note": "x", "asked": "photo note"})
    assert "/sign-in?next=" in response["Location"]
    assert "刚才选的文件没有传上来，登录后请重新选择；以前传好的文件都还在。" in text_of(
        page.get(response["Location"])
    )
    assert cookie
    page.force_login(chen.user)
    assert "近期免冠照片 1" in text_of(page.get(address(draft)))


def test_from_start_to_the_officer(page: Client, draft: Draft, chen: Citizen, decide: Any) -> None:
    press(page, draft, photo=file(uploads.photo(sideways=True)), act="next")
    press(page, draft, number=2, lives="rented")
    shown = text_of(page.get(address(draft, 2)))
    assert "住址证明" in shown
    assert "PDF 最多 20 页" in shown
    press(page, draft, number=2, lives="rented", proof=file(uploads.pdf(3)), asked="lives proof", act="next")
    check = text_of(page.get(f"/drafts/{draft.reference}/check"))
    assert "1个文件" in check.replace(" ", "")
    assert "您上传的文件" in check
    page.post(f"/applications/{draft.reference}/submit", {"key": key_of(page, draft.reference)})
    decide()
    officer = Client()
    officer.force_login(district.officer())
    opened = officer.get(f"/office/applications/{draft.reference}")
    assert "近期免冠照片 1" in text_of(opened)
    assert "PDF，3 页" in text_of(opened)
    handed_in = {one.question: one for one in attached.handed_in(only_case())}
    photo, proof = handed_in["photo"], handed_in["proof"]
    assert uploads.is_upright(officer.get(f"/office/files/{photo.file_id}/pages/1").content)
    for number in (1, 2, 3):
        assert officer.get(f"/office/files/{proof.file_id}/pages/{number}").content.startswith(b"\xff\xd8")
    assert officer.get(f"/office/files/{proof.file_id}/pages/4").status_code == 404


def test_a_supplement_takes_a_new_photo(page: Client, draft: Draft, chen: Citizen, decide: Any) -> None:
    press(page, draft, photo=file(), act="next")
    submission.submit(chen.principal, reference=draft.reference, key="k")
    decide()
    case = only_case()
    ask_for_more(
        district.officer(), application=case, defects=[Defect("照片", "看不清脸。", ("form.photo",))]
    )
    url = f"/applications/{case.reference}/supplement"
    assert "看不清脸" in text_of(page.get(url))
    assert page.post(url, {}).status_code == 422
    assert page.post(url, {"photo": file(b"MZ" + bytes(50))}).status_code == 422
    uploaded = page.post(url, {"photo": file(), "upload": "photo"})
    assert uploaded.status_code == 200
    assert "近期免冠照片 1" in text_of(uploaded)
    assert page.post(url, {}).status_code == 302
    deciding.decide_waiting()
    assert Attachment.objects.filter(replaced_at__isnull=True).count() == 1
    assert Attachment.objects.count() == 2


def test_pictures_are_small_enough_for_a_phone(page: Client, draft: Draft) -> None:
    press(page, draft, photo=file(uploads.photo(size=(3000, 4000))), upload="photo")
    stored = photos(draft)[0].file_id
    assert len(page.get(f"/files/{stored}/small").content) < 60_000
    large = page.get(f"/files/{stored}/pages/1").content
    assert max(Image.open(io.BytesIO(large)).size) == 2500
