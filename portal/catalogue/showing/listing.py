"""Lists of a draft as tables: what stands in each row, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matters.format.wording import VALUES
from matters.lint.problem import Problem
from portal.catalogue.builder import acting
from portal.catalogue.builder.editing import Entry, Page, blank_at, told
from portal.catalogue.builder.offering import as_dict, dicts
from portal.catalogue.builder.parts import said
from portal.catalogue.showing.sections import address_of

Cells = tuple[str, ...]
UNFINISHED = "还没有写完"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of table: where its entries stand, its words, its columns after the name."""

    path: str
    title: str
    hint: str
    add: str
    columns: Cells


TABLES = {
    "checks": Kind(
        "checks",
        "核验表",
        "全部通过才自动准予；有一项不通过或者核实不了，按各项写的转人工或请申请人补正。系统不会自动不予批准。",
        "加一个核验项",
        ("核验项", "条件", "用到的数据", "不通过时"),
    ),
    "outcome": Kind(
        "outcome",
        "结果表",
        "从上往下，第一个符合的行决定给多少、有效多久。没有金额、期限之分的事项不用写。",
        "加一行",
        ("行", "什么时候用", "结果"),
    ),
    "questions": Kind(
        "form",
        "申请表",
        "按页填写；有条件的问题，符合时才问。能带入的就不要再问。",
        "加一页",
        ("问题", "怎么回答", "什么时候才问"),
    ),
    "materials": Kind(
        "materials",
        "申请材料",
        "只写法律、法规要求的；能用证照和数据代替的，写明由什么代替。",
        "加一项材料",
        ("材料", "由什么代替", "什么时候才要"),
    ),
    "certificate_types": Kind(
        "certificate_types",
        "随事项登记的证照类型",
        "办理结果要发的证照，目录里还没有的，在这里登记，和事项一起发布。",
        "加一种证照",
        ("证照", "证照类型代码"),
    ),
    "examples": Kind(
        "examples",
        "样例",
        "每个样例给出数据和应得的结论，发布前都要算对。在“试算与样例”里加，在这里删。",
        "",
        ("样例", "应得的结论"),
    ),
    "registers": Kind(
        "registers",
        "随事项登记的数据来源",
        "要查的共享数据，目录里还没有的，在这里登记，和事项一起发布。",
        "加一个数据来源",
        ("数据来源", "提供部门"),
    ),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry: its name, further cells, its page, and the place its buttons act on."""

    name: str
    place: str
    address: str
    cells: tuple[tuple[str, str], ...]
    errors: int
    warnings: int
    first: bool
    last: bool
    untouched: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that belong together: the questions of one page."""

    title: str
    place: str
    address: str
    rows: tuple[Row, ...]
    add: str
    first: bool = True
    last: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """A whole list, with the faults that no row has."""

    kind: Kind
    groups: tuple[Group, ...]
    faults: tuple[Entry, ...]
    missing: bool = False
    columns: tuple[str, ...] = ()


def table(kind: str, page: Page) -> Table:
    """Return a list of a draft as a table."""
    known = TABLES[kind]
    groups = tuple(_questions(page) if kind == "questions" else [_group(kind, page)])
    rows = [row.place for group in groups for row in group.rows]
    shown = [place for place in rows if place] + [group.place for group in groups if kind == "questions"]
    left = [p for p in page.examined.under(known.path) if not any(_in(p, place) for place in shown)]
    faults = tuple(Entry("", told(problem), problem.warning) for problem in left)
    held = as_dict(page.content.get("outcome"))
    columns = tuple(str(as_dict(raw).get("label", key)) for key, raw in as_dict(held.get("columns")).items())
    return Table(known, groups, faults, missing=kind == "outcome" and not held, columns=columns)


def lost(table: Table, *, act: str) -> list[Row]:
    """Return the entries that a button takes away: itself, the questions of a page, or all of the list."""
    what, _, where = act.partition(":")
    if what not in {"remove", "drop"}:
        return []
    groups = [group for group in table.groups if what == "drop" or (group.title and group.place == where)]
    whole = [row for group in groups for row in group.rows]
    return whole or [row for group in table.groups for row in group.rows if row.place == where]


def _group(kind: str, page: Page) -> Group:
    place = "outcome.rows" if kind == "outcome" else kind
    held = as_dict(page.content.get("outcome")).get("rows") if kind == "outcome" else page.content.get(kind)
    return Group("", place, "", tuple(_rows(kind, dicts(held), place, page)), place)


def _questions(page: Page) -> Iterator[Group]:
    pages = dicts(as_dict(page.content.get("form")).get("pages"))
    for at, one in enumerate(pages):
        place = f"form.pages[{at}]"
        rows = tuple(_rows("questions", dicts(one.get("questions")), f"{place}.questions", page))
        title = str(one.get("title") or "还没有标题")
        yield Group(
            title, place, address_of(place), rows, f"{place}.questions", at == 0, at == len(pages) - 1
        )


def _rows(kind: str, entries: list[dict[str, Any]], place: str, page: Page) -> Iterator[Row]:
    for at, entry in enumerate(entries):
        where = f"{place}[{at}]"
        name, *cells = _CELLS[kind](entry, page)
        found = page.examined.under(where)
        errors = sum(not problem.warning for problem in found)
        columns = TABLES[kind].columns[1:]
        yield Row(
            name or (f"第 {at + 1} 行" if kind == "outcome" else "还没有名称"),
            where,
            address_of(where),
            tuple(zip(columns, cells, strict=True)),
            errors,
            len(found) - errors,
            at == 0,
            at == len(entries) - 1,
            blank_at(page.content, acting.steps_of(where)),
        )


def _check(entry: dict[str, Any], page: Page) -> Cells:
    says, needs = said(entry.get("condition"), offer=page.offer)
    sources = "、".join(dict.fromkeys(need.partition("：")[0] for need in needs))
    on_fail = VALUES["Check", "on_fail"].get(str(entry.get("on_fail", "refer")), "")
    return str(entry.get("name") or ""), says or UNFINISHED, sources, on_fail


def _outcome(entry: dict[str, Any], page: Page) -> Cells:
    columns = as_dict(as_dict(page.content.get("outcome")).get("columns"))
    values = as_dict(entry.get("values"))
    given = [(as_dict(raw), values.get(key)) for key, raw in columns.items()]
    texts = [
        f"{raw.get('label', '')}：{'—' if value is None else value}{raw.get('unit', '')}"
        for raw, value in given
    ]
    return "", _when(entry.get("when"), page, "总是"), "；".join(texts)


def _question(entry: dict[str, Any], page: Page) -> Cells:
    kind = VALUES["AskedQuestion", "type"].get(str(entry.get("type")), UNFINISHED)
    return str(entry.get("label") or ""), kind, _when(entry.get("visible_when"), page, "总是问")


def _material(entry: dict[str, Any], page: Page) -> Cells:
    count = len(dicts(entry.get("replaced_by")))
    instead = f"{count} 种代替" if count else "上传文件" if entry.get("upload") else "没有写"
    return str(entry.get("name") or ""), instead, _when(entry.get("when"), page, "总是要")


def _type(entry: dict[str, Any], _page: Page) -> Cells:
    return str(entry.get("name") or ""), str(entry.get("code") or "")


def _register(entry: dict[str, Any], _page: Page) -> Cells:
    return str(entry.get("label") or ""), str(entry.get("provider") or "")


def _example(entry: dict[str, Any], _page: Page) -> Cells:
    verdict = str(as_dict(entry.get("expect")).get("verdict"))
    return str(entry.get("name") or ""), VALUES["Expected", "verdict"].get(verdict, UNFINISHED)


def _when(tree: Any, page: Page, otherwise: str) -> str:
    return otherwise if tree is None else said(tree, offer=page.offer)[0] or UNFINISHED


def _in(problem: Problem, place: str) -> bool:
    return problem.path == place or problem.path.startswith((f"{place}.", f"{place}["))


_CELLS = {
    "checks": _check,
    "outcome": _outcome,
    "questions": _question,
    "materials": _material,
    "certificate_types": _type,
    "registers": _register,
    "examples": _example,
}
