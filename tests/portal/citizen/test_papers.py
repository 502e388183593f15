"""What one takes away: certificate, decision and notice as sealed PDFs, one's own only."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from approvals import reviewing
from approvals.models import Decision, SupplementNotice
from approvals.reviewing import Defect
from certificates import verify
from certificates.models import Certificate, SealedPaper, SealUse, UseRecord
from certificates.sealing import authority
from certificates.verify import State
from common import clock
from tests.factories import district, papers
from tests.portal.citizen import walking
from tests.portal.citizen.conftest import only_case

DEFECT = Defect("联系电话", "登记的号码打不通，请写一个能找到您的号码。", ("form.mobile",))
REFUSAL = "户籍已经迁出本区，不符合第四条第一项。"


def download(client: Client, address: str) -> bytes:
    """Return what was downloaded, proven to be genuine."""
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in response["Cache-Control"]
    found = verify.verify(response.content, trusted=authority.trusted(), on=clock.today())
    is_certificate = address.startswith("/certificates/")
    assert found.state is (State.GENUINE if is_certificate else State.SEALED), found.reasons
    shown = Client().post("/check/file", {"file": SimpleUploadedFile("x.pdf", response.content)})
    assert "verdict__mark--pass" in shown.content.decode(), "the check page knows it"
    return response.content


@pytest.fixture
def granted(page, decide) -> str:
    reference = walking.submit(page)
    decide()
    return reference


@pytest.fixture
def referred(page, decide) -> str:
    reference = walking.submit(page, yes=False)
    decide()
    return reference


def test_the_decision_and_its_certificate(page, granted) -> None:
    made = Certificate.objects.get(source=f"decision:{Decision.objects.get().pk}")
    uses = UseRecord.objects.count()
    told = papers.text(download(page, f"/applications/{granted}/decision.pdf"))
    for words in ("准予决定书", "决定准予", only_case().matter.code, made.number, "60日内", "依据：《"):
        assert words in told, words
    assert only_case().person.id_number not in told
    assert f"/applications/{granted}/decision.pdf" in page.get(f"/applications/{granted}").content.decode()
    shown = page.get(f"/certificates/{made.pk}").content.decode()
    assert f"/certificates/{made.pk}/paper.pdf" in shown
    assert made.identifier in papers.text(download(page, f"/certificates/{made.pk}/paper.pdf"))
    assert UseRecord.objects.count() == uses, "looking at one's own is no use"
    used = SealUse.objects.order_by("id").values_list("purpose", flat=True)
    assert list(used)[-2:] == ["document", "copy"]


def test_its_name_says_what_it_is(page, granted) -> None:
    said = page.get(f"/applications/{granted}/decision.pdf")["Content-Disposition"]
    assert said.startswith('attachment; filename="paper.pdf"; ')
    assert unquote(said).endswith(f"UTF-8''准予决定书 {granted}.pdf")


def test_the_second_download_is_the_same_file(page, granted) -> None:
    first = download(page, f"/applications/{granted}/decision.pdf")
    assert download(page, f"/applications/{granted}/decision.pdf") == first
    assert SealedPaper.objects.count() == 1


def test_a_refusal_says_why_and_what_can_be_done(page, referred) -> None:
    reviewing.refuse(district.officer(), application=only_case(), reasons=REFUSAL)
    told = papers.text(download(page, f"/applications/{referred}/decision.pdf"))
    for words in ("不予批准决定书", REFUSAL, "行政复议", "行政诉讼"):
        assert words in told, words


def test_a_notice_says_everything_at_once(page, referred) -> None:
    reviewing.ask_for_more(district.officer(), application=only_case(), defects=[DEFECT])
    told = papers.text(download(page, f"/applications/{referred}/notice.pdf"))
    notice = SupplementNotice.objects.get()
    for words in ("补正通知书", DEFECT.name, DEFECT.text, "第三十二条", f"{notice.due_on.day}日前"):
        assert words in told, words
    assert "notice.pdf" in page.get(f"/applications/{referred}").content.decode()


def test_what_there_is_not_cannot_be_downloaded(page, referred) -> None:
    for name in ("decision", "notice"):
        assert page.get(f"/applications/{referred}/{name}.pdf").status_code == 404


def test_nobody_else_gets_them(page, granted, city, browser, client) -> None:
    made = Certificate.objects.get(source=f"decision:{Decision.objects.get().pk}")
    addresses = [f"/applications/{granted}/decision.pdf", f"/certificates/{made.pk}/paper.pdf"]
    other = browser(district.citizen(city))
    for address in addresses:
        assert other.get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert not SealedPaper.objects.exists()


def test_an_officer_of_the_department_takes_the_decision(page, granted) -> None:
    desk, stranger = Client(), Client()
    desk.force_login(district.officer())
    address = f"/office/applications/{granted}/decision.pdf"
    assert "准予决定书" in papers.text(download(desk, address))
    applicant = only_case().person.user
    assert applicant is not None
    stranger.force_login(applicant)
    assert stranger.get(address).status_code in {403, 404}
