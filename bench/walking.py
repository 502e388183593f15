"""Walking a portal as its users do: every address a role can reach by links, one of each pattern."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

# Shown on purpose: pages of what went wrong.
_EXPECTED = re.compile(r"^/(?:components/errors/|no-such-page|c/unknown|staff/sign-in)")
# What tells two pages of one kind apart: references, ids, codes of matters, check tokens, tags, queries.
_PARTS = re.compile(r"(?<=/)(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-Z]{31,33}|\d+|(?<=/c/)[^/]+)(?=/|$)")
_SKIPPED = re.compile(r"^/(?:static|healthz|api|metrics)(?:/|$)|^/files/|\.(?:svg|png|jpg|pdf)$")
_DEEPEST = 400


@dataclass
class Walk:
    """A walk through one site; remembers what it has seen, over several roles if asked to."""

    page: Page
    seen: set[str] = field(default_factory=set)
    failed: list[str] = field(default_factory=list)

    def through(self, *starts: str) -> Iterator[str]:
        """Open one page of each pattern that can be reached by links; yields its path while it is open."""
        waiting = [*starts]
        while waiting and len(self.seen) < _DEEPEST:
            path = waiting.pop(0)
            if pattern(path) in self.seen or _SKIPPED.search(urlsplit(path).path):
                continue
            self.seen.add(pattern(path))
            answer = self.page.goto(path)
            if (answer is None or answer.status >= 400) and not _EXPECTED.search(path):
                self.failed.append(f"{answer.status if answer else 'nothing'} {path}")
            yield path
            waiting += self._links()

    def _links(self) -> list[str]:
        here = urlsplit(self.page.url)
        hrefs = self.page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
        links = [urlsplit(urljoin(self.page.url, href)) for href in hrefs]
        return [
            link.path + (f"?{link.query}" if link.query else "")
            for link in links
            if link.netloc == here.netloc and link.path != here.path
        ]


def pattern(path: str) -> str:
    """Return an address with everything replaced that tells two pages of one kind apart; queries do not count."""
    alone = urlsplit(path).path
    return alone if alone.startswith("/components/") else _PARTS.sub("*", alone)


def sign_in(page: Page, username: str) -> None:
    """Sign in by one click on the demo's page."""
    page.goto("/demo/sign-in")
    page.click(f"form:has(input[value='{username}']) button")
    page.wait_for_load_state()
