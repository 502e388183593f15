from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from portal.web.components import gallery

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
