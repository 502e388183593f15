"""A round seal is drawn as vector, whatever the organ is called."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.sealing import drawing

SVG = "{http://www.w3.org/2000/svg}"
PLACE = re.compile(r"translate\((-?[\d.]+) (-?[\d.]+)\)")


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40),
    st.text("专用章证照", min_size=1, max_size=12),
)
def test_every_letter_stands_once_inside_the_ring_and_nothing_is_markup(organ: str, purpose: str) -> None:
    root = ET.fromstring(drawing.svg(organ, purpose=purpose))  # noqa: S314 -- our own drawing
    texts = list(root.iter(f"{SVG}text"))
    assert "".join(text.text or "" for text in texts[:-1]) == organ
    assert texts[-1].text == purpose
    assert {one.tag.removeprefix(SVG) for one in root.iter()} == {"svg", "circle", "path", "g", "text"}
    for text in texts[:-1]:
        found = PLACE.search(text.attrib["transform"])
        assert found is not None
        x, y = map(float, found.groups())
        assert 43.5 < ((x - 62) ** 2 + (y - 62) ** 2) ** 0.5 < 44.5


@pytest.mark.parametrize(
    ("organ", "smallest"), [("区民政局", 13.0), ("示例市龙湖区人力资源和社会保障局", 10.0)]
)
def test_long_names_are_set_closer_and_stay_readable(organ: str, smallest: float) -> None:
    found = re.search(r'<g font-size="([\d.]+)">', drawing.svg(organ, purpose="专用章"))
    assert found is not None
    size = float(found[1])
    assert smallest <= size <= 13.0
