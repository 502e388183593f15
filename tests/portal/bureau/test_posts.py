"""The pages of posts: changing to another post, and what an admin does with those of a department."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts import registering
from accounts.models import Department, Hall, Person, Post, Region, User
from approvals import permissions
from approvals.models import Application
from common import clock
from records.hashing import HashKind, keyed
from tests.factories import district
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def admin(officer: User) -> User:
    """An admin of the officer's department."""
    user = registering.account("admin", display_name="管理员", password="a long test password")
    department = Post.objects.get(user=officer).department
    registering.appoint(user, role=Post.Role.ADMIN, department=department, on=date(2020, 1, 1))
    return user


def test_the_queue_is_that_of_the_post_acted_in(
    signed_in: SignIn, officer: User, waiting: Application
) -> None:
    other = Department.objects.exclude(pk=waiting.matter.department_id).order_by("pk").first()
    second = registering.appoint(officer, role=Post.Role.OFFICER, department=other, on=date(2020, 1, 1))
    desk = signed_in(officer)
    assert waiting.reference[-4:] in desk.get(reverse("bureau:queue")).content.decode()
    moved = desk.post(reverse("bureau:choose_post"), {"post": second.pk}, follow=True).content.decode()
    assert other is not None
    assert other.name in moved
    assert waiting.reference[-4:] not in moved
    assert desk.get(reverse("bureau:application", args=[waiting.reference])).status_code == 404


@pytest.mark.parametrize("told", ["", "0", "x", "999999", "１"])
def test_a_post_that_is_not_held_is_refused(desk: Client, told: str) -> None:
    assert desk.post(reverse("bureau:choose_post"), {"post": told}).status_code == 403


@pytest.mark.parametrize(
    ("role", "page"),
    [
        (Post.Role.ADMIN, "catalogue:matters"),
        (Post.Role.CLERK, "counter:desk"),
        (Post.Role.KEEPER, "store:find"),
        (Post.Role.SUPERVISOR, "supervision:sheets"),
    ],
)
def test_each_role_begins_at_its_own_desk(
    signed_in: SignIn, officer: User, role: Post.Role, page: str
) -> None:
    Post.objects.filter(user=officer).update(role=role)
    response = signed_in(officer).get(reverse("bureau:queue"))
    assert response["Location"] == reverse(page)
    assert signed_in(officer).get(response["Location"]).status_code == 200


def test_every_desk_offers_the_other_posts(signed_in: SignIn, officer: User) -> None:
    """Who changed to a post must find the way back on the page where its day begins."""
    own = Post.objects.get(user=officer)
    desk = signed_in(officer)
    for role in (Post.Role.ADMIN, Post.Role.CLERK, Post.Role.KEEPER, Post.Role.SUPERVISOR):
        other = registering.appoint(officer, role=role, department=own.department, on=date(2020, 1, 1))
        shown = desk.post(reverse("bureau:choose_post"), {"post": other.pk}, follow=True).content.decode()
        assert f'name="post" value="{own.pk}"' in shown, role
        assert f"现在的岗位：{own.department} {other.get_role_display()}" in shown, role


def test_an_admin_appoints_and_hands_over(signed_in: SignIn, admin: User, officer: User) -> None:
    new = registering.account("new", display_name="新同事", password="a long test password")
    browser = signed_in(admin)
    today = clock.today()
    told = {"user": "new", "role": "clerk", **boxes("begins", today)}
    assert browser.post(reverse("bureau:posts"), told).status_code == 302
    assert Post.objects.get(user=new).role == "clerk"
    post = Post.objects.get(user=officer)
    leave = {"at_once": "on", "successor": "new"}
    assert browser.post(reverse("bureau:leave_post", args=[post.pk]), leave).status_code == 302
    post.refresh_from_db()
    assert post.valid_to == today - timedelta(days=1)
    assert Post.objects.get(user=new, role="officer").held_on(today)


def test_a_post_is_given_in_a_hall_or_a_town_to_a_last_day(
    signed_in: SignIn, admin: User, officer: User
) -> None:
    new = registering.account("new", display_name="新同事", password="a long test password")
    region = Region.objects.get(code="440507")
    Hall.objects.create(
        code="H1", name="龙湖区政务服务中心", region=region, address="-", phone="-", hours="-"
    )
    today = clock.today()
    last = today + timedelta(days=30)
    told = {"user": "new", "role": "clerk", **boxes("begins", today), **boxes("last_day", last)}
    browser = signed_in(admin)
    for place in ("hall:H1", "town:440507003"):
        assert browser.post(reverse("bureau:posts"), {**told, "place": place}).status_code == 302
    held = Post.objects.filter(user=new).order_by("pk")
    assert [(post.hall_id, post.town_id, post.valid_to) for post in held] == [
        ("H1", None, last),
        (None, "440507003", last),
    ]
    assert {post.department_id for post in held} == {Post.objects.get(user=officer).department_id}
    page = browser.get(reverse("bureau:posts")).content.decode()
    assert "龙湖区政务服务中心" in page
    assert last.isoformat() in page


