"""Every address of the public pages for a guest, a citizen and someone of the staff, and what it costs."""

from __future__ import annotations

import gzip

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.public.urls import urlpatterns
from tests.portal.public import making

GUIDE = f"/matters/{making.ALLOWANCE}/"
# address → status for guest, citizen, staff
GRID = {
    "/": (200, 200, 200),
    "/?for=organisation": (200, 200, 200),
    "/?for=nonsense": (200, 200, 200),
    "/matters": (200, 200, 200),
    "/matters?q=开店": (200, 200, 200),
    "/matters?page=999": (200, 200, 200),
    GUIDE: (200, 200, 200),
    "/matters/NOSUCHMATTER/": (404, 404, 404),
    f"{GUIDE}preview": (200, 200, 200),
    "/sign-in": (200, 302, 302),
    "/staff/sign-in": (200, 302, 302),
    "/sign-out": (302, 302, 302),
    "/act-for": (302, 302, 302),
    "/check": (200, 200, 200),
    "/check?id=1.2": (422, 422, 422),
    "/check/file": (405, 405, 405),
    "/c/nothing-like-it": (404, 404, 404),
    "/free-list": (200, 200, 200),
    "/free-list/1": (404, 404, 404),
    "/free-list/1.csv": (404, 404, 404),
    "/free-list/99999999999999999999.xlsx": (404, 404, 404),
    "/privacy": (200, 200, 200),
    "/accessibility": (200, 200, 200),
    "/sitemap": (200, 200, 200),
}
PAGES = [address for address, (guest, *_) in GRID.items() if guest == 200]
MOST_QUERIES = 15
MOST_BYTES = 30_000  # the page itself, compressed; sheets, script and icons come on top once


def test_every_address_is_in_the_grid() -> None:
    named = {f"/{pattern.pattern}" for pattern in urlpatterns}
    asked = {address.split("?")[0] for address in GRID}
    assert {name for name in named if "<" not in name} <= asked
    assert {name for name in named if "<" in name} == {
        "/matters/<str:code>/",
        "/matters/<str:code>/preview",
        "/free-list/<int:number>",
        "/free-list/<int:number>.csv",
        "/free-list/<int:number>.xlsx",
        "/c/<str:token>",
        "/c/<str:token>/code.svg",
    }


@pytest.mark.parametrize(("address", "statuses"), GRID.items(), ids=GRID)
def test_each_visitor(address, statuses, chen, officer, client) -> None:
    for who, status in zip((None, chen.user, officer), statuses, strict=True):
        visitor = Client()
        if who is not None:
            visitor.force_login(who)
        response = visitor.get(address)
        assert response.status_code == status, (address, who)
        assert response.status_code == 302 or "12345" in response.content.decode()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_small_and_cheap(address, chen, signed_in) -> None:
    for slug in making.VALUES:
        making.certificate(chen, slug)
    making.business(chen)
    visitor = signed_in(chen)
    visitor.get(address)  # editions are parsed once a process
    with CaptureQueriesContext(connection) as seen:
        response = visitor.get(address)
    if response.status_code == 200:
        assert len(gzip.compress(response.content)) <= MOST_BYTES
    assert len(seen) <= MOST_QUERIES, [query["sql"][:120] for query in seen.captured_queries]


@pytest.mark.parametrize("address", ["/", "/?for=organisation", "/matters", "/matters?q=津贴", "/sitemap"])
def test_thirty_matters_cost_the_queries_of_three(address, chen, signed_in) -> None:
    visitor = signed_in(chen)

    def queries() -> int:
        visitor.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert visitor.get(address).status_code == 200
        return len(seen)

    few = queries()
    making.copies(30)
    assert queries() == few


@pytest.mark.parametrize("cookie", [("display_mode", "elder"), ("display_contrast", "high")])
@pytest.mark.parametrize("address", PAGES)
def test_both_display_modes_draw(cookie, address, chen, signed_in) -> None:
    visitor = signed_in(chen)
    visitor.cookies[cookie[0]] = cookie[1]
    response = visitor.get(address)
    if response.status_code == 200:
        assert cookie[1] in response.content.decode().split("<head>")[0]


def test_the_rest_asks_to_sign_in_and_comes_back(district, client) -> None:
    wanted = reverse("citizen:applications")
    response = client.get(wanted)
    assert response.status_code == 302
    assert response["Location"] == f"/sign-in?next={wanted}"
