"""A file of certificates as records with their lines: CSV or JSON Lines, UTF-8 or GB18030. Trusts nothing in it.

Bytes are split before they are decoded: neither coding has a quote, comma or line end within a character. So a position
in bytes is where a record ends, and reading goes on there after a crash.
"""

from __future__ import annotations

import codecs
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from common.errors import DomainError

LONGEST = 64 * 1024  # bytes of one record
MOST_LINES = 200  # of one record, which quotes hold together
ROWS = 4000  # in one chunk
BLOCK = 1 << 20
Blocks = Callable[[int], Iterator[bytes]]  # what a file holds from a position on
_OTHER_CODINGS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class FileUnreadable(DomainError):
    """Not a file of certificates at all; nothing of it was taken."""

    status = 422
    message = "这个文件读不出来。请导出为 CSV（UTF-8 或 GB18030 编码）或者 JSON Lines，再导入。"


class Form(StrEnum):
    """How records are written."""

    CSV = "csv"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Survey:
    """What one look through the whole file tells."""

    sha256: str
    size: int
    encoding: str
    form: Form
    begins: int  # where the text begins, behind the mark of its coding


class Record(NamedTuple):
    """One record: its first line in the file, its bytes, and in Chinese why it cannot be read. Cheap to hand on."""

    line: int
    content: bytes
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records that are taken together: from `start` to `end`, in bytes; `line` lines of the file are then done."""

    start: int
    end: int
    line: int
    records: tuple[Record, ...]


def survey(blocks: Blocks) -> Survey:
    """Look through the file once. Raises FileUnreadable for another coding, and for nothing at all."""
    digest, size, first = hashlib.sha256(), 0, b""
    readable = {"utf-8": 0, "gb18030": 0}

    def seen() -> Iterator[bytes]:
        nonlocal size, first
        for block in blocks(0):
            digest.update(block)
            size += len(block)
            first = first if len(first) >= BLOCK else first + block
            yield block

    for line, _ in _lines(seen()):
        if line and not line.isascii():
            readable[_coding_of(line)] += 1
    begins = len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0
    if first.startswith(_OTHER_CODINGS) or not first[begins:].strip():
        raise FileUnreadable
    form = Form.JSON_LINES if first[begins:].lstrip().startswith(b"{") else Form.CSV
    coding = "utf-8" if begins or readable["utf-8"] >= readable["gb18030"] else "gb18030"
    return Survey(digest.hexdigest(), size, coding, form, begins)


def _coding_of(line: bytes) -> str:
    """Return what a line with more than ASCII is written in: GB18030 is hardly ever valid UTF-8 by chance."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return "gb18030"
    return "utf-8"


def header(blocks: Blocks, told: Survey) -> tuple[Record, int]:
    """Return the first record of a CSV and where it ends. Raises FileUnreadable when that is no record."""
    for record, end, _ in _records(_lines(blocks(told.begins)), quoted=True, position=told.begins, line=0):
        if record is not None:
            if record.fault:
                raise FileUnreadable
            return record, end
    raise FileUnreadable


def chunks(blocks: Blocks, *, form: Form, position: int, line: int, rows: int = ROWS) -> Iterator[Chunk]:
    """Give the records from a position on, behind which `line` lines lie, some thousands at a time."""
    start, taken, size = position, [], 0
    end, done = position, line
    reading = _records(_lines(blocks(position)), quoted=form is Form.CSV, position=position, line=line)
    for record, end, done in reading:
        if record is not None:
            taken.append(record)
            size += len(record.content)
        if len(taken) >= rows or size > 2 * BLOCK:
            yield Chunk(start, end, done, tuple(taken))
            start, taken, size = end, [], 0
    if end > start:
        yield Chunk(start, end, done, tuple(taken))


def _lines(blocks: Iterable[bytes]) -> Iterator[tuple[bytes | None, int]]:
    """Give each line and its length with its end; None for what is too long to be one. Holds no more than that."""
    kept, dropped = b"", 0
    for block in blocks:
        *whole, rest = (kept + block).split(b"\n")
        for line in whole:
            fits = not dropped and len(line) <= LONGEST
            yield (line if fits else None), dropped + len(line) + 1
            dropped = 0
        kept = rest
        if dropped or len(kept) > LONGEST:
            dropped, kept = dropped + len(kept), b""
    if dropped or kept:
        yield (None if dropped else kept), dropped + len(kept)


def _records(
    lines: Iterator[tuple[bytes | None, int]], *, quoted: bool, position: int, line: int
) -> Iterator[tuple[Record | None, int, int]]:
    """Give each record (None: an empty line), where it ends, and how many lines are then done.

    A line whose quotes are never closed is a fault by itself: it does not swallow the lines behind it.
    """
    ahead: deque[tuple[bytes | None, int]] = deque()
    while (first := ahead.popleft() if ahead else next(lines, None)) is not None:
        content, length = first
        number = line + 1
        line, position = line + 1, position + length
        if content is None:
            yield Record(number, b"", f"这一行超过 {LONGEST // 1024} KB，没有读"), position, line
        elif quoted and content.count(b'"') % 2:
            more = _closing(ahead, lines)
            line, position = line + len(more), position + sum(length for _, length in more)
            if more:
                joined = b"\n".join([content, *(text for text, _ in more if text is not None)])
                yield Record(number, joined), position, line
            else:
                yield Record(number, content, "引号没有成对"), position, line
        elif content.strip():
            yield Record(number, content), position, line
        else:
            yield None, position, line


def _closing(
    ahead: deque[tuple[bytes | None, int]], lines: Iterator[tuple[bytes | None, int]]
) -> list[tuple[bytes | None, int]]:
    """Return the lines that close an open quote, none where it stays open; what was only looked at stays ahead."""
    size = 0
    for number in range(MOST_LINES):
        if number == len(ahead):
            following = next(lines, None)
            if following is None:
                break
            ahead.append(following)
        content, length = ahead[number]
        size += length
        if content is None or size > LONGEST:
            break
        if content.count(b'"') % 2:
            return [ahead.popleft() for _ in range(number + 1)]
    return []
