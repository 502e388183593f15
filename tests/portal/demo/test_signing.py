"""One click and you are one of the demo's people; nobody else, and nowhere but on a demo's database."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts import registering
from accounts.models import Guardianship, Organisation, User
from portal.demo.district.lives import district
from portal.demo.models import DemoMark
from portal.web.principals import ACTING_FOR

PAGE = "/demo/sign-in"
EVERYBODY = [one.username for one in (*district().lives, *district().staff)]


def who(client: Client) -> str:
    return User.objects.get(pk=client.session["_auth_user_id"]).username


def test_the_page_shows_everybody_with_a_button(demo: datetime, client: Client) -> None:
    answer = client.get(PAGE)
    shown = answer.content.decode()
    for username in EVERYBODY:
        assert f'name="username" value="{username}"' in shown
    assert re.findall(r'<div class="section__head"><h2>(.*?)</h2>', shown) == [
        "个人",
        "单位和店主",
        "工作人员",
    ]
    assert shown.count("<form") >= len(EVERYBODY)


@pytest.mark.parametrize("username", EVERYBODY)
def test_one_click_signs_in(demo: datetime, client: Client, username: str) -> None:
    answer = client.post(PAGE, {"username": username})
    assert who(client) == username
    posts = User.objects.get(username=username).posts.exists()
    assert answer["Location"] == reverse("bureau:queue" if posts else "public:home")


def test_an_owner_begins_as_the_business_and_the_next_person_does_not(demo: datetime, client: Client) -> None:
    client.post(PAGE, {"username": "linzhiqiang"})
    assert (
        Organisation.objects.get(pk=client.session[ACTING_FOR].removeprefix("organisation:")).name
        == "示例市龙湖区阿强食品店"
    )
    client.post(PAGE, {"username": "chenxiuying"})
    assert who(client) == "chenxiuying"
    assert not client.session.get(ACTING_FOR)


@pytest.mark.parametrize("username", ["", "root", "chenxiuying ", "CHENXIUYING", "someone"])
def test_nobody_else_can_be_signed_in_as(demo: datetime, client: Client, username: str) -> None:
    registering.account("someone", display_name="别人", password="a long test password")
    answer = client.post(PAGE, {"username": username})
    assert answer.status_code == 404
    assert "没有这个演示人物" in answer.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("act", ["get", "post"])
def test_without_the_mark_the_page_is_503(demo: datetime, client: Client, act: str) -> None:
    DemoMark.objects.all().delete()
    answer = getattr(client, act)(PAGE, {"username": "chenxiuying"})
    assert answer.status_code == 503
    assert "_auth_user_id" not in client.session


def test_the_token_is_asked_for(demo: datetime) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(PAGE, {"username": "chenxiuying"}).status_code == 403
    assert "_auth_user_id" not in strict.session


@pytest.mark.parametrize("door", ["public:sign_in", "public:staff_sign_in"])
def test_the_sign_in_pages_lead_here(db: None, client: Client, door: str) -> None:
    assert f'href="{PAGE}"' in client.get(reverse(door)).content.decode()


def test_the_admin_arrives_where_matters_are_kept_and_handles_posts(demo: datetime, client: Client) -> None:
    answer = client.post(PAGE, {"username": "admin-minzheng"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("catalogue:matters")
    shown = client.get(reverse("bureau:posts")).content.decode()
    assert "蔡建华" in shown
    assert "许文彬" not in shown, "of another department"
    assert client.get(reverse("bureau:files")).status_code == 200


def test_the_officer_finds_a_guardianship_that_waits_with_its_document(
    demo: datetime, client: Client
) -> None:
    asked = Guardianship.objects.get(state=Guardianship.State.REQUESTED)
    client.post(PAGE, {"username": "officer-minzheng"})
    shown = client.get(reverse("bureau:guardianship", args=[asked.pk])).content.decode()
    address = reverse("bureau:file_small", args=[asked.document_file])
    assert address in shown
    assert client.get(address)["Content-Type"] == "image/jpeg"