def test_an_admin_of_the_whole_district_gives_those_of_each_department(
    signed_in: SignIn, officer: User
) -> None:
    registering.account("new", display_name="新同事", password="a long test password")
    browser, body = signed_in(district.admin(None)), Post.objects.get(user=officer).department
    assert body is not None
    told = {"user": "new", "role": "officer", **boxes("begins", clock.today())}
    assert body.name in browser.get(reverse("bureau:posts")).content.decode()
    refused = browser.post(reverse("bureau:posts"), {**told, "place": ""})
    assert refused.status_code == 422
    assert "审批人员是一个部门的，请写明部门。" in refused.content.decode()
    assert (
        browser.post(reverse("bureau:posts"), {**told, "place": f"department:{body.pk}"}).status_code == 302
    )
    assert Post.objects.get(user__username="new").department == body


@pytest.mark.parametrize("role", [Post.Role.ADMIN, Post.Role.SUPERVISOR])
def test_nobody_speaks_for_the_district_from_a_hall_or_a_town(
    signed_in: SignIn, admin: User, officer: User, role: Post.Role
) -> None:
    registering.account("new", display_name="新同事", password="a long test password")
    told = {"user": "new", "role": role, "place": "town:440507003", **boxes("begins", clock.today())}
    assert signed_in(admin).post(reverse("bureau:posts"), told).status_code == 422
    town = Region.objects.get(code="440507003")
    placed = registering.appoint(officer, role=role, department=None, town=town, on=date(2020, 1, 1))
    assert not placed.speaks_for(Post.objects.exclude(department=None).earliest("pk").department_id)
    assert not placed.speaks_for(None)


def boxes(name: str, day: date) -> dict[str, int]:
    return {f"{name}_year": day.year, f"{name}_month": day.month, f"{name}_day": day.day}


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"user": "admin", "role": "clerk", "place": "hall:none"}, "请从列出的场所里选"),
        ({"user": "admin", "role": "clerk", "place": "town:440106"}, "请从列出的场所里选"),
        (
            {
                "user": "admin",
                "role": "clerk",
                **boxes("begins", date(2999, 1, 2)),
                **boxes("last_day", date(2999, 1, 1)),
            },
            "最后一天不能早于开始的那天",
        ),
        ({}, "请填写用户名"),
        ({"user": "nobody", "role": "clerk"}, "没有这个用户名"),
        ({"user": "admin", "role": "king"}, "请从列出的岗位里选"),
    ],
)
def test_what_is_wrong_is_told_at_the_field(
    signed_in: SignIn, admin: User, told: dict[str, str], words: str
) -> None:
    response = signed_in(admin).post(reverse("bureau:posts"), told)
    assert response.status_code == 422
    assert words in response.content.decode()


@pytest.mark.parametrize("name", ["bureau:posts", "bureau:leave_post"])
def test_only_admins_see_the_posts(desk: Client, officer: User, name: str) -> None:
    own = Post.objects.get(user=officer)
    assert desk.get(reverse(name, args=[] if name == "bureau:posts" else [own.pk])).status_code == 403


def test_who_may_not_see_an_admins_page_is_told_whose_it_is(desk: Client, officer: User) -> None:
    text = desk.get(reverse("bureau:files")).content.decode()
    assert "“文件查毒”只有事项管理员岗位能看和办。需要看的，请联系本部门的管理员。" in text
    assert "切换" not in text
    department = Post.objects.get(user=officer).department
    registering.appoint(officer, role=Post.Role.ADMIN, department=department, on=clock.today())
    assert "请先切换到您的事项管理员岗位" in desk.get(reverse("bureau:files")).content.decode()


@pytest.mark.parametrize("method", ["get", "head"])
def test_the_address_of_changing_posts_leads_to_the_desk(desk: Client, method: str) -> None:
    assert getattr(desk, method)(reverse("bureau:choose_post"))["Location"] == reverse("bureau:queue")


def test_an_account_that_is_nobodys_is_told_so_wherever_a_case_would_be(
    signed_in: SignIn, officer: User, waiting: Application
) -> None:
    User.objects.filter(pk=officer.pk).update(id_number_hash=None)
    desk = signed_in(User.objects.get(pk=officer.pk))
    case = reverse("bureau:application", args=[waiting.reference])
    pages = [reverse(f"bureau:{name}") for name in ("queue", "supplementing", "done", "guardianships")]
    for address in (*pages, case):
        answer = desk.get(address)
        assert answer.status_code == 403
        assert "您的工作账号还没有关联本人身份" in answer.content.decode()


def test_nobody_acts_on_a_case_of_their_household(
    signed_in: SignIn, officer: User, waiting: Application
) -> None:
    household = keyed(HashKind.HOUSEHOLD, "440507-000123")
    lives_there = district.citizen(name="林国辉").person
    Person.objects.filter(pk=lives_there.pk).update(user=officer, household_hash=household)
    officer = User.objects.get(pk=officer.pk)
    assert permissions.may_decide(officer, making.again(waiting))
    Person.objects.filter(pk=waiting.person_id).update(household_hash=household)
    assert not permissions.may_decide(officer, making.again(waiting))
    desk = signed_in(officer)
    assert waiting.reference[-4:] not in desk.get(reverse("bureau:queue")).content.decode()
    assert desk.get(reverse("bureau:application", args=[waiting.reference])).status_code == 403
