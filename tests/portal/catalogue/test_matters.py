from __future__ import annotations

from django.test import Client

from accounts.models import User
from matters.models import EditionDraft
from tests.factories import district


def test_an_admin_sees_their_departments_matters_alone(browser: Client) -> None:
    page = browser.get("/catalogue/").content.decode()
    assert district.matter(district.ALLOWANCE).name in page
    assert district.matter(district.BUSINESS).name not in page
    assert browser.get(f"/catalogue/matters/{district.BUSINESS}").status_code == 404


def test_a_draft_is_begun_once(browser: Client) -> None:
    for _ in range(2):
        answer = browser.post(f"/catalogue/matters/{district.ALLOWANCE}/begin")
        assert answer.status_code == 302
    assert EditionDraft.objects.get().based_on == district.matter(district.ALLOWANCE).current_edition
    assert "起草中" in browser.get(f"/catalogue/matters/{district.ALLOWANCE}").content.decode()


def test_who_is_no_admin_is_told_what_to_do(client: Client, admin: User) -> None:
    client.force_login(district.officer())
    answer = client.get("/catalogue/")
    assert answer.status_code == 403
    assert "联系本部门的管理员" in answer.content.decode()
