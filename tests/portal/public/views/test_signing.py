"""Signing in by two doors, signing out, and choosing for whom one acts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import ActingRight
from portal.public.forms import WRONG
from portal.web.principals import ACTING_FOR
from tests.portal.public import making
from tests.portal.public.making import PASSWORD, TODAY


def enter(client: Client, username: str, password: str = PASSWORD, *, door: str = "/sign-in", **more: str):
    return client.post(door, {"username": username, "password": password, **more})


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_the_right_password_leads_home(chen, client) -> None:
    response = enter(client, "chen")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_in(client)


@pytest.mark.parametrize(
    ("username", "password"), [("chen", "wrong"), ("nobody", PASSWORD), ("chen", PASSWORD + " ")]
)
def test_a_wrong_name_and_a_wrong_password_read_the_same(username, password, chen, client) -> None:
    response = enter(client, username, password)
    assert response.status_code == 422
    assert WRONG in response.content.decode()
    assert password not in response.content.decode()
    assert not is_in(client)


def test_what_is_missing_is_named(client, db) -> None:
    page = enter(client, "", "").content.decode()
    assert "请填写：账号" in page
    assert "请填写：密码" in page
    assert "<title>错误：" in page


def test_an_account_that_was_closed_stays_out(chen, client) -> None:
    type(chen.user).objects.update(is_active=False)
    assert WRONG in enter(client, "chen").content.decode()


@pytest.mark.parametrize(
    ("wanted", "onward"),
    [
        ("/matters?q=x", "/matters?q=x"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_it_goes_on_only_within_the_site(wanted, onward, chen, client) -> None:
    assert enter(client, "chen", next=wanted)["Location"] == onward
    assert client.get("/sign-in", {"next": wanted})["Location"] == onward


def test_each_door_is_for_its_own(chen, officer, client) -> None:
    assert "工作人员账号" in enter(client, "officer").content.decode()
    assert "没有工作岗位" in enter(client, "chen", door="/staff/sign-in").content.decode()
    assert not is_in(client)
    assert enter(client, "officer", door="/staff/sign-in")["Location"] == "/staff/code?next=%2Foffice%2F"
    assert not is_in(client)  # a code is owed: tests/portal/signing/test_second_factor.py


def test_a_wrong_door_is_told_only_after_the_right_password(officer, client) -> None:
    assert "工作人员账号" not in enter(client, "officer", "wrong").content.decode()


def test_a_post_that_ended_opens_no_door(officer, client) -> None:
    officer.posts.update(valid_to=TODAY - timedelta(days=1))
    assert enter(client, "officer", door="/staff/sign-in").status_code == 422


def test_the_session_gets_a_new_key(chen, client) -> None:
    client.get("/sign-in")
    session = client.session
    session["seen"] = "before"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    enter(client, "chen")
    assert client.session.session_key != before


def test_signing_out_is_a_post(chen, signed_in) -> None:
    client = signed_in(chen)
    client.get("/sign-out")
    assert is_in(client)
    assert client.post("/sign-out")["Location"] == "/"
    assert not is_in(client)
    assert client.post("/sign-out").status_code == 302  # the session had ended already


class TestActingFor:
    def test_one_acts_for_a_business_and_for_oneself_again(self, chen, signed_in) -> None:
        shop, client = making.business(chen), signed_in(chen)
        whom = f"organisation:{shop.pk}"
        assert client.post("/act-for", {"whom": whom, "next": "/matters"})["Location"] == "/matters"
        assert client.session[ACTING_FOR] == whom
        assert shop.name in client.get("/").content.decode()
        client.post("/act-for", {"whom": ""})
        assert client.session[ACTING_FOR] == ""

    @pytest.mark.parametrize(
        "wanted",
        ["theirs", "nonsense", "organisation:", "person:nonsense", "system:1", "person:" + "9" * 5000],
    )
    def test_nobody_acts_for_anothers(self, wanted, chen, signed_in) -> None:
        shop, client = making.business(making.citizen("lin", name="林国辉")), signed_in(chen)
        whom = f"organisation:{shop.pk}" if wanted == "theirs" else wanted
        assert client.post("/act-for", {"whom": whom}).status_code == 403
        assert not client.session.get(ACTING_FOR)

    def test_a_right_that_ended_counts_no_more_and_the_public_pages_stay_readable(
        self, chen, signed_in
    ) -> None:
        shop, client = making.business(chen), signed_in(chen)
        client.post("/act-for", {"whom": f"organisation:{shop.pk}"})
        assert shop.name in client.get("/").content.decode()  # the message is read, the card still names it
        ActingRight.objects.update(valid_from=TODAY - timedelta(days=9), valid_to=TODAY - timedelta(days=1))
        page = client.get("/")
        assert page.status_code == 200
        assert shop.name not in page.content.decode()
        assert "您替对方办事的授权已经结束" in page.content.decode()

    def test_staff_act_for_nobody(self, officer, signed_in) -> None:
        assert signed_in(officer).post("/act-for", {"whom": ""}).status_code == 403

    def test_a_guest_signs_in_first(self, client, db) -> None:
        assert client.post("/act-for", {"whom": ""})["Location"].startswith("/sign-in")
