"""Sets papers as PDF: sources are files, what stands in them is handed over as JSON and never read as source."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import segno
import typst

SOURCES = Path(__file__).resolve().parents[2] / "templates/papers"
ARCHIVED: Literal["a-3b"] = "a-3b"  # ISO 19005-3: everything it needs is inside, and it may carry other files
MASK = 4  # of a QR code: trying out all eight takes three times as long, and any of them can be read
# One compiler a process: it keeps the fonts and what it set before, and works for one at a time.
_turn = threading.Lock()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A PDF, and where on which page (from 1) its seal is drawn: points from the upper left corner, and its side."""

    content: bytes
    page: int
    x: float
    y: float
    side: float


def pdf(source: str, paper: Mapping[str, Any], *, at: datetime) -> Sheet:
    """Return the PDF of a source (certificate, decision, notice); the same values make the same bytes."""
    told = {"paper": json.dumps(paper, ensure_ascii=False)}
    with _turn:
        made = _compiler().compile(
            input=SOURCES / f"{source}.typ",
            format="pdf",
            sys_inputs=told,
            pdf_standards=ARCHIVED,
            timestamp=int(at.timestamp()),
            pdf_tags=True,
        )
        (place,) = json.loads(_compiler().query("<seal>", field="value"))
    assert isinstance(made, bytes)
    return Sheet(made, **place)


def code(address: str) -> str:
    """Return the QR code of an address as SVG."""
    drawn = BytesIO()
    segno.make(address, error="m", micro=False, mask=MASK).save(
        drawn, kind="svg", scale=4, border=1, xmldecl=False, nl=False
    )
    return drawn.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[SOURCES / "fonts"]
    )
    return typst.Compiler(root=SOURCES, font_paths=fonts, ignore_system_fonts=True)
