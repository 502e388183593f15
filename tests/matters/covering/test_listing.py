"""What a list says, and what changed between two, in words."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from common import clock
from matters.covering import listing, tables
from matters.covering.ways import Kind
from matters.models import FreeList
from tests.matters.covering import making
from tests.matters.covering.making import KINDS

CARD = making.asked("id", name="身份证", certificates=("card",))
LEASE = making.asked("lease", name="租房合同", upload=True, conditional=True)
PAPER = making.asked("paper", name="备案证明", certificates=("paper",))


def told(*coverages) -> listing.Content:
    return listing.content(coverages)


def texts(before, after) -> list[tuple[str, str]]:
    return [(one["kind"], one["text"]) for one in listing.changes(before, after)]


def test_the_first_list_has_no_changes_and_a_digest_of_what_it_says() -> None:
    first = told(making.coverage(CARD, LEASE))
    assert listing.changes(None, first) == []
    assert listing.digest(first) == listing.digest(told(making.coverage(CARD, LEASE)))
    assert listing.digest(first) != listing.digest(told(making.coverage(CARD)))
    assert listing.totals(first) == {"matters": 1, "whole": 0, "materials": 2, "free": 1}


def test_the_same_list_has_no_changes() -> None:
    assert texts(told(making.coverage(CARD, LEASE)), told(making.coverage(CARD, LEASE))) == []


def test_each_change_is_a_sentence() -> None:
    issued = KINDS | {"paper": Kind("租赁备案证明", issued=True)}
    before, after = told(making.coverage(PAPER)), told(making.coverage(PAPER, kinds=issued))
    assert texts(before, after) == [
        ("freed", "全部材料都不用带，成为免证办事项"),
        ("freed", "“备案证明”改为不用带（电子证照：租赁备案证明）"),
    ]
    assert texts(after, before) == [
        ("bound", "有材料要带，不再是免证办事项"),
        (
            "bound",
            "“备案证明”改为要带（证照还没有签发，由工作人员核对：租赁备案证明，原来是电子证照：租赁备案证明）",
        ),
    ]


def test_matters_and_materials_that_come_and_go() -> None:
    one, two = making.coverage(CARD, code="1", name="甲"), making.coverage(LEASE, code="2", name="乙")
    assert texts(told(one), told(one, two)) == [("added", "新列入清单，还有 1 份材料要带")]
    assert texts(told(one, two), told(two)) == [("gone", "移出清单，现在不能网上申请")]
    more = making.coverage(CARD, LEASE, code="1", name="甲")
    assert texts(told(one), told(more)) == [
        ("bound", "有材料要带，不再是免证办事项"),
        ("bound", "新增材料“租房合同”，要带（申请人提交）"),
    ]
    assert texts(told(more), told(one))[-1] == ("changed", "不再要求“租房合同”")


def test_another_way_and_another_name() -> None:
    other = making.asked("id", name="身份证", registers=("人口库",))
    assert texts(told(making.coverage(CARD)), told(making.coverage(other))) == [
        ("changed", "“身份证”改由数据共享：人口库代替（原来是电子证照：市民卡）")
    ]
    renamed = making.asked("id", name="居民身份证", certificates=("card",))
    assert texts(told(making.coverage(CARD)), told(making.coverage(renamed))) == [
        ("changed", "“身份证”改称“居民身份证”")
    ]


def published(content: listing.Content, changes=()) -> FreeList:
    return FreeList(number=3, published_on=clock.today(), content=content, changes=list(changes))


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r", " =", "\n@"])
def test_no_cell_is_a_formula(begin: str) -> None:
    evil = making.asked("x", name=f"{begin}HYPERLINK(1)", upload=True)
    content = told(making.coverage(evil, name=f"{begin}1+1"))
    (row,) = tables.rows(content)
    assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
    changes = [{"kind": "added", "code": "1", "matter": "=1", "text": "@x"}]
    book = load_workbook(io.BytesIO(tables.xlsx_of(published(content, changes))))
    cells = [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value is not None]
    assert all(cell.data_type == "s" for cell in cells)
    assert not any(str(cell.value).lstrip(" ").startswith(("=", "+", "-", "@")) for cell in cells)


def test_both_files_say_the_same_rows() -> None:
    content = told(making.coverage(CARD, LEASE, PAPER))
    text = tables.csv_of(published(content)).decode("utf-8")
    assert text.startswith("\ufeff序号,事项名称")
    lines = text.removeprefix("\ufeff").splitlines()
    book = load_workbook(io.BytesIO(tables.xlsx_of(published(content))))
    sheet = book["免证办清单"]
    values = [[str(cell.value) for cell in line] for line in sheet.iter_rows(min_row=2)]
    assert [",".join(line) for line in values] == lines
    assert [line[7] for line in values[1:]] == ["不用带", "要带", "要核对"]
    assert [line[9] for line in values[1:]] == ["都要", "有的情形", "都要"]
    assert "第 3 版" in str(sheet["A1"].value)


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert tables.harmless("甲\x00乙\x0b") == "甲乙"
