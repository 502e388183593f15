"""Takes a picture of every page in two widths and three looks, into var/shots/, and says what is wrong with each.

Run by scripts/shots. A demo town of its own is started; its people apply first, so that the pages are not empty.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from bench import staging
from bench import town as towns
from bench.town import Town
from bench.walking import Walk, pattern, sign_in
from tests.processes import browsing

SHOTS = Path("var/shots")
WIDTHS = {"phone": 390, "desk": 1280}
LOOKS = {"normal": {}, "elder": {"display_mode": "elder"}, "contrast": {"display_contrast": "high"}}
PROGRAMS = ("registers", "web", "worker", "beat")


@dataclass(frozen=True)
class Role:
    """Whose pages are walked: a demo user (or a guest), from where, and in whose name."""

    name: str
    username: str = ""
    starts: tuple[str, ...] = ("/", "/me", "/applications", "/certificates")
    acting: bool = False
    everything: bool = False
    skips: tuple[str, ...] = ()  # no pages of theirs


# What looks the same for everybody signed in: walked by the first of them only.
PUBLIC = ("/matters", "/check", "/privacy", "/accessibility", "/sitemap", "/sign-in", "/staff/sign-in")
GUEST_STARTS: tuple[str, ...] = ("/", "/matters", "/matters?q=没有这件事", "/sign-in", "/staff/sign-in")
GUEST_STARTS += (
    "/demo/sign-in",
    "/demo/clock",
    "/components/",
    "/check",
    "/check?id=1.2",
    "/c/unknown",
    "/no-such-page",
)
ROLES = (
    Role("guest", starts=GUEST_STARTS, everything=True),
    Role("granted", "chenxiuying", everything=True),
    Role("referred", "wuchaoxin"),
    Role("refused", "liubaozhu"),
    Role("supplement", "yuhansheng"),
    Role("shop-asked", "yangpeiling"),
    Role("withdrawn", "zhangruiying"),
    Role("drafting", "xiejunjie"),
    Role("nothing-yet", "limuzhen"),
    Role("mother", "wuyulan"),
    Role("daughter", "chenxiaolin", acting=True),
    Role("guardian", "linzhiqiang"),
    Role("head", "zhengjianhua"),
    Role(
        "officer",
        "officer-minzheng",
        starts=("/office/", "/office/done", "/office/supplementing"),
        skips=("/", "/applications", "/certificates", "/messages", "/me"),
    ),
)


def main(arguments: list[str]) -> int:
    """Walk every role in every width and look; return 1 when a page is broken, too wide or not accessible."""
    parser = argparse.ArgumentParser(prog="scripts/shots", description=__doc__)
    parser.add_argument("--role", choices=[role.name for role in ROLES], action="append")
    parser.add_argument("--look", choices=list(LOOKS), action="append")
    parser.add_argument("--no-axe", action="store_true", help="only pictures and widths")
    parser.add_argument("--site", help="a demo that runs and has been used, instead of a town of its own")
    told = parser.parse_args(arguments)
    roles = [role for role in ROLES if not told.role or role.name in told.role]
    with _site(told.site) as site, browser_open() as browser:
        faults = [
            fault
            for role in roles
            for look in told.look or LOOKS
            for fault in shoot(browser, site, role=role, look=look, axe=not told.no_axe)
        ]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def shoot(browser: Browser, site: str, *, role: Role, look: str, axe: bool) -> Iterator[str]:
    """Picture every page the role reaches by links; yields faults in words."""
    page = _open(browser, site, look=look, width=WIDTHS["desk"])
    _arrive(page, role)
    walk = Walk(page, seen=set() if role.everything else {pattern(path) for path in (*PUBLIC, *role.skips)})
    for path in walk.through(*role.starts):
        for width, pixels in WIDTHS.items():
            page.set_viewport_size({"width": pixels, "height": 900})
            folder = SHOTS / f"{width}-{look}"
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{role.name}--{_file_name(path)}.png", full_page=True)
            yield from wide(page, path=path, where=f"{role.name} {width} {look}")
            if axe:
                yield from (f"{role.name} {width} {look} {path}: {finding}" for finding in browsing.axe(page))
    print(f"{role.name} {look}: {len(walk.seen)} pages", flush=True)
    yield from (f"{role.name}: {failed}" for failed in walk.failed)
    page.context.close()


def wide(page: Page, *, path: str, where: str) -> Iterator[str]:
    """Yield in words that a page can be scrolled sideways."""
    broad, room = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if broad > room:
        yield f"{where} {path}: {broad} px wide on a screen of {room} px"


def _arrive(page: Page, role: Role) -> None:
    if role.username:
        sign_in(page, role.username)
    if role.acting:  # in somebody else's name: the first one offered
        page.goto("/me")
        page.click("main form[action='/act-for'] button >> nth=0")
        page.wait_for_load_state()


@contextmanager
def _site(running: str | None) -> Iterator[str]:
    """Yield the address of a demo with something on every page."""
    if running:
        yield running.rstrip("/")
        return
    with towns.opened(throwaway=True) as town:
        prepare(town)
        yield town.site


def prepare(town: Town) -> None:
    """Start the town's programs and put something onto its pages."""
    for name in PROGRAMS:
        town.start(name)
    staging.stage(town)


def _open(browser: Browser, site: str, *, look: str, width: int) -> Page:
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 900}, locale="zh-CN")
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in LOOKS[look].items()])
    return context.new_page()


@contextmanager
def browser_open() -> Iterator[Browser]:
    """Yield Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browsing.executable(), args=browsing.FLAGS)
        yield browser
        browser.close()


def _file_name(path: str) -> str:
    return re.sub(r"[^0-9A-Za-z_-]+", "-", pattern(path).replace("*", "x")).strip("-") or "home"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
