"""The columns of a file of certificates, under their names here or in Chinese, and what stands in a cell."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from functools import partial
from typing import Any

from certificates.states import CertificateStatus
from common.errors import DomainError
from rules.language.vocabulary import FactSpec, FactType, FieldSpec

FIELD = "fields."
Reader = Callable[[str], Any]
COLUMNS = {
    "holder": "持证主体代码",
    "holder_name": "持证主体名称",
    "number": "证照编号",
    "identifier": "电子证照标识",
    "version": "版本",
    "issued_on": "颁发日期",
    "valid_from": "有效期起始日期",
    "valid_until": "有效期截止日期",
    "status": "证照状态",
    "status_reason": "状态原因",
    "status_at": "状态日期",
    "status_document": "决定文号",
}
NEEDED = ("holder", "holder_name", "number", "issued_on")
ENDLESS = frozenset({"长期", "永久", "长期有效", "9999-12-31"})
STATUSES = {word: status for status in CertificateStatus for word in (status.value, str(status.label))}
_TRUE, _FALSE = frozenset({"true", "1", "是", "有"}), frozenset({"false", "0", "否", "无"})
_DATE = re.compile(
    r"(?:(?P<y1>[0-9]{4})(?P<s>[-/.])(?P<m1>[0-9]{1,2})(?P=s)(?P<d1>[0-9]{1,2})"
    r"|(?P<y2>[0-9]{4})年(?P<m2>[0-9]{1,2})月(?P<d2>[0-9]{1,2})日"
    r"|(?P<y3>[0-9]{4})(?P<m3>[0-9]{2})(?P<d3>[0-9]{2}))(?:[ T]0?0:00(?::00)?)?"
)
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # a cell a spreadsheet would work out
_MARKED = re.compile(r"[\"'\r\n]")  # without any of these a comma is a comma
_GUARDED = re.compile(r"'+[=+\-@\t\r]")


class BadHeader(DomainError):
    """The first line does not name the columns of this type."""

    status = 422


class BadCell(ValueError):
    """What stands in one cell cannot be taken; the message is Chinese."""


def named(cells: Sequence[str], *, specs: Mapping[str, FactSpec]) -> tuple[str, ...]:
    """Return the columns by their names here. Raises BadHeader naming what is unknown, doubled or missing."""
    known = _words(specs)
    names = tuple(known.get(cell.strip(), "") for cell in cells)
    if unknown := [cell.strip() or "（空）" for cell, name in zip(cells, names, strict=True) if not name]:
        raise BadHeader(
            f"文件里有这类证照没有的列：{'、'.join(unknown[:5])[:80]}。请对照导入说明改好第一行再导入。"
        )
    if doubled := sorted({COLUMNS.get(name, name) for name in names if names.count(name) > 1}):
        raise BadHeader(f"文件里有重复的列：{'、'.join(doubled[:5])}。每一列只能有一次。")
    if missing := [COLUMNS[name] for name in NEEDED if name not in names]:
        raise BadHeader(f"文件里缺少这些列：{'、'.join(missing)}。请补上再导入。")
    return names


def _words(specs: Mapping[str, FactSpec]) -> dict[str, str]:
    """Return every word a column may have; a label that two fields share names neither."""
    labels = [spec.label for spec in specs.values()]
    words = {spec.label: FIELD + name for name, spec in specs.items() if labels.count(spec.label) == 1}
    words |= {FIELD + name: FIELD + name for name in specs}
    return words | {label: name for name, label in COLUMNS.items()} | {name: name for name in COLUMNS}


def cells(text: str, *, delimiter: str) -> list[str]:
    """Return the cells of one CSV record. Raises BadCell."""
    if text and _MARKED.search(text) is None:
        return text.split(delimiter)
    try:
        rows = list(csv.reader([text], strict=True, delimiter=delimiter))
    except csv.Error as error:
        raise BadCell("这一行不符合 CSV 的写法，请检查引号和分隔符") from error
    if len(rows) != 1:
        raise BadCell("这一行不符合 CSV 的写法，请检查引号和分隔符")
    return [unguarded(cell) for cell in rows[0]]


def reader(spec: FieldSpec) -> Reader | None:
    """Return what makes a field's JSON value of a cell, raising BadCell; None where the cell is the value as it is."""
    match spec.type:
        case FactType.DATE:
            return day
        case FactType.INTEGER:
            return _whole
        case FactType.BOOLEAN:
            return partial(_yes_or_no, spec=spec)
        case FactType.CODE:
            # A word that is no code is left as it is: the type's schema says what is wrong with it.
            codes = spec.codes or {}
            words = {label: code for code, label in reversed(codes.items())} | {code: code for code in codes}
            return lambda cell: words.get(cell, cell)
        case FactType.LIST:
            return _listed
    return None


def day(text: str) -> str:
    """Return a day as ISO 8601 says it, from the ways offices write one. Raises BadCell."""
    try:
        if len(text) == 10 and text[4] == "-" and text.isascii():
            return date.fromisoformat(text).isoformat()
        match = _DATE.fullmatch(text)
        if match is not None:
            parts = [int(part) for name, part in match.groupdict().items() if part and name != "s"]
            return date(*parts).isoformat()
    except ValueError:
        pass
    raise BadCell("日期应写作 2020-01-31 这样的样子")


def _whole(cell: str) -> int:
    if _WHOLE.fullmatch(cell) is None:
        raise BadCell("应为不超过 15 位的整数")
    return int(cell)


def _yes_or_no(cell: str, spec: FieldSpec) -> bool:
    word = cell.lower()
    if word in _TRUE or cell == spec.true_text:
        return True
    if word in _FALSE or cell == spec.false_text:
        return False
    raise BadCell("应为“是”或者“否”")


def _listed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise BadCell("应为 JSON 的列表") from error


def cell_of(value: Any) -> str:
    """Return how a value stands in an exported cell, so that reading it gives the value again."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list() | dict():
            return guarded(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return guarded(str(value))


def guarded(text: str) -> str:
    """Return text no spreadsheet works out as a formula; `unguarded` takes the mark away again."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text without the mark that keeps a spreadsheet from working it out."""
    return text[1:] if text[:1] == "'" and _GUARDED.match(text) else text


def parted(record: Mapping[str, Any], *, known: AbstractSet[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return terms and fields of a JSON record that are filled in. Raises BadCell for what is no column."""
    values = {name: value for name, value in record.items() if name != "fields"}
    inner = record.get("fields", {})
    if not isinstance(inner, dict):
        raise BadCell("fields 应为一组字段")
    for name, value in inner.items():
        if FIELD + name in values:
            raise BadCell(f"字段 {name[:40]} 写了两次")
        values[FIELD + name] = value
    if not known >= values.keys():
        raise BadCell(f"这类证照没有 {min(values.keys() - set(known))[:40]} 这一项")
    filled = {name: value for name, value in values.items() if value is not None and value != ""}
    fields = {name.removeprefix(FIELD): value for name, value in filled.items() if name.startswith(FIELD)}
    return {name: value for name, value in filled.items() if name in COLUMNS}, fields
