"""Uploaded files in the office: by department, never one's own, each look noted once a day; what the scan left."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import registering
from accounts.models import Department, Post, User
from approvals import deciding
from approvals.applying import attaching, drafting, submission
from approvals.models import Application, Attachment
from approvals.reviewing import Defect, ask_for_more
from common import clock
from records.models import JournalEntry, StoredFile
from tests.factories import district, uploads
from tests.factories.district import Citizen
from tests.factories.uploads import READER_CARD, received
from tests.portal.citizen.walking import text_of

pytestmark = pytest.mark.django_db
MARKET = "11440507MB2X00020L"
CIVIL = "11440507MB2X00012R"


@pytest.fixture(autouse=True)
def _shelves(tmp_path: Path, settings: Any) -> None:
    settings.FILES_DIR = tmp_path / "files"


@pytest.fixture
def chen(stocked: None, noon: datetime) -> Citizen:
    uploads.publish(noon)
    return district.citizen()


@pytest.fixture
def case(chen: Citizen) -> Application:
    draft = drafting.start(chen.principal, matter=district.matter(READER_CARD), consent=True)
    attach(chen, draft.reference)
    submission.submit(chen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    return Application.objects.select_related("matter__department").get()


def attach(chen: Citizen, reference: str) -> Attachment:
    incoming = received(uploads.photo())
    return attaching.attach(chen.principal, reference=reference, question="photo", incoming=incoming)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def addresses() -> list[str]:
    file_id = Attachment.objects.filter(handed_in_at__isnull=False).get().file_id
    return [f"/office/files/{file_id}/small", f"/office/files/{file_id}/pages/1"]


def looks() -> int:
    return JournalEntry.objects.filter(act="file_looked_at").count()


def test_an_officer_of_the_department_sees_it_and_is_noted_once_a_day(case: Application) -> None:
    officer = browser(district.officer())
    for path in addresses() * 2:
        assert officer.get(path).status_code == 200
    entry = JournalEntry.objects.get(act="file_looked_at")
    assert entry.stream == case.stream
    tomorrow = clock.now() + timedelta(days=1)
    clock.set_source(lambda: tomorrow)
    officer.get(addresses()[0])
    assert looks() == 2
    browser(district.officer()).get(addresses()[0])
    assert looks() == 3, "another officer is another look"


def test_nobody_else_in_the_office_sees_it(case: Application, chen: Citizen) -> None:
    admin = registering.account("admin1", display_name="管理员", password="a long test password")
    department = Department.objects.get(credit_code=CIVIL)
    registering.appoint(admin, role=Post.Role.ADMIN, department=department, on=clock.today())
    others = [
        district.officer(MARKET),
        district.officer(CIVIL, user=chen.user),  # the applicant herself, who also works there
        admin,
        district.citizen(name="吴伟明").user,
    ]
    for user in others:
        for path in addresses():
            assert browser(user).get(path).status_code in {302, 403, 404}, (user, path)
    assert looks() == 0


def test_the_original_waits_for_the_scan_and_an_infected_one_for_ever(case: Application) -> None:
    officer, original = browser(district.officer()), addresses()[0].removesuffix("/small")
    assert officer.get(original).status_code == 409
    StoredFile.objects.update(scan="clean", scanned_at=clock.now())
    answer = officer.get(original)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    StoredFile.objects.update(scan="infected")
    for path in [original, *addresses()]:
        assert officer.get(path).status_code == 404
    page = officer.get(f"/office/applications/{case.reference}")
    assert "发现病毒，已隔离" in text_of(page)
    assert "/office/files/" not in page.content.decode()


def test_what_answers_a_notice_is_not_seen_before_it_is_sent(case: Application, chen: Citizen) -> None:
    user = district.officer()
    ask_for_more(user, application=case, defects=[Defect("照片", "看不清脸。", ("form.photo",))])
    waiting = attach(chen, case.reference)
    assert browser(user).get(f"/office/files/{waiting.file_id}/small").status_code == 404


def test_an_admin_sees_what_the_scan_left(case: Application, settings: Any) -> None:
    found = {}
    for code in (CIVIL, MARKET):
        user = registering.account(f"admin{code}", display_name="管理员", password="a long test password")
        department = Department.objects.get(credit_code=code)
        registering.appoint(user, role=Post.Role.ADMIN, department=department, on=clock.today())
        found[code] = browser(user)
    assert "没有这样的文件" in text_of(found[CIVIL].get("/office/files"))
    StoredFile.objects.update(scan="failed", scan_detail="timed out")
    shown = text_of(found[CIVIL].get("/office/files"))
    assert "查毒没有完成" in shown
    assert "timed out" in shown
    assert "没有这样的文件" in text_of(found[MARKET].get("/office/files"))
    assert browser(district.officer()).get("/office/files").status_code == 403
    late = clock.now() + timedelta(hours=2)
    clock.set_source(lambda: late)
    StoredFile.objects.update(scan="unscanned", scan_detail="")
    assert "等待查毒" in text_of(found[CIVIL].get("/office/files"))


def test_a_matter_without_files_asks_nothing_about_them(stocked: None, noon: datetime) -> None:
    """Submitting and showing what asks for no file costs no statement for files."""
    citizen = district.citizen()
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    with CaptureQueriesContext(connection) as queries:
        submission.submit(citizen.principal, reference=draft.reference, key="k")
        browser(citizen.user).get(f"/applications/{draft.reference}")
    tables = ("approvals_attachment", "records_storedfile")
    assert not [one["sql"] for one in queries if any(table in one["sql"] for table in tables)]
