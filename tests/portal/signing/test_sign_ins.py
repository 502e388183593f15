"""登录记录: what is kept, who is told, and sessions that end at once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client

from accounts.models import Message, SignIn, User
from records.models import JournalEntry
from tests.factories import district
from tests.portal.signing import making
from tests.portal.signing.making import CODE, code, enter, is_in

pytestmark = pytest.mark.django_db
PAGE = "/me/sign-ins"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 15; V2408A) AppleWebKit/537.36 Chrome/120 MicroMessenger/8.0"
FROM = "119.145.113.77"


@pytest.fixture
def chen(db: None) -> User:
    return making.citizen()


def browser(agent: str = CHROME, address: str = FROM) -> Client:
    return Client(headers={"user-agent": agent}, REMOTE_ADDR=address)


def signed_in(user: User, agent: str = CHROME, address: str = FROM) -> Client:
    found = browser(agent, address)
    assert enter(found, user, door="/sign-in").status_code == 302
    assert is_in(found)
    return found


def text(answer: Any) -> str:
    return answer.content.decode()


def test_when_how_which_device_and_a_part_of_the_network(chen: User) -> None:
    page = text(signed_in(chen).get(PAGE))
    assert "Windows 电脑，Chrome 浏览器" in page
    assert "密码" in page
    assert "119.145.*.*" in page
    assert "现在这台" in page
    assert FROM not in page


def test_the_row_holds_no_address_and_no_description_of_a_browser(chen: User) -> None:
    found = signed_in(chen)
    row = str(SignIn.objects.values().get())
    assert FROM not in row
    assert "Mozilla" not in row
    assert found.cookies["device"].value not in row


def test_another_persons_are_not_shown(chen: User) -> None:
    signed_in(chen, PHONE)
    other = making.citizen("wu")
    assert "安卓" not in text(signed_in(other).get(PAGE))


def test_a_new_device_is_told_and_a_known_one_is_not(chen: User) -> None:
    first = signed_in(chen)
    assert not Message.objects.exists()  # nothing to compare with
    first.post("/sign-out")
    enter(first, chen, door="/sign-in")
    assert not Message.objects.exists()
    second = signed_in(chen, PHONE)
    told = Message.objects.get()
    assert told.person == chen.person
    assert "安卓手机或平板，微信" in told.body
    assert "119.145.*.*" in told.body
    assert "第一次在这台设备上登录" in text(second.get(PAGE))


def test_the_device_cookie_is_for_the_server_alone(chen: User) -> None:
    cookie = signed_in(chen).cookies["device"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 24 * 3600


def test_a_forged_device_cookie_is_no_fault(chen: User) -> None:
    found = browser()
    found.cookies["device"] = "x" * 4000
    assert enter(found, chen, door="/sign-in").status_code == 302


def test_out_everywhere_at_once_but_here(chen: User) -> None:
    here, there, elsewhere = (signed_in(chen, agent) for agent in (CHROME, PHONE, PHONE))
    assert there.get("/me").status_code == 200
    assert "还有 2 处登录着" in text(here.get(PAGE))
    assert here.post(f"{PAGE}/end")["Location"] == PAGE
    for gone in (there, elsewhere):
        assert gone.get("/me")["Location"] == "/sign-in?next=/me"
    page = text(here.get(PAGE))
    assert here.get("/me").status_code == 200
    assert "已经退出其他 2 处登录" in page
    assert page.count("从另一台设备退出") == 2
    assert JournalEntry.objects.get(act="sessions_ended").details == {"sessions": 2, "how": "elsewhere"}


def test_one_device_alone(chen: User) -> None:
    here, there, elsewhere = (signed_in(chen, agent) for agent in (CHROME, PHONE, PHONE))
    entry = SignIn.objects.get(session_key=there.session.session_key)
    assert here.post(f"{PAGE}/{entry.pk}/end").status_code == 302
    assert there.get("/me").status_code == 302
    assert elsewhere.get("/me").status_code == 200
    again = here.post(f"{PAGE}/{entry.pk}/end", follow=True)
    assert "已经不在登录" in text(again)


def test_nobody_ends_anothers_session(chen: User) -> None:
    here = signed_in(chen)
    other = making.citizen("wu")
    theirs = signed_in(other)
    entry = SignIn.objects.get(user=other)
    here.post(f"{PAGE}/{entry.pk}/end")
    here.post(f"{PAGE}/end")
    assert theirs.get("/me").status_code == 200


def test_not_the_session_that_asks(chen: User) -> None:
    here = signed_in(chen)
    here.post(f"{PAGE}/{SignIn.objects.get().pk}/end")
    assert here.get("/me").status_code == 200


def test_signing_out_is_kept(chen: User) -> None:
    signed_in(chen).post("/sign-out")
    page = text(signed_in(chen).get(PAGE))
    assert "已退出" in page
    assert "没有别的设备在登录" in page


def test_a_session_that_ran_out_is_no_longer_open(chen: User) -> None:
    there = signed_in(chen, PHONE)
    Session.objects.filter(session_key=there.session.session_key).update(
        expire_date=datetime(2020, 1, 1, tzinfo=UTC)
    )
    page = text(signed_in(chen).get(PAGE))
    assert "已到期" in page
    assert "没有别的设备在登录" in page


def test_the_session_a_sign_in_names_outlives_no_clean_up(chen: User) -> None:
    found = signed_in(chen)
    call_command("clearsessions")
    assert found.get("/me").status_code == 200


def test_a_session_key_of_before_is_worth_nothing(chen: User) -> None:
    """Session fixation: a key that somebody else put into the browser does not become a session."""
    planted = browser()
    planted.get("/sign-in")
    session = planted.session
    session["x"] = 1
    session.save()
    planted.cookies["sessionid"] = str(session.session_key)
    enter(planted, chen, door="/sign-in")
    thief = browser()
    thief.cookies["sessionid"] = str(session.session_key)
    assert thief.get("/me").status_code == 302
    assert planted.get("/me").status_code == 200


def test_the_next_person_at_the_same_browser_has_a_session_of_their_own(chen: User) -> None:
    found = signed_in(chen)
    key = found.session.session_key
    found.post("/sign-out")
    other = making.citizen("wu")
    enter(found, other, door="/sign-in")
    assert found.session.session_key != key
    assert set(
        SignIn.objects.filter(session_key=found.session.session_key).values_list("user", flat=True)
    ) == {other.pk}


def test_staff_see_theirs_and_know_new_devices(db: None, client: Client) -> None:
    making.departments()
    officer = district.officer()
    secret = making.phone(officer)
    enter(client, officer)
    client.post(CODE, {"code": code(secret)})
    page = text(client.get(PAGE))
    assert "密码和动态口令" in page
    assert "换备用码" in page


@pytest.mark.parametrize(("rows", "most"), [(1, 12), (40, 12)])
def test_what_the_page_costs(chen: User, rows: int, most: int, django_assert_max_num_queries: Any) -> None:
    found = signed_in(chen)
    entry = SignIn.objects.get()
    SignIn.objects.bulk_create(
        SignIn(user=chen, at=entry.at, way="password", device="x", network="x") for _ in range(rows - 1)
    )
    found.get(PAGE)
    with django_assert_max_num_queries(most):
        assert found.get(PAGE).status_code == 200
