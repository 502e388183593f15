"""The stand-in for the identity platform, told by the test over HTTP what to get wrong."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from html.parser import HTMLParser
from typing import Any

import httpx
from django.test import Client

from portal.demo.issuer.desk import Client as Registered
from portal.demo.issuer.desk import Desk
from portal.demo.issuer.page import Someone
from tests.factories.standin import serving

ID, SECRET = "the-portal", "a secret of the portal : with a colon"
BEGIN, RETURN = "/sign-in/platform", "/sign-in/platform/return"


class Fields(HTMLParser):
    """The fields the page of the platform carries."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "input":
            self.found[str(told["name"])] = told["value"] or ""


class Issuer:
    """A running issuer, and who asks it: one client for all tests, for making one takes 30 ms."""

    def __init__(self, url: str, http: httpx.Client) -> None:
        self.url, self.http = url, http

    def order(self, **told: Any) -> None:
        self.http.post(f"{self.url}/control", json=told, timeout=5).raise_for_status()

    def heal(self, *people: Someone) -> None:
        self.order(people=[asdict(one) for one in people])

    def consent(self, address: str, who: str) -> str:
        """Be somebody on the platform's page, and return where it leads: the path at the portal."""
        page = self.http.get(address, timeout=5)
        assert page.status_code == 200, page.text
        assert "演示用的替身" in page.text
        carried = Fields()
        carried.feed(page.text)
        answer = self.http.post(f"{self.url}/authorize", data={**carried.found, "who": who}, timeout=5)
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"].removeprefix("http://testserver")

    def walk(self, browser: Client, who: str, *, onward: str = "") -> Any:
        """Sign in by the platform as a browser does, up to the answer of our page."""
        return browser.get(self.consent(browser.get(BEGIN, {"next": onward})["Location"], who))


@contextmanager
def running() -> Iterator[Issuer]:
    """Serve the stand-in that serve_issuer serves, with real HTTP, from a thread of this process."""
    desk = Desk(Registered(ID, SECRET), [])
    with serving(desk.answer) as port, httpx.Client() as http:
        desk.address = f"http://127.0.0.1:{port}"
        yield Issuer(desk.address, http)
