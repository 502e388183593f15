"""免证办 as supervisors and admins see it: who may, true numbers, drill-down, publishing, few statements."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from certificates.models import Certificate
from certificates.states import CertificateStatus
from common import clock
from matters.covering import publishing
from matters.models import FreeList, Matter
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
PAGE = "/supervision/coverage"
LIST = "/supervision/free-list"
ADDRESSES = [PAGE, f"{PAGE}/matters/{district.ALLOWANCE}", f"{PAGE}/types/social_card", LIST]


@pytest.fixture
def browser(city: Standin, client: Client) -> Client:
    """A supervisor's browser; one citizen holds what the first matter asks for."""
    district.citizen()
    client.force_login(district.supervisor(None))
    return client


def text(response: Any) -> str:
    assert response.status_code == 200
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("guest", 302), ("citizen", 403), ("officer", 403), ("admin", 200), ("supervisor", 200)],
)
def test_who_sees_it(city: Standin, client: Client, who: str, status: int, address: str) -> None:
    if who == "citizen":
        client.force_login(district.citizen().user)
    elif who != "guest":
        client.force_login(getattr(district, who)())
    found = client.get(address)
    assert found.status_code == status
    if status == 403 and who == "officer":
        assert "监督人员和事项管理员岗位能看" in found.content.decode()


def test_the_overview_tells_what_lacks_and_the_matter_what_is_met(browser: Client) -> None:
    page = text(browser.get(PAGE))
    assert "高龄老人津贴申领" in page
    assert "营业执照" in page  # of businesses none was issued
    assert "没有部门签发" in page
    assert "居民户口簿</a>" not in page  # issued: no gap
    assert "这些数字怎么算的" in page
    matter = text(browser.get(f"{PAGE}/matters/{district.ALLOWANCE}"))
    assert "什么都不用带" in matter
    assert "电子证照：居民身份证" in matter
    assert "这段时间没有办件" in matter


def test_what_ends_is_missing_at_once(browser: Client) -> None:
    Certificate.objects.filter(type__slug="social_card").update(
        status=CertificateStatus.REVOKED, status_changed_at=clock.now(), status_reason="依法"
    )
    assert "社会保障卡</a>" in text(browser.get(PAGE))
    gap = text(browser.get(f"{PAGE}/types/social_card"))
    assert "请发证部门把这种证照签发进证照库" in gap
    assert "高龄老人津贴申领" in gap
    assert "2 项事项</b>" in gap or "项事项</b>会变成什么都不用带" in gap


@pytest.mark.parametrize("name", ["resident_id", "nothing", "a b", "%00"])
def test_what_does_not_lack_has_no_page(browser: Client, name: str) -> None:
    assert browser.get(f"{PAGE}/types/{name}").status_code == 404


def test_without_matters_the_page_says_what_to_do(browser: Client) -> None:
    Matter.objects.update(status=Matter.Status.SUSPENDED)
    page = text(browser.get(PAGE))
    assert "还没有可以申请的事项" in page
    assert "去事项管理" in page
    assert "没有可以申请的事项" in text(browser.get(LIST))


def test_publishing_from_the_page(browser: Client) -> None:
    page = text(browser.get(LIST))
    assert "这是第一版" in page
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest is not None
    assert "高龄老人津贴申领</td>" in page  # the list itself, not its figures alone
    unseen = browser.post(LIST, {"digest": digest[1]})
    assert unseen.status_code == 422
    assert "请先看清单" in unseen.content.decode()
    assert not FreeList.objects.exists()
    assert browser.post(LIST, {"digest": digest[1], "seen": "on"})["Location"] == LIST
    after = text(browser.get(LIST))
    assert "和在用的清单一样" in after
    assert "高监督" in after
    assert FreeList.objects.get().number == 1
    district.business()
    changed = text(browser.get(LIST))
    assert "改为不用带（电子证照：营业执照）" in changed
    assert FreeList.objects.count() == 1  # looking publishes nothing


@pytest.mark.parametrize("digest", ["", "0" * 64, "'; DROP"])
def test_what_was_not_looked_at_is_not_published(browser: Client, digest: str) -> None:
    found = browser.post(LIST, {"digest": digest, "seen": "on"})
    assert found.status_code == 409
    assert "没有发布。请看清新的变化" in found.content.decode()
    assert not FreeList.objects.exists()


@pytest.mark.parametrize("who", ["officer", "admin", "supervisor"])
def test_one_department_cannot_publish_for_all(city: Standin, client: Client, who: str) -> None:
    client.force_login(getattr(district, who)())
    if who != "officer":
        assert "由全区的监督人员或事项管理员发布" in text(client.get(LIST))
    digest = publishing.preview(on=NOON.date()).digest
    assert client.post(LIST, {"digest": digest, "seen": "on"}).status_code == 403
    assert not FreeList.objects.exists()


def test_the_statements_do_not_grow(browser: Client) -> None:
    browser.get(PAGE)
    with CaptureQueriesContext(connection) as all_of_them:
        browser.get(PAGE)
    Matter.objects.exclude(code=district.ALLOWANCE).update(status=Matter.Status.SUSPENDED)
    with CaptureQueriesContext(connection) as of_one:
        browser.get(PAGE)
    assert len(all_of_them) == len(of_one) <= 12
