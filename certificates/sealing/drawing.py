"""Draws a round seal as vector (SVG): red ring, star, the organ's name on the arc, what the seal is for below. Pure."""

from __future__ import annotations

from html import escape
from math import cos, radians, sin

DEMO = "演示专用章"  # what a seal of the demo is for, on a card and on paper: none may pass for a real one
SIZE = 124  # of the drawing's own units: 42 mm on paper (国发〔1999〕25号)
INK = "#b3261e"
SONG = "Noto Serif CJK SC,Songti SC,SimSun,serif"
_CENTRE, _RADIUS = SIZE / 2, 44.0
_LARGEST, _WIDEST, _STEP = (
    13.0,
    222.0,
    26.0,
)  # a letter's size; the arc and the angle between letters, in degrees
_STAR = "M62 43l4.5 13h13.6l-11 8.1 4.1 13.1-11.2-7.9-11.2 7.9 4.1-13.1-11-8.1h13.6z"
_BELOW = 64.0  # how wide the words below may be


def svg(organ: str, *, purpose: str, font: str = SONG) -> str:
    """Return the seal of an organ; nothing in it runs, and nothing is fetched."""
    below = min(9.5, _BELOW / max(len(purpose), 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f'<circle cx="62" cy="62" r="59" fill="none" stroke="{INK}" stroke-width="3"/>'
        f'<path fill="{INK}" d="{_STAR}"/>'
        f'<g fill="{INK}" font-family="{escape(font)}" font-weight="700" text-anchor="middle">'
        f'<g font-size="{_letter_size(organ):.1f}">{_arc(organ)}</g>'
        f'<text x="62" y="100" font-size="{below:.1f}">{escape(purpose)}</text></g></svg>'
    )


def _step(text: str) -> float:
    """Return the angle from one letter to the next: a long name is set closer, never round to its beginning."""
    return min(_STEP, _WIDEST / max(len(text) - 1, 1))


def _letter_size(text: str) -> float:
    return min(_LARGEST, _RADIUS * radians(_step(text)) * 0.98)


def _arc(text: str) -> str:
    """Return the letters along the upper arc, one turned after the other."""
    step, drawn = _step(text), []
    for index, letter in enumerate(text):
        angle = step * (index - (len(text) - 1) / 2)
        x, y = _CENTRE + _RADIUS * sin(radians(angle)), _CENTRE - _RADIUS * cos(radians(angle))
        drawn.append(
            f'<text transform="translate({x:.1f} {y:.1f}) rotate({angle:.1f})" y="4">{escape(letter)}</text>'
        )
    return "".join(drawn)
