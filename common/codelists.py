"""Code lists of national standards that forms and conditions use (GB/T 2261, GB/T 3304)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parent.parent / "data" / "codes"


@cache
def code_list(name: str) -> Mapping[str, str]:
    """Return code to Chinese label of a list in data/codes (ethnicity, sex…); KeyError if there is none."""
    path = FOLDER / f"{name}.json"
    if not name.isidentifier() or not path.is_file():
        raise KeyError(f"no code list {name!r} in {FOLDER}")
    return MappingProxyType(dict(json.loads(path.read_text(encoding="utf-8"))["codes"]))
