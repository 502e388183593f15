"""The browser, and what every page has to stand: axe without findings, no sideways scrolling.

axe is what costs, so each page is shown to it once in each look, by the test that owns it: test_every_page,
test_public_pages, test_office, test_components, test_demo; the stories show it what only they see. Whether a page fits
costs next to nothing and is asked at every width each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from bootstrap import browser as finding

AXE = (Path(__file__).parents[1] / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
# Details only of what is looked at: listing all that is in order takes longer than looking for what is not, and so does
# working out a selector for each element; its HTML says which one it is.
RUN = """
rules => window.axe && axe.run(document, {
    resultTypes: ['violations', 'incomplete'], selectors: false, runOnly: {type: 'tag', values: rules}
  })
  .then(({violations, incomplete}) => ({violations, incomplete}))
"""
WIDTHS = (390, 1280)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def executable() -> str | None:
    """Return the path of Chromium that `scripts/test` finds, or has installed."""
    return finding.find()


def expected(message: str) -> bool:
    """Return whether a line of the browser's console is what a test asked for: an error page is an error there."""
    return message.startswith("Failed to load resource: the server responded with a status of 4")


def axe(page: Page) -> list[dict[str, Any]]:
    """Return what axe finds on the page, contrast it could not decide about included; empty is good."""
    page.wait_for_load_state()  # its address is there before its first element is
    if (found := page.evaluate(RUN, RULES)) is None:
        page.add_init_script(AXE)  # by the debugger's way in: the page's own policy allows no foreign script
        page.evaluate(AXE)  # what is opened next has it from the start: a fifth of sending it anew
        found = page.evaluate(RUN, RULES)
    unclear = [entry for entry in found["incomplete"] if entry["id"] == "color-contrast"]
    return [
        {
            "rule": entry["id"],
            "help": entry["help"],
            "where": [node["html"][:200] for node in entry["nodes"][:5]],
        }
        for entry in [*found["violations"], *unclear]
    ]


def assert_accessible(page: Page) -> None:
    """Fail with the findings when axe has any."""
    findings = axe(page)
    assert not findings, f"axe on {page.url}: {findings}"


def assert_fits(page: Page, *, widths: Iterable[int] = WIDTHS) -> None:
    """Fail when the page can be scrolled sideways on a screen of any of these widths; it is left as it was."""
    before = page.viewport_size
    assert before is not None
    for width in sorted(widths, key=lambda one: one != before["width"]):
        if width != before["width"]:
            page.set_viewport_size({"width": width, "height": before["height"]})
        wide, room = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room, f"{page.url} is {wide} px wide on a screen of {room} px"
    page.set_viewport_size(before)
