"""Shows the round seal of an organ on a card or a page. What proves anything is the signature, not the picture."""

from __future__ import annotations

from base64 import b64encode

from django.utils.html import format_html
from django.utils.safestring import SafeString

from certificates.sealing import drawing

DEMO = drawing.DEMO


def image(organ: str, purpose: str = DEMO) -> SafeString:
    """Return the seal as an <img>; inside an image nothing can run and nothing is read as page text."""
    source = b64encode(drawing.svg(organ, purpose=purpose).encode()).decode()
    return format_html(
        '<img class="certificate__seal" src="data:image/svg+xml;base64,{}" width="124" height="124" alt="{}，{}">',
        source,
        organ,
        purpose,
    )
