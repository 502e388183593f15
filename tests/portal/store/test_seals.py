"""A keeper sees the seals of the own department, puts them out of use and back, renews and ends them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from accounts.models import Department, User
from certificates.models import Seal, SealRequest, SealUse
from certificates.sealing import keys
from certificates.states import SealStatus
from common import clock
from tests.factories import district, seals
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
POLICE = district.POLICE["issuer_code"]


def seal() -> Seal:
    return Seal.objects.get(department__credit_code=POLICE, status=SealStatus.ACTIVE)


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_list_and_seal_show_what_a_keeper_must_know(browser: Client, keeper: User) -> None:
    citizen = district.citizen()
    shown = page(browser, "/store/seals")
    assert "电子证照专用章" in shown
    assert "启用" in shown
    opened = page(browser, f"/store/seals/{seal().pk}")
    for words in (
        "保管人",
        "ECDSA P-256",
        "测试认证机构",
        "用印记录",
        "签发电子证照",
        "示例市公安局龙湖分局",
    ):
        assert words in opened
    assert "data:image/svg+xml" in opened
    assert citizen.person.name not in opened


def test_the_log_is_paged(browser: Client, keeper: User) -> None:
    one = seal()
    SealUse.objects.bulk_create(
        SealUse(
            seal=one,
            purpose="copy",
            subject=f"x:{n}",
            digest=f"{n:064x}",
            algorithm="a",
            actor="system",
            at=NOON,
        )
        for n in range(45)
    )
    assert page(browser, f"/store/seals/{one.pk}?page=3").count("<code>") == 5


def test_another_departments_seal_is_not_there(browser: Client, keeper: User) -> None:
    other = Seal.objects.exclude(department__credit_code=POLICE).first()
    assert other is not None
    for act in ("", "/suspend", "/resume", "/destroy"):
        assert browser.get(f"/store/seals/{other.pk}{act}").status_code == 404
    assert browser.post(f"/store/seals/{other.pk}/suspend", {"reason": "保管人调离"}).status_code == 404
    other.refresh_from_db()
    assert other.status == SealStatus.ACTIVE


def test_out_of_use_and_back_with_a_reason(browser: Client, keeper: User) -> None:
    one = seal()
    assert "至少 5 个字" in browser.post(f"/store/seals/{one.pk}/suspend", {"reason": "无"}).content.decode()
    answer = browser.post(f"/store/seals/{one.pk}/suspend", {"reason": "保管人调离，清点印章"}, follow=True)
    assert "印章已停用" in answer.content.decode()
    assert "保管人调离，清点印章" in answer.content.decode()
    one.refresh_from_db()
    assert one.status == SealStatus.SUSPENDED
    browser.post(f"/store/seals/{one.pk}/resume", {"reason": "清点完毕"})
    assert browser.post(f"/store/seals/{one.pk}/resume", {"reason": "清点完毕了"}).status_code == 302
    one.refresh_from_db()
    assert one.status == SealStatus.ACTIVE


def test_a_seal_that_ends_soon_says_so(browser: Client, keeper: User) -> None:
    one = seal()
    clock.set_source(lambda: one.valid_until - timedelta(days=20))
    keeper.posts.update(valid_to=None)
    browser.force_login(keeper)
    for address in ("/store/seals", f"/store/seals/{one.pk}"):
        assert "印章快要到期" in page(browser, address)


def test_where_no_authority_answers_at_once_the_certificate_is_brought(
    browser: Client, keeper: User, settings: object
) -> None:
    settings.SEAL_AUTHORITY = ""  # type: ignore[attr-defined]
    old = seal()
    answer = browser.post("/store/seals/new")
    asked = SealRequest.objects.get()
    assert answer["Location"] == f"/store/seals/requests/{asked.pk}"
    assert "BEGIN CERTIFICATE REQUEST" in page(browser, answer["Location"])
    assert "有一份申请在等认证机构答复" in page(browser, "/store/seals")
    assert seal() == old
    refused = browser.post(answer["Location"], {"answer": "nonsense"})
    assert "这不是 PEM 格式的数字证书" in refused.content.decode()
    browser.post(answer["Location"], {"answer": seals.answer(asked.request_pem)})
    assert seal().key_name == asked.key_name
    old.refresh_from_db()
    assert old.status == SealStatus.DESTROYED


def test_a_request_is_given_up_with_its_key(
    browser: Client, keeper: User, settings: object, django_capture_on_commit_callbacks: object
) -> None:
    settings.SEAL_AUTHORITY = ""  # type: ignore[attr-defined]
    browser.post("/store/seals/new")
    asked = SealRequest.objects.get()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        browser.post(f"/store/seals/requests/{asked.pk}/drop")
    assert not keys.FILE_KEYS.has(asked.key_name)
    assert "这份申请已经放弃" in page(browser, f"/store/seals/requests/{asked.pk}")


def test_in_the_demo_a_new_seal_comes_at_once(
    browser: Client, keeper: User, settings: object, city: datetime
) -> None:
    if not settings.DEMO:  # type: ignore[attr-defined]
        pytest.skip("no demo here")
    old = seal()
    browser.post("/store/seals/new")
    fresh = seal()
    assert fresh != old
    assert (fresh.custodian, fresh.valid_until > NOON + timedelta(days=365)) == (keeper, True)
    district.citizen()
    assert SealUse.objects.filter(seal=fresh).exists()


def test_a_department_without_a_seal_is_told_to_ask_for_one(browser: Client, keeper: User) -> None:
    Department.objects.get(credit_code=POLICE)
    browser.post(f"/store/seals/{seal().pk}/destroy", {"reason": "机构改革，印章缴销"})
    shown = page(browser, "/store/seals")
    assert "已注销" in shown
    assert "换用新印章" in shown
