"""Draws the round mark on a certificate card. Words and style are for show; real seals come with signing."""

from __future__ import annotations

from base64 import b64encode
from math import cos, pi, sin

from django.utils.html import format_html
from django.utils.safestring import SafeString

RADIUS = 44
CENTRE = 62
INK = "#b3261e"
SONG = "Noto Serif CJK SC,Songti SC,SimSun,serif"


def letters(text: str) -> str:
    """Return the issuer's name along the upper arc, one turned letter after the other."""
    spread = min(250.0, 26.0 * max(len(text) - 1, 1))
    drawn = []
    for index, letter in enumerate(text):
        angle = -spread / 2 + (spread * index / max(len(text) - 1, 1))
        x, y = CENTRE + RADIUS * sin(angle * pi / 180), CENTRE - RADIUS * cos(angle * pi / 180)
        drawn.append(
            format_html(
                '<text transform="translate({} {}) rotate({})" y="4">{}</text>',
                f"{x:.1f}",
                f"{y:.1f}",
                f"{angle:.1f}",
                letter,
            )
        )
    return "".join(drawn)


def image(text: str) -> SafeString:
    """Return the mark as an <img>; inside an image nothing can run and nothing is read as page text."""
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 124 124">'
        f'<circle cx="62" cy="62" r="59" fill="none" stroke="{INK}" stroke-width="3"/>'
        f'<path fill="{INK}" d="M62 43l4.5 13h13.6l-11 8.1 4.1 13.1-11.2-7.9-11.2 7.9 4.1-13.1-11-8.1h13.6z"/>'
        f'<g fill="{INK}" font-family="{SONG}" font-weight="700" text-anchor="middle">'
        f'<g font-size="13">{letters(text)}</g><text x="62" y="98" font-size="10">演示专用章</text></g></svg>'
    )
    source = f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"
    return format_html(
        '<img class="certificate__seal" src="{}" width="124" height="124" alt="{}，演示专用章">', source, text
    )
