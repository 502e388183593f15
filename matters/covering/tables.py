"""A published list as a table, CSV and XLSX. A cell that begins like a formula is made harmless."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from matters.covering import listing
from matters.covering.listing import Content
from matters.covering.ways import Way
from matters.models import FreeList

LIST = {
    "序号": 6,
    "事项名称": 34,
    "实施编码": 34,
    "实施主体": 30,
    "办理对象": 10,
    "免证办": 8,
    "材料名称": 32,
    "怎样办": 10,
    "由什么代替": 36,
    "什么情形要": 14,
}  # head → width of its column
CHANGES = {"序号": 6, "事项名称": 34, "实施编码": 34, "变化": 60}
_BEGINS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
)  # what a spreadsheet takes for a formula (OWASP, CSV injection)
_UNREADABLE = {code: None for code in range(32) if code not in (9, 10, 13)}  # XML 1.0 has no such characters


def harmless(cell: str) -> str:
    """Return a text that no spreadsheet runs: an apostrophe before what would begin a formula."""
    text = cell.translate(_UNREADABLE)
    return f"'{text}" if text.lstrip(" ").startswith(_BEGINS) else text


def rows(content: Content) -> Iterator[tuple[str, ...]]:
    """Yield one row a material, harmless in every cell."""
    number = 0
    for matter in content["matters"]:
        for material in matter["materials"]:
            number += 1
            yield (
                str(number),
                harmless(matter["name"]),
                harmless(matter["code"]),
                harmless(matter["department"]),
                harmless(matter["applicant"]),
                "是" if matter["whole"] else "否",
                harmless(material["name"]),
                how(material),
                harmless(listing.words(material)),
                "有的情形" if material["situation"] else "都要",
            )


def how(material: Mapping[str, Any]) -> str:
    """Return in a word whether a material is brought."""
    if material["free"]:
        return "不用带"
    return "要核对" if material["way"] == Way.UNISSUED else "要带"


def csv_of(published: FreeList) -> bytes:
    """Return the list as CSV: UTF-8 with a mark at the beginning, so that offices open it right."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(LIST)
    writer.writerows(rows(published.content))
    return out.getvalue().encode("utf-8-sig")


def xlsx_of(published: FreeList) -> bytes:
    """Return the list as a workbook: the list itself, and what changed since the one before."""
    book = Workbook(write_only=True)
    title = f"免证办清单（第 {published.number} 版，{published.published_on:%Y-%m-%d} 发布）"
    _fill(book.create_sheet("免证办清单"), title, LIST, rows(published.content))
    told = (
        (str(number), harmless(one["matter"]), harmless(one["code"]), harmless(one["text"]))
        for number, one in enumerate(published.changes, start=1)
    )
    _fill(book.create_sheet("和上一版的变化"), f"第 {published.number} 版的变化", CHANGES, told)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Any, title: str, head: Mapping[str, int], table: Iterable[tuple[str, ...]]) -> None:
    sheet.freeze_panes = "A3"
    for at, width in enumerate(head.values()):
        sheet.column_dimensions[chr(ord("A") + at)].width = width
    sheet.append([_cell(sheet, title, Font(bold=True, size=14))])
    sheet.append([_cell(sheet, word, Font(bold=True)) for word in head])
    for row in table:
        sheet.append([_cell(sheet, word) for word in row])


def _cell(sheet: Any, word: str, font: Font | None = None) -> Any:
    """Return a cell of text: never a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=word)
    cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=font is None, vertical="top")
    if font is not None:
        cell.font = font
    return cell
