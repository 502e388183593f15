"""The template library `web`."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import TemplateSyntaxError, engines
from django.test import RequestFactory

from portal.web.components import parts
from portal.web.components.icons import known_icons
from portal.web.showing import gallery

ROOT = Path(settings.BASE_DIR)


def draw(source: str, **context: object) -> str:
    text = engines["django"].from_string("{% load web %}" + source).render(context)
    return " ".join(text.split())


@pytest.mark.parametrize(
    "source",
    [
        '{% icon "no-such-icon" %}',
        '{% icon "check" 19 %}',
        '{% chip "秒批" "purple" %}',
        '{% pill "perhaps" %}',
        '{% button "去办" "green" %}',
        '{% button "去办" size="huge" %}',
        '{% banner "warning" "x" %}{% endbanner %}',
        '{% card "x" kind="wide" %}{% endcard %}',
        '{% qr "x" 100 %}',
    ],
)
def test_unknown_props_fail(source: str) -> None:
    with pytest.raises((parts.UnknownProp, TemplateSyntaxError)):
        draw(source)


@pytest.mark.parametrize(
    "source",
    [
        "{% chip x %}",
        '{% pill "neutral" x %}',
        "{% button x %}",
        '{% button "a" url=x %}',
        '{% banner "info" x %}{% endbanner %}',
        "{% card x note=x %}{{ x }}{% endcard %}",
        "{% seal x %}",
        '{% qr "a" 84 x %}',
        "{% source_tag x %}",
        '{% empty "search" x x "/" x %}',
    ],
)
def test_text_is_escaped(source: str) -> None:
    drawn = draw(source, x='"><script>alert(1)</script>')
    assert "<script" not in drawn
    assert '""' not in drawn


def test_every_icon_of_the_list_is_in_the_sprite() -> None:
    sprite = (ROOT / "static/img/sprite.svg").read_text(encoding="utf-8")
    assert set(re.findall(r'<symbol id="([^"]+)"', sprite)) == set(known_icons())


def test_every_icon_named_in_a_template_exists() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        used = set(re.findall(r'{% icon "([^"]+)"', path.read_text(encoding="utf-8")))
        assert used <= set(known_icons()), path


def test_a_button_with_an_address_is_a_link() -> None:
    assert draw('{% button "去办理" url="/x" %}').startswith("<a ")
    assert draw('{% button "去办理" %}').startswith('<button type="submit"')


def test_unproven_rows_go_first_and_keep_their_order() -> None:
    rows = [
        parts.SheetRow(f"第{n}项", "", "", (), "", "", kind)
        for n, kind in enumerate(["pass", "unknown", "pass", "fail", "unknown"])
    ]
    drawn = draw("{% verification_sheet rows %}", rows=rows)
    assert re.findall(r"第(\d)项", drawn) == ["3", "1", "4", "0", "2"]
    assert drawn.count("未能核实") == 2


def test_rating_has_nothing_chosen_at_first() -> None:
    drawn = draw("{% rating_fields levels %}", levels=gallery.levels())
    assert drawn.count('type="radio"') == 5
    assert "checked" not in drawn


def test_rating_shows_again_what_was_chosen() -> None:
    drawn = draw(
        '{% rating_fields levels chosen="2" tags=tags comment=text error="请选一个" %}',
        levels=gallery.levels(),
        tags=["c"],
        text="慢",
    )
    assert re.findall(r'value="(\w+)"[^>]* checked', drawn) == ["2", "c"]
    assert "慢" in drawn
    assert "请选一个" in drawn


def test_pages_keep_the_other_parameters() -> None:
    request = RequestFactory().get("/things?state=done&page=3")
    drawn = draw("{% pages page %}", page=Paginator(range(95), 10).page(3), request=request)
    assert 'href="?state=done&amp;page=2" rel="prev"' in drawn
    assert drawn.count('aria-current="page"') == 1


def test_a_single_page_needs_no_pagination() -> None:
    assert (
        draw("{% pages page %}", page=Paginator(range(3), 10).page(1), request=RequestFactory().get("/"))
        == ""
    )


@pytest.mark.parametrize("current", [0, 5])
def test_progress_stays_within_its_steps(current: int) -> None:
    with pytest.raises(parts.UnknownProp):
        draw("{% progress labels current %}", labels=["一", "二", "三", "四"], current=current)


def test_no_inline_style_or_script_in_any_template() -> None:
    """The content security policy would drop it silently."""
    for path in (ROOT / "templates").rglob("*.html"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=|\son[a-z]+=\"|<style|javascript:", source), path
        assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/json)", source), path
