"""The start of work at a window: where one sits is said first, kept for the session and the post."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from accounts import posting, registering
from accounts.models import Department, Post, User
from tests.factories import district

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk(city: datetime) -> User:
    return district.clerk()


@pytest.fixture
def window(clerk: User, client: Client) -> Client:
    client.force_login(clerk)
    return client


def sit(window: Client, number: str) -> str:
    return window.post(reverse("counter:window"), {"number": number}, follow=True).content.decode()


def test_where_one_sits_is_asked_first(window: Client) -> None:
    assert "您今天在几号窗口" in window.get(reverse("counter:desk")).content.decode()
    shown = sit(window, "3")
    assert "示例区政务服务中心 · 3 号窗口" in shown
    assert "您今天在几号窗口" not in shown


@pytest.mark.parametrize(
    ("typed", "said"), [("１２", "12 号窗口"), (" 7 ", "7 号窗口"), ("5号", "5 号窗口"), ("007", "7 号窗口")]
)
def test_digits_count_as_they_were_typed(window: Client, typed: str, said: str) -> None:
    assert said in sit(window, typed)


@pytest.mark.parametrize("typed", ["", "0", "-1", "三", "1000", "1.5", "两", "9" * 40])
def test_what_is_no_window_is_refused_with_words(window: Client, typed: str) -> None:
    answer = window.post(reverse("counter:window"), {"number": typed})
    assert answer.status_code == 422
    assert "窗口号" in answer.content.decode()
    assert "您今天在几号窗口" in window.get(reverse("counter:desk")).content.decode()


def test_another_post_is_another_seat(window: Client, clerk: User) -> None:
    sit(window, "3")
    department = Department.objects.order_by("pk").first()
    other = registering.appoint(clerk, role=Post.Role.CLERK, department=department, on=date(2020, 1, 1))
    posting.choose(clerk, post_id=other.pk)
    assert "您今天在几号窗口" in window.get(reverse("counter:desk")).content.decode()


def test_who_is_no_clerk_is_told_where_to_go(client: Client, city: datetime) -> None:
    client.force_login(district.officer())
    answer = client.get(reverse("counter:desk"))
    assert answer.status_code == 403
    assert "只有窗口人员岗位能用" in answer.content.decode()
    client.force_login(district.citizen().user)
    assert client.get(reverse("counter:desk")).status_code == 403
