"""Only keepers of a department enter the store; everybody else is told why not."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Post, User
from tests.factories import district

pytestmark = pytest.mark.django_db
PAGE = "/store/types"


def test_a_keeper_enters(browser: Client) -> None:
    shown = browser.get(PAGE).content.decode()
    assert "证照类型" in shown
    assert "示例市公安局龙湖分局" in shown


def test_a_guest_is_led_to_the_sign_in_of_staff(city: object, client: Client) -> None:
    assert client.get(PAGE)["Location"] == f"/staff/sign-in?next={PAGE}"


@pytest.mark.parametrize("role", [role for role in Post.Role if role != Post.Role.KEEPER])
def test_other_posts_are_refused(keeper: User, client: Client, role: Post.Role) -> None:
    Post.objects.filter(user=keeper).update(role=role)
    client.force_login(keeper)
    answer = client.get(PAGE)
    assert answer.status_code == 403
    assert "请联系本部门的管理员" in answer.content.decode()


def test_who_keeps_in_another_post_is_told_to_change(keeper: User, client: Client) -> None:
    district.officer(user=keeper)
    keeper.active_post = Post.objects.get(user=keeper, role=Post.Role.OFFICER)
    keeper.save(update_fields=["active_post"])
    client.force_login(keeper)
    assert "请先切换到您的证照管理员岗位" in client.get(PAGE).content.decode()


def test_a_keeper_of_no_department_keeps_nothing(keeper: User, client: Client) -> None:
    Post.objects.filter(user=keeper).update(department=None)
    client.force_login(keeper)
    assert client.get(PAGE).status_code == 403


def test_a_citizen_is_refused(city: object, client: Client) -> None:
    client.force_login(district.citizen().user)
    assert client.get(PAGE).status_code == 403
