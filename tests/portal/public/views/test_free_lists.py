"""The published list: the page of the one in force, older ones, both files, narrowing, and what it costs."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from accounts import registering
from accounts.models import Post
from matters.covering import publishing
from matters.models import FreeList
from tests.portal.public import making
from tests.portal.public.making import TODAY

pytestmark = pytest.mark.usefixtures("district")


def publish() -> FreeList:
    name = f"admin{FreeList.objects.count()}"
    user = registering.account(name, display_name="陈惠玲", password=making.PASSWORD)
    registering.appoint(user, role=Post.Role.ADMIN, department=None, on=TODAY)
    return publishing.publish(user, digest=publishing.preview(on=TODAY).digest)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return str(answer.content.decode())


def test_before_the_first_list_the_page_says_so_and_leads_on(client) -> None:
    page = text(client, "/free-list")
    assert "清单还没有发布" in page
    assert 'href="/matters"' in page


def test_the_page_says_version_day_numbers_and_every_material(client, chen) -> None:
    making.certificate(chen, "resident_id")
    publish()
    page = text(client, "/free-list?whole=")
    assert "第 1 版" in page
    assert "2026-11-20 发布" in page
    assert "电子证照：居民身份证" in page
    assert "证照还没有签发，由工作人员核对：居民户口簿" in page
    assert "这一版改了什么" not in page
    assert "陈惠玲" not in page  # who published is for the office


def test_a_later_list_says_what_changed_and_the_first_stays_readable(client, chen) -> None:
    publish()
    making.certificate(chen, "resident_id")
    publish()
    page = text(client, "/free-list")
    assert "第 2 版" in page
    assert "改为不用带（电子证照：居民身份证）" in page
    older = text(client, "/free-list/1")
    assert "这是以前的一版" in older
    assert "电子证照：居民身份证" not in older


def test_narrowed_to_a_body_and_to_nothing_to_bring(client) -> None:
    published = publish()
    whole = [matter["name"] for matter in published.content["matters"] if matter["whole"]]
    rest = [matter["name"] for matter in published.content["matters"] if not matter["whole"]]
    page = text(client, "/free-list?whole=1")
    assert all(f">{name}</a></h3>" not in page for name in rest)
    assert all(f">{name}</a></h3>" in page for name in whole)
    assert "没有这样的事项" in text(client, "/free-list?department=没有这个局")
    body = published.content["matters"][0]["department"]
    assert published.content["matters"][0]["name"] in text(client, f"/free-list?department={body}")


def test_both_files_are_downloads_of_the_list_asked_for(client, chen) -> None:
    publish()
    making.certificate(chen, "resident_id")
    publish()
    sheet = client.get("/free-list/1.xlsx")
    assert sheet["Content-Disposition"] == 'attachment; filename="free-list-1.xlsx"'
    book = load_workbook(io.BytesIO(sheet.content))
    assert book.sheetnames == ["免证办清单", "和上一版的变化"]
    assert "第 1 版" in str(book["免证办清单"]["A1"].value)
    lines = client.get("/free-list/2.csv")
    assert lines["Content-Type"] == "text/csv; charset=utf-8"
    assert lines.content.startswith(b"\xef\xbb\xbf")
    assert "电子证照：居民身份证" in lines.content.decode()


def test_a_page_costs_the_same_however_long_the_list(client) -> None:
    publish()
    client.get("/free-list")
    with CaptureQueriesContext(connection) as few:
        client.get("/free-list")
    making.copies(40)
    publish()
    with CaptureQueriesContext(connection) as many:
        page: Any = client.get("/free-list")
    assert len(many) == len(few)
    assert page.content.decode().count("freelist__head") == 20
