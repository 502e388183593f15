"""A matter, a certificate type, a register are data: no name or code of one stands in a .py file or a template."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.project import sources

DATA = sources.ROOT / "data"
FILES = [*sources.python_files(*sources.PACKAGES), *sources.templates()]


def packages(folder: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for path in sorted((DATA / folder).glob("*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        found += content if isinstance(content, list) else [content]
    return found


def forbidden() -> dict[str, str]:
    """Return what may not occur, and what it is."""
    words: dict[str, str] = {}
    for matter in packages("matters"):
        described = matter.get("matter", matter)
        for key in ("code", "name", "implementation_code"):
            if isinstance(described.get(key), str) and len(described[key]) >= 4:
                words[described[key]] = f"a matter's {key}"
    for kind in packages("types"):
        if isinstance(kind.get("code"), str) and len(kind["code"]) >= 4:
            words[kind["code"]] = "a certificate type's code"
        if isinstance(kind.get("slug"), str):
            words[f"cert.{kind['slug']}"] = "a fact of one certificate type"
    return words


def test_there_are_names_to_look_for() -> None:
    assert len(forbidden()) >= 6


def test_no_name_stands_in_code_or_template() -> None:
    words = forbidden()
    found = [
        f"{sources.name(path)}: {word} ({what})"
        for path in FILES
        for text in [path.read_text(encoding="utf-8")]
        for word, what in words.items()
        if word in text
    ]
    assert not found


def test_no_fact_of_one_register_stands_in_code_or_template() -> None:
    names = register_names()
    found = [
        f"{sources.name(path)}: {fact.group(0)}"
        for path in FILES
        for fact in re.finditer(r"register\.(\w+)\.\w+", path.read_text(encoding="utf-8"))
        if fact.group(1) in names
    ]
    assert not found


def register_names() -> set[str]:
    """The registers that the demo's data configures."""
    known = {
        str(entry["name"])
        for folder in ("registers", "demo")
        for entry in packages(folder)
        if "name" in entry
    }
    for matter in packages("matters"):
        known |= {
            str(entry.get("name")) if isinstance(entry, dict) else str(entry)
            for entry in matter.get("registers", [])
        }
    return known
