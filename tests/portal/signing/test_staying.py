"""Time without use: how long a session lives, what counts as use, and that nothing is lost (WCAG 2.2.1)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from common import clock
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.portal.bureau import making as cases
from tests.portal.signing import making
from tests.portal.signing.making import CODE, code, enter

pytestmark = pytest.mark.django_db
FETCH = {"X-Requested-With": "fetch"}


class Machine:
    """The machine's time, moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def on(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = Machine()
    monkeypatch.setattr(clock, "system_time", found)
    monkeypatch.setattr("django.utils.timezone.now", found)
    return found


@pytest.fixture
def chen(machine: Machine, db: None, client: Client) -> Client:
    enter(client, making.citizen(), door="/sign-in")
    return client


@pytest.fixture
def officer(machine: Machine, db: None, client: Client) -> Client:
    making.departments()
    user = district.officer()
    secret = making.phone(user)
    enter(client, user)
    client.post(CODE, {"code": code(secret)})
    return client


def left(browser: Client) -> int:
    return int(browser.get("/stay", headers=FETCH).json()["left"])


def test_two_hours_without_use_end_a_session(chen: Client, machine: Machine) -> None:
    machine.on(hours=2, seconds=1)
    assert chen.get("/me").status_code == 302


def test_thirty_minutes_for_staff(officer: Client, machine: Machine) -> None:
    assert officer.get("/office/").status_code == 200
    machine.on(minutes=31)
    assert officer.get("/office/")["Location"].startswith("/staff/sign-in")


def test_in_use_it_lives_on(chen: Client, machine: Machine) -> None:
    for _ in range(5):
        machine.on(minutes=100)
        assert chen.get("/me").status_code == 200


def test_the_cookie_outlives_the_session_so_that_its_end_can_be_told(chen: Client) -> None:
    assert not chen.cookies["sessionid"]["max-age"]


def test_a_page_that_looks_by_itself_is_no_use(chen: Client, machine: Machine) -> None:
    for _ in range(12):
        machine.on(minutes=10, seconds=5)
        answer = chen.get("/me", headers=FETCH)
    assert answer.status_code == 302


def test_asking_how_long_is_no_use_and_staying_is(chen: Client, machine: Machine) -> None:
    assert left(chen) == 7200
    machine.on(minutes=118)
    assert left(chen) == 120
    assert left(chen) == 120
    assert chen.post("/stay", headers=FETCH).json() == {"left": 7200}
    machine.on(minutes=119)
    assert chen.get("/me").status_code == 200


@pytest.mark.parametrize("seconds", [0, 1, 30, 59, 61, 3600, 7190, 7199])
def test_what_is_told_is_never_more_than_is_true(chen: Client, machine: Machine, seconds: int) -> None:
    chen.get("/me")
    machine.on(seconds=seconds)
    told = left(chen)
    ends = Session.objects.get(session_key=chen.session.session_key).expire_date
    true = (ends - machine.now).total_seconds()
    assert true - 61 <= told <= true


def test_who_is_no_longer_in_has_nothing_left_and_gets_nothing(chen: Client, machine: Machine) -> None:
    machine.on(hours=3)
    assert left(chen) == 0
    assert chen.post("/stay").json() == {"left": 0}
    assert Client().get("/stay").json() == {"left": 0}
    left_over = Session.objects.filter(expire_date__gt=machine.now)
    assert [row.get_decoded() for row in left_over] == [
        {"ended": str(User.objects.get(username="chen").pk)}
    ], "a guest's: nobody is signed in"


def test_a_password_that_waits_for_a_code_cannot_be_kept_waiting(
    db: None, client: Client, machine: Machine
) -> None:
    making.departments()
    user = district.officer()
    making.phone(user)
    enter(client, user)
    assert client.post("/stay").json() == {"left": 0}


def test_the_page_says_until_when_without_javascript(chen: Client, machine: Machine) -> None:
    page = chen.get("/me").content.decode()
    until = (machine.now + timedelta(hours=2)).astimezone(clock.SHANGHAI)
    assert f"{until:%H:%M} 前没有操作会自动退出" in page
    assert 'data-left="7200" data-warning="300"' in page
    assert "前没有操作会自动退出" not in Client().get("/").content.decode()


def test_the_time_is_the_machines_though_the_demos_clock_is_ahead(chen: Client, machine: Machine) -> None:
    clock.set_source(lambda: machine.now + timedelta(days=400))
    assert left(chen) == 7200
    assert chen.get("/me").status_code == 200


def test_a_session_in_use_is_written_once_a_minute(
    chen: Client, machine: Machine, django_assert_max_num_queries: Any
) -> None:
    chen.get("/sitemap")
    with django_assert_max_num_queries(10) as seen:
        machine.on(seconds=59)
        chen.get("/sitemap")
    assert not [one for one in seen if one["sql"].startswith("UPDATE")]
    machine.on(seconds=2)
    with django_assert_max_num_queries(10) as seen:
        chen.get("/sitemap")
    assert len([one for one in seen if one["sql"].startswith("UPDATE")]) == 1


@pytest.fixture
def typed(stocked: None, client: Client) -> tuple[User, Client, str]:
    """An officer in the middle of refusing a case."""
    clock.set_source(lambda: NOON)
    user = district.officer()
    case = cases.referred(district.citizen())
    client.force_login(user)
    return user, client, f"/office/applications/{case.reference}/refuse"


def test_what_staff_wrote_comes_back_after_password_and_code(typed: tuple[User, Client, str]) -> None:
    user, browser, address = typed
    secret = making.phone(user)
    Session.objects.update(expire_date=datetime(2020, 1, 1, tzinfo=UTC))
    sent = {"reasons": "经核对，申请人不在本区居住。", "step": "check"}
    answer = browser.post(address, sent, headers={"referer": f"http://testserver{address}"})
    assert answer["Location"] == f"/staff/sign-in?next={address}"
    enter(browser, user, next=address)
    assert browser.post(CODE, {"code": code(secret), "next": address})["Location"] == address
    assert "经核对，申请人不在本区居住。" in browser.get(address).content.decode()
