"""What a citizen's page may cost on a first view: bytes, requests, other people's servers, things that jump."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page, Response

from tests.factories.district import ALLOWANCE, BUSINESS
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import consent, enter, sign_in, submit

MOST_BYTES, MOST_REQUESTS, MOST_SHIFT = 130_000, 12, 0.05
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True)
class Cost:
    """One first view."""

    sizes: dict[str, int]
    hosts: frozenset[str]
    shift: float

    def over(self, own: str) -> list[str]:
        """Return what is over the budget, in words."""
        found = {
            f"{sum(self.sizes.values())} bytes: {self.sizes}": sum(self.sizes.values()) > MOST_BYTES,
            f"{len(self.sizes)} requests: {sorted(self.sizes)}": len(self.sizes) > MOST_REQUESTS,
            f"asks {sorted(self.hosts)}": bool(self.hosts - {own}),
            f"layout shift {self.shift}": self.shift > MOST_SHIFT,
        }
        return [words for words, too_much in found.items() if too_much]


def first_view(open_page: Callable[..., Page], signed_in: Page, address: str) -> Cost:
    """Open an address in a browser that has the session and nothing else."""
    page = open_page(width=390)
    page.context.add_cookies(signed_in.context.cookies())  # type: ignore[arg-type]
    page.add_init_script(WATCH_SHIFTS)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 -- as in test_public_pages
    page.goto(address)
    page.wait_for_load_state("networkidle")
    sizes = {answer.url: answer.request.sizes()["responseBodySize"] for answer in answers}
    hosts = frozenset(urlsplit(url).netloc for url in sizes if not url.startswith("data:"))
    cost = Cost(sizes, hosts, page.evaluate("window.shifted"))
    page.context.close()
    return cost


def test_a_first_view_of_a_citizens_page_is_light_and_stands_still(
    open_page: Callable[..., Page], phone: Page, worker: Processes, city: FarStandin, live_site: str
) -> None:
    sign_in(phone, enter(city).user)
    costs: dict[str, Cost] = {}

    def view(name: str, address: str) -> None:
        costs[name] = first_view(open_page, phone, address)

    view("home", "/")
    view("guide", f"/matters/{ALLOWANCE}/")
    view("consent", f"/matters/{ALLOWANCE}/start")
    consent(phone, BUSINESS)
    view("questions", phone.url)
    consent(phone)
    view("check", phone.url)
    submit(phone)
    phone.wait_for_selector("text=审批通过")
    view("result", phone.url)
    view("inbox", "/messages")
    view("wallet", "/certificates")
    over = {name: found for name, cost in costs.items() if (found := cost.over(urlsplit(live_site).netloc))}
    assert not over
    assert all(len(cost.sizes) >= 4 for cost in costs.values()), "nothing was counted"


def test_the_watch_sees_what_jumps(open_page: Callable[..., Page]) -> None:
    """A watch that cannot see is worth nothing."""
    page = open_page(width=390)
    page.add_init_script(WATCH_SHIFTS)
    page.goto("/privacy")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('afterbegin', '<p>'.concat('多一段<br>'.repeat(30)))"
    )
    # asked from outside: a wait of the browser's own is a string to evaluate, which the site forbids
    deadline = time.monotonic() + 10
    while page.evaluate("window.shifted") <= MOST_SHIFT:
        assert time.monotonic() < deadline, "nothing was seen to move"
        page.wait_for_timeout(50)
