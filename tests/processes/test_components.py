"""The component gallery in a real browser: every mode, both widths, and the small comforts of site.js."""

from __future__ import annotations

import pytest
from django.conf import settings

from tests.processes.browsing import assert_accessible, assert_fits, axe

MODES: list[tuple[int, dict[str, str]]] = [
    (1280, {}),
    (390, {"display_mode": "elder"}),
    (1280, {"display_contrast": "high"}),
    (390, {"display_mode": "elder", "display_contrast": "high"}),
]
NAMES = ["normal", "elder", "high", "elder+high"]
pytestmark = pytest.mark.skipif(not settings.DEMO, reason="the gallery is part of the demo")


@pytest.mark.parametrize(("width", "cookies"), MODES, ids=NAMES)
def test_gallery_is_accessible_and_fits(
    open_page, live_site: str, cookies: dict[str, str], width: int
) -> None:
    page = open_page(width=width)
    page.context.add_cookies(
        [{"name": name, "value": value, "url": live_site} for name, value in cookies.items()]
    )
    page.goto("/components/")
    assert_accessible(page)
    assert_fits(page)


@pytest.mark.parametrize("cookies", [{}, {"display_mode": "elder"}], ids=["normal", "elder"])
def test_targets_are_large_enough(phone, live_site: str, cookies: dict[str, str]) -> None:
    phone.context.add_cookies(
        [{"name": name, "value": value, "url": live_site} for name, value in cookies.items()]
    )
    phone.goto("/components/")
    least = 60 if cookies else 44
    small = phone.eval_on_selector_all(
        ".button, .option, .input, .crumbs a, .pages a, .brand, .tabbar a, .errors a, .fold > summary, "
        ".certificate__acts a",
        "(found, least) => found.filter(e => e.offsetParent && e.getBoundingClientRect().height < least - .5)"
        ".map(e => e.className + ' ' + e.textContent.trim())",
        least,
    )
    assert not small


def test_the_error_summary_takes_the_focus_and_leads_to_the_field(page) -> None:
    page.goto("/components/")
    assert page.title().startswith("错误：")
    assert page.evaluate("document.activeElement.hasAttribute('data-error-summary')")
    page.click(".errors a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_id_number"


def test_tags_appear_with_the_level_and_nothing_is_chosen_before(page) -> None:
    page.goto("/components/")
    assert page.locator(".tagset:visible").count() == 0
    page.check("#id_level_4", force=True)
    assert page.locator(".tagset--1").is_visible()
    assert not page.locator(".tagset--5").is_visible()


def test_elder_mode_is_a_plain_form(plain_page) -> None:
    plain_page.goto("/components/")
    plain_page.click(".utility .mode-elder button")
    assert plain_page.get_attribute("html", "data-mode") == "elder"
    assert plain_page.url.endswith("/components/")
    plain_page.click(".exit button")
    assert plain_page.get_attribute("html", "data-mode") == "normal"


def test_a_form_is_sent_once(page) -> None:
    page.goto("/components/")
    counted = page.evaluate(
        """() => {
          const form = document.querySelector('form.rating'), seen = [];
          addEventListener('submit', event => { seen.push(event.defaultPrevented); event.preventDefault(); });
          form.requestSubmit();
          form.requestSubmit();
          return seen;
        }"""
    )
    assert counted == [False, True]


def test_axe_finds_what_is_wrong(page) -> None:
    """A search that cannot find is worth nothing."""
    page.goto("/components/")
    assert not axe(page)
    page.evaluate(
        """() => {
          const main = document.querySelector('main');
          main.append(document.createElement('img'));
          main.insertAdjacentHTML('beforeend', '<p id="pale">浅色的字</p><p id="unclear">底色不明的字</p>');
          document.getElementById('pale').style.cssText = 'color: #bbb; background: #fff';
          document.getElementById('unclear').style.background = 'linear-gradient(#000, #fff)';
        }"""
    )
    found = axe(page)
    assert [entry["rule"] for entry in found] == ["color-contrast", "image-alt", "color-contrast"]
    where = "".join(place for entry in found for place in entry["where"])
    assert all(part in where for part in ("<img>", "pale", "unclear"))
