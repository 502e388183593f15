"""Numbers in shipped examples are of the form real ones have, and belong to nobody, in the demo district neither."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from common.identifiers import credit_code, resident_id
from tests.project import sources

residents = pytest.importorskip("portal.demo.district.residents")
lives = pytest.importorskip("portal.demo.district.lives")

PERSON = re.compile(r"(?<![0-9A-Za-z])[1-8]\d{16}[0-9Xx](?![0-9A-Za-z])")
BODY = re.compile(r"(?<![0-9A-Za-z])9[123]\d{6}[0-9A-Z]{10}(?![0-9A-Za-z])")
FOLDERS = ("data", "docs", "tests/data")
FILES = [path for folder in FOLDERS for path in sorted((sources.ROOT / folder).rglob("*.json"))]
NEVER_HANDED_OUT = 990  # sequences from here on belong to nobody


def found(pattern: re.Pattern[str]) -> list[tuple[Path, str]]:
    texts = [(path, path.read_text(encoding="utf-8")) for path in FILES]
    return [(path, number) for path, text in texts for number in pattern.findall(text)]


def test_a_persons_number_checks_and_is_nobodys() -> None:
    known = {one.id_number for one in residents.residents(lives.district())}
    numbers = found(PERSON)
    assert numbers
    for path, number in numbers:
        assert resident_id(number, on=date(2026, 11, 20)).number == number, path
        assert int(number[14:17]) >= NEVER_HANDED_OUT, path
        assert number not in known, path


def test_a_bodys_code_checks() -> None:
    numbers = found(BODY)
    assert numbers
    for path, number in numbers:
        assert credit_code(number) == number, path
