"""QR codes, drawn on the server: black on white with their quiet zone, sized by CSS."""

from __future__ import annotations

from io import BytesIO

import segno

# One mask for all: trying out the eight takes three times as long as the rest, and any of them can be read.
MASK = 4


def inline(content: str) -> str:
    """Return the drawing as an <svg> to stand in a page."""
    drawn: str = _code(content).svg_inline(scale=1, border=2, omitsize=True)
    return drawn


def picture(content: str) -> bytes:
    """Return the drawing as an SVG file of its own."""
    drawn = BytesIO()
    _code(content).save(drawn, kind="svg", scale=1, border=2, omitsize=True, xmldecl=False, nl=False)
    return drawn.getvalue()


def _code(content: str) -> segno.QRCode:
    return segno.make(content, error="m", micro=False, mask=MASK)
