"""The brakes as visitors meet them: at both doors, and at the public check of certificates."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest
from django.test import Client

from accounts import registering
from accounts.models import User
from accounts.registering import NewPerson
from common.redis import connection
from portal.settings import BRAKES
from tests.factories import district

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("brakes")]
PASSWORD = "a long test password"
DOORS = ["/sign-in", "/staff/sign-in"]


@pytest.fixture
def both(db: None) -> User:
    """Someone who may come in by either door."""
    registering.regions()
    for one in district.DEPARTMENTS:
        registering.department({**district.COMMON, **one})
    return district.officer(user=registering.account("both", display_name="王", password=PASSWORD))


@pytest.fixture
def name(both: User) -> str:
    registering.person(NewPerson("王小明", district.resident_number(date(1990, 1, 1))), user=both)
    return both.username


def post(door: str, username: str, password: str, **more: Any) -> Any:
    return Client().post(door, {"username": username, "password": password}, **more)


@pytest.mark.parametrize("door", DOORS)
def test_after_ten_failures_the_right_password_waits_too(name: str, door: str) -> None:
    for _ in range(10):
        assert post(door, name, "wrong").status_code == 422
    browser = Client()
    response = browser.post(door, {"username": name, "password": PASSWORD})
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 900
    text = response.content.decode()
    assert "请 15 分钟后再登录" in text
    assert "操作太频繁" in text
    assert "_auth_user_id" not in browser.session


def test_the_two_doors_share_one_count(name: str) -> None:
    for turn in range(10):
        post(DOORS[turn % 2], name, "wrong")
    assert [post(door, name, PASSWORD).status_code for door in DOORS] == [429, 429]


def test_when_the_time_is_over_the_right_password_opens(name: str, settings: Any) -> None:
    settings.BRAKES = {**BRAKES, "sign_in_name": (2, 2)}
    for _ in range(2):
        post("/sign-in", name, "wrong")
    assert post("/sign-in", name, PASSWORD).status_code == 429
    time.sleep(2.1)
    assert post("/sign-in", name, PASSWORD).status_code == 302


def test_a_success_clears_the_name(name: str) -> None:
    for _ in range(3):
        for _ in range(9):
            assert post("/sign-in", name, "wrong").status_code == 422
        assert post("/sign-in", name, PASSWORD).status_code == 302


def test_an_unknown_name_reads_the_same(name: str) -> None:
    texts = []
    for username in (name, "nobody"):
        for _ in range(10):
            post("/sign-in", username, "wrong")
        texts.append(
            post("/sign-in", username, "wrong").content.decode().split("<main")[1].split("</main>")[0]
        )
    assert texts[0] == texts[1]


def test_an_incomplete_form_is_no_attempt(name: str) -> None:
    for _ in range(20):
        assert post("/sign-in", name, "").status_code == 422
    assert post("/sign-in", name, PASSWORD).status_code == 302


def test_sign_in_goes_on_without_the_broker(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    away = connection().from_url("redis://127.0.0.1:9/0")
    monkeypatch.setattr("accounts.signing.braking.connection", lambda: away)
    for _ in range(11):
        assert post("/sign-in", name, "wrong").status_code == 422
    assert post("/sign-in", name, PASSWORD).status_code == 302


@pytest.mark.parametrize("address", ["/check?id=1.2.156.3005.2.X", "/c/nothing-like-it"])
def test_public_checks_are_braked(settings: Any, address: str) -> None:
    statuses = {Client().get("/c/nothing-like-it").status_code for _ in range(60)}
    assert statuses == {404}
    response = Client().get("/c/nothing-like-it")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert "请 1 分钟后再查" in response.content.decode()
    assert Client().get(address, REMOTE_ADDR="198.51.100.9").status_code != 429
    assert Client().get("/check").status_code == 200  # the form alone asks nothing


def test_behind_a_proxy_each_visitor_counts_alone(settings: Any) -> None:
    settings.BEHIND_PROXY = True
    settings.BRAKES = {**BRAKES, "check_address": (1, 60)}
    for visitor in ("203.0.113.1", "203.0.113.2"):
        assert Client().get("/c/x", headers={"X-Forwarded-For": visitor}).status_code == 404
    assert Client().get("/c/x", headers={"X-Forwarded-For": "203.0.113.1"}).status_code == 429
    forged = {"X-Forwarded-For": "198.51.100.1, 203.0.113.1"}
    assert Client().get("/c/x", headers=forged).status_code == 429
