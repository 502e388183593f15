from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.template import Template
from django.test import Client, RequestFactory
from django.test.signals import template_rendered

from portal.web.components import parts
from portal.web.showing import faults, gallery
from portal.web.templatetags import web
from portal.web.templatetags.web import register as library

STATIC = Path(settings.BASE_DIR) / "static"


def shown(**cookies: str) -> str:
    request = RequestFactory().get("/components/")
    request.user = AnonymousUser()
    request.COOKIES.update(cookies)
    return gallery.components(request).content.decode()


def test_every_part_is_drawn() -> None:
    html = shown()
    source = (Path(settings.BASE_DIR) / "portal/web/templatetags/web.py").read_text(encoding="utf-8")
    for template in set(re.findall(r'"(components/[\w/]+\.html)"', source)):
        assert (Path(settings.BASE_DIR) / "templates" / template).is_file()
    for part in (
        "errors",
        "card",
        "banner",
        "empty",
        "summary",
        "table",
        "sheet",
        "certificate",
        "wallet",
        "timeline",
        "strip",
        "progress",
    ):
        assert re.search(rf'class="[^"]*\b{part}\b', html), part


FRAMES = {
    "components/gallery.html",
    "components/form/form.html",
}  # the page itself; Django's way to draw a whole form
SIGNED_IN = {"components/frame/own.html"}  # the menu of somebody signed in: on every page of theirs
NOT_SHOWN = {"acting_bar", "error_prefix", "field_view", "for_whom"}  # tags that draw nothing of their own


@pytest.mark.django_db
def test_every_template_of_a_component_is_drawn(client: Client) -> None:
    folder = Path(settings.BASE_DIR) / "templates"
    there = {str(path.relative_to(folder)) for path in (folder / "components").rglob("*.html")} - FRAMES
    drawn: set[str] = set()

    def note(template: Template, **_: object) -> None:
        drawn.add(str(template.name))

    web._untouched_rating.cache_clear()  # another test of this process may have drawn it
    template_rendered.connect(note)
    try:
        for mode in ("normal", "elder"):
            client.cookies["display_mode"] = mode
            assert client.get("/components/").status_code == 200
    finally:
        template_rendered.disconnect(note)
    assert sorted(there - drawn - SIGNED_IN) == []


def test_every_tag_is_used() -> None:
    pages = Path(settings.BASE_DIR) / "templates" / "components"
    source = "".join(path.read_text(encoding="utf-8") for path in pages.glob("gallery*/*.html"))
    source += (pages / "gallery.html").read_text(encoding="utf-8")
    used = set(re.findall(r"{% (\w+)", source))
    assert sorted(set(library.tags) - used - NOT_SHOWN) == []


@pytest.mark.parametrize("kind", [*parts.CHIPS])
def test_every_kind_of_chip_is_shown(kind: str) -> None:
    assert f"chip--{kind}" in shown()


@pytest.mark.parametrize("kind", [*parts.PILLS])
def test_every_kind_of_pill_is_shown(kind: str) -> None:
    assert f"pill--{kind}" in shown()


@pytest.mark.parametrize("kind", [*parts.BUTTONS])
def test_every_kind_of_button_is_shown(kind: str) -> None:
    assert f"button--{kind}" in shown()


@pytest.mark.django_db
@pytest.mark.parametrize("name", faults.NAMES)
def test_every_error_page_helps(client: Client, name: str) -> None:
    answer = client.get(f"/components/errors/{name}")
    words = answer.content.decode()
    assert answer.status_code == {"csrf": 403, "maintenance": 503}.get(name) or int(name)
    assert "tel:12345" in words
    assert re.search(r"都在|还在|没有改动|什么都没有|不受影响", words)  # what became of one's work
    assert 'class="buttons"' in words


def test_an_error_page_nobody_made_is_not_found(client: Client, db: None) -> None:
    assert client.get("/components/errors/418").status_code == 404


def test_ids_are_unique() -> None:
    ids = re.findall(r'\sid="([^"]+)"', shown())
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    ("cookies", "mode", "contrast"),
    [({}, "normal", "normal"), ({"display_mode": "elder", "display_contrast": "high"}, "elder", "high")],
)
def test_the_page_carries_the_display_mode(cookies: dict[str, str], mode: str, contrast: str) -> None:
    assert f'data-mode="{mode}" data-contrast="{contrast}"' in shown(**cookies)


def test_elder_mode_shows_the_way_out_and_the_phone() -> None:
    html = shown(display_mode="elder")
    assert "退出长者模式" in html
    assert "打电话找人帮" in html


@pytest.mark.parametrize(("demo", "said"), [(True, True), (False, False)])
def test_demo_data_is_marked(settings, demo: bool, said: bool) -> None:
    settings.DEMO = demo
    assert ("演示数据：人物、号码、印章均为虚构" in shown()) is said


def test_the_style_sheets_and_the_script_fit_the_budget() -> None:
    css = b"".join(path.read_bytes() for path in sorted((STATIC / "css").glob("*.css")))
    scripts = b"".join(path.read_bytes() for path in sorted((STATIC / "js").glob("*.js")))
    assert len(gzip.compress(css)) <= 25_000
    assert len(gzip.compress(scripts)) <= 10_000
    assert len(gzip.compress((STATIC / "img/sprite.svg").read_bytes())) <= 10_000
