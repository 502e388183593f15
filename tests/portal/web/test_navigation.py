from __future__ import annotations

import pytest
from django.test import RequestFactory

from portal.web import navigation

TABLE = (
    ("public:home", "首页", "首页", "home"),
    ("public:matters", "办事", "办事", "clipboard-list"),
    ("public:gone", "没有", "没有", "x"),
)
ADDRESSES = {"public:home": "/", "public:matters": "/matters/", "public:gone": ""}


@pytest.mark.parametrize(
    ("path", "current"),
    [("/", ["首页"]), ("/matters/", ["办事"]), ("/matters/1/start", ["办事"]), ("/elsewhere", [])],
)
def test_the_deepest_place_is_current(monkeypatch: pytest.MonkeyPatch, path: str, current: list[str]) -> None:
    monkeypatch.setattr(navigation, "address", ADDRESSES.__getitem__)
    found = navigation.places(RequestFactory().get(path), TABLE)
    assert "public:gone" not in found
    assert [place.label for place in found.values() if place.current] == current


def test_a_page_that_does_not_exist_has_no_address() -> None:
    assert navigation.address("public:no_such_page") == ""


def test_the_phone_menu_lists_each_place_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "address", lambda name: "/" + name)
    request = RequestFactory().get("/")
    listed = [place.label for place in [*navigation.header(request), *navigation.rest_of_menu(request)]]
    elsewhere = {navigation.CODE}  # the middle of the tab bar, and on top of the wallet
    places = navigation.CITIZEN_PLACES
    assert sorted(listed) == sorted(words for name, words, _, _ in places if name not in elsewhere)


def test_the_tab_bar_holds_at_most_five(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "address", lambda name: "/" + name)
    assert len(navigation.tab_bar(RequestFactory().get("/"))) == 5
