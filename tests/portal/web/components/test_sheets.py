"""A stored verdict as rows: nothing lost, the unproven named with reason and source."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from portal.web.components import sheets
from rules.language.values import (
    Action,
    Basis,
    Finding,
    Leaf,
    Source,
    SourceKind,
    Truth,
    UnknownReason,
    Verdict,
    VerdictKind,
)

AT = datetime(2026, 11, 20, 2, 32, 8, tzinfo=UTC)  # 10:32:08 in Shanghai
REGISTER = Source(SourceKind.REGISTER, "r", "人口信息", at=AT)
CARD = Source(SourceKind.CERTIFICATE, "c", "户口簿", version=2, at=AT)


def finding(outcome: Truth, *leaves: Leaf, name: str = "健在") -> Finding:
    return Finding(
        "c",
        name,
        "没有死亡登记",
        outcome,
        leaves,
        (Basis(law="办法", article="第七条"),),
        "请放心。",
        Action.REFER,
    )


def leaf(outcome: Truth, seen: str, source: Source | None, reason: UnknownReason | None = None) -> Leaf:
    return Leaf("0", "没有死亡登记", "否", seen, source, outcome, reason)


def sheet(*findings: Finding) -> Any:
    verdict = Verdict(VerdictKind.REFER, findings)
    return SimpleNamespace(judgement=SimpleNamespace(judged_at=AT), facts={}, verdict=verdict)


def test_a_row_says_condition_seen_basis_source_and_time() -> None:
    (row,) = sheets.rows(sheet(finding(Truth.PASS, leaf(Truth.PASS, "未查到", REGISTER))))
    assert (row.name, row.expected, row.seen, row.basis) == (
        "健在",
        "没有死亡登记",
        "未查到",
        ("办法第七条",),
    )
    assert (row.source, row.detail, row.outcome) == ("人口信息", "数据共享，10:32:08 查询", "pass")


def test_a_kept_answer_says_of_when_it_is() -> None:
    kept = replace(REGISTER, at=AT - timedelta(hours=20))
    (row,) = sheets.rows(sheet(finding(Truth.PASS, leaf(Truth.PASS, "未查到", kept))))
    assert row.detail == "数据共享，沿用 11-19 14:32:08 的回答"


def test_each_article_is_cited_beside_its_own_law() -> None:
    """What a law is called is not taken apart: 关于甲、乙的办法 is one."""
    laws = (
        Basis(law="甲法", article="第三十三条"),
        Basis(law="关于甲、乙的办法", article="第四条第二项"),
        Basis(law="办法"),
    )
    (row,) = sheets.rows(sheet(replace(finding(Truth.PASS), basis=laws)))
    assert row.basis == ("甲法第三十三条", "关于甲、乙的办法第四条第二项", "办法")


def test_the_applicant_is_told_of_what_passed_beside_it_and_of_the_rest_on_top() -> None:
    both = sheet(finding(Truth.PASS), finding(Truth.FAIL))
    passed, failed = sheets.told_rows(both)
    assert (passed.told, failed.told) == ("请放心。", "")
    assert [one.told for one in sheets.unproven(both)] == ["请放心。"]


def test_several_sources_stand_in_one_row_and_none_twice() -> None:
    leaves = [
        leaf(Truth.PASS, "本区", CARD),
        leaf(Truth.PASS, "本区", CARD),
        leaf(Truth.FAIL, "已死亡", REGISTER),
    ]
    (row,) = sheets.rows(sheet(finding(Truth.FAIL, *leaves)))
    assert row.seen == "本区，已死亡"
    assert row.source == "户口簿，第 2 版、人口信息"
    assert row.outcome == "fail"


@pytest.mark.parametrize(
    ("outcome", "seen", "why"),
    [
        (Truth.UNKNOWN, "数据源未响应", "人口信息：数据源未响应"),
        (Truth.FAIL, "已死亡", "人口信息：要求“没有死亡登记”，实际是“已死亡”"),
    ],
)
def test_the_unproven_says_why(outcome: Truth, seen: str, why: str) -> None:
    (one,) = sheets.unproven(
        sheet(finding(outcome, leaf(outcome, seen, REGISTER), leaf(Truth.PASS, "好", CARD)))
    )
    assert (one.why, one.told) == (why, "请放心。")


def test_failures_come_before_what_is_unknown_and_what_passed_is_left_out() -> None:
    found = sheets.unproven(
        sheet(
            finding(Truth.UNKNOWN, name="甲"), finding(Truth.PASS, name="乙"), finding(Truth.FAIL, name="丙")
        )
    )
    assert [(one.name, one.outcome) for one in found] == [("丙", "fail"), ("甲", "unknown")]


def test_the_count_in_words() -> None:
    passed, unknown = finding(Truth.PASS), finding(Truth.UNKNOWN)
    assert sheets.counted(sheet(passed, passed)) == "2 项全部通过，由系统自动核验"
    assert sheets.counted(sheet(passed, unknown, finding(Truth.FAIL))) == "1 项通过，1 项未能核实，1 项不通过"


@pytest.mark.parametrize(
    ("outcome", "sentence", "said"),
    [
        (Truth.PASS, "户籍地址与户口簿上的户籍地址一致", "两处一致（内容不显示）"),
        (Truth.FAIL, "户籍地址与户口簿上的户籍地址一致", "两处不一致（内容不显示）"),
        (Truth.PASS, "户籍地址与户口簿上的户籍地址不一致", "两处不一致（内容不显示）"),
        (Truth.PASS, "户籍地址包含户口簿上的户籍地址", "户籍地址：示例市****；户口簿上的：示例市****"),
    ],
)
def test_two_texts_that_are_not_shown_are_not_shown_as_evidence(
    outcome: Truth, sentence: str, said: str
) -> None:
    one = replace(leaf(outcome, "户籍地址：示例市****；户口簿上的：示例市****", CARD), sentence=sentence)
    assert sheets.rows(sheet(finding(outcome, one)))[0].seen == said


@pytest.mark.parametrize(
    ("seen", "said"),
    [("有1项", "人口信息：有1项"), ("共2条", "人口信息：共2条"), ("没有", "没有"), ("有效", "有效")],
)
def test_a_bare_number_says_what_was_counted(seen: str, said: str) -> None:
    row = sheets.rows(sheet(finding(Truth.PASS, leaf(Truth.PASS, seen, REGISTER))))[0]
    assert row.seen == said
