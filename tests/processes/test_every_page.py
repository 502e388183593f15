"""Every page one can walk to by links, as guest, citizen, officer: axe finds nothing, nothing too wide or broken.

What a citizen sees on the way to a certificate is looked at here too; test_citizen_story has the story.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page

from accounts.models import User
from bench.walking import Walk, pattern
from certificates.models import Certificate
from tests.factories import district
from tests.portal.bureau import making
from tests.processes.browsing import assert_fits, axe
from tests.processes.running import Processes
from tests.processes.standing import FarStandin
from tests.processes.test_citizen_story import assert_chips_are_small, consent, enter, looks_right, submit
from tests.processes.test_citizen_story import sign_in as sign_in_by_form
from tests.processes.test_office import sign_in

OF_CITIZENS = ("/applications", "/certificates", "/messages", "/me")
ELDER, CONTRAST = ("display_mode", "elder"), ("display_contrast", "high")
OF_OFFICERS = ("/office/", "/office/applications/*", "/office/done", "/office/supplementing")  # test_office
OF_THE_DEMO = ("/components/", "/demo/sign-in", "/demo/clock")  # test_components, test_demo
PUBLIC = ("/matters", "/check", "/privacy", "/accessibility", "/sitemap", "/sign-in", "/staff/sign-in")


def walk(
    page: Page, *starts: str, known: tuple[str, ...] = (), others: tuple[str, ...] = (), least: int
) -> set[str]:
    """Look at one page of each pattern; fail with everything that was found. Returns the patterns.

    Axe has seen `others` in another test; nobody walks to `known`.
    """
    walker, found = Walk(page, seen=set(known)), {}
    for path in walker.through(*starts):
        if pattern(path) not in others and (findings := axe(page)):
            found[path] = findings
        assert_fits(page)
    assert not found
    assert not walker.failed
    assert len(walker.seen) - len(known) >= least, sorted(walker.seen)
    return walker.seen


@pytest.mark.parametrize(
    ("width", "look"), [(390, ELDER), (1280, CONTRAST)], ids=["phone-elder", "desk-contrast"]
)
def test_what_a_guest_can_walk_to(
    open_page: Callable[..., Page], city: FarStandin, live_site: str, width: int, look: tuple[str, str]
) -> None:
    page = open_page(width=width)
    page.context.add_cookies([{"name": look[0], "value": look[1], "url": live_site}])
    walk(page, "/", "/matters?q=zzzz", "/no-such-page", others=OF_THE_DEMO, least=15)


@pytest.mark.parametrize(
    ("width", "look"),
    [(1280, ("display_mode", "normal")), (390, ELDER), (390, CONTRAST)],
    ids=["desk", "phone-elder", "phone-contrast"],
)
def test_what_a_citizen_can_walk_to(
    open_page: Callable[..., Page],
    worker: Processes,
    city: FarStandin,
    live_site: str,
    width: int,
    look: tuple[str, str],
) -> None:
    """One application granted, one draft begun: results, certificates, records, family, what one did where."""
    page = open_page(width=width)
    page.context.add_cookies([{"name": look[0], "value": look[1], "url": live_site}])
    sign_in_by_form(page, enter(city).user)
    consent(page, district.BUSINESS)
    page.goto(f"/matters/{district.ALLOWANCE}/start")
    looks_right(page)
    assert_chips_are_small(page)
    consent(page)
    assert page.url.endswith("/check")
    looks_right(page)
    submit(page)
    page.wait_for_selector("text=审批通过")
    assert Certificate.objects.get(source__startswith="decision:").number in page.inner_text("main")
    seen = walk(page, page.url, "/", "/me", known=PUBLIC, others=OF_THE_DEMO, least=15)
    assert seen >= {"/applications/*", "/applications/*/print", "/certificates/*", "/drafts/*"}
    assert seen >= {"/", "/certificates/uses", "/authorisations", *OF_CITIZENS}


def test_what_an_officer_can_walk_to(open_page: Callable[..., Page], stocked: None, live_site: str) -> None:
    with transaction.atomic():
        officer: User = district.officer()
        applicant = district.citizen(name="黄志强")
    case = making.referred(applicant)
    page = open_page(width=390)
    sign_in(page, officer, site=live_site)
    walk(
        page,
        "/office/",
        f"/office/applications/{case.reference}",
        known=("/", *PUBLIC, *OF_CITIZENS, "/certificates/code"),
        others=(*OF_OFFICERS, *OF_THE_DEMO),
        least=6,
    )
