from __future__ import annotations

import pytest
from django.test import Client, RequestFactory

from portal.web import display


def request(**cookies: str):
    made = RequestFactory().get("/")
    made.COOKIES.update(cookies)
    return made


@pytest.mark.parametrize(
    ("cookies", "elder", "high"),
    [
        ({}, False, False),
        ({"display_mode": "elder"}, True, False),
        ({"display_contrast": "high"}, False, True),
        ({"display_mode": "elder", "display_contrast": "high"}, True, True),
        ({"display_mode": 'elder" onload="x', "display_contrast": "HIGH"}, False, False),
    ],
)
def test_what_the_cookies_say(cookies: dict[str, str], elder: bool, high: bool) -> None:
    chosen = display.of(request(**cookies))
    assert (chosen.elder, chosen.high_contrast) == (elder, high)


def test_choosing_needs_no_account() -> None:
    answer = Client().post("/display", {"mode": "elder", "next": "/matters?q=1"})
    assert (answer.status_code, answer["Location"]) == (302, "/matters?q=1")
    assert answer.cookies["display_mode"].value == "elder"
    assert "display_contrast" not in answer.cookies
    assert answer.cookies["display_mode"]["httponly"]


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "\\\\evil"]
)
def test_the_way_back_stays_on_the_site(target: str) -> None:
    assert Client().post("/display", {"mode": "elder", "next": target})["Location"] == "/"


def test_an_unknown_choice_changes_nothing() -> None:
    assert not Client().post("/display", {"mode": "giant", "contrast": "low"}).cookies


def test_looking_does_not_choose() -> None:
    assert Client().get("/display").status_code == 405
