"""The verification sheet (核验单) as rows, and what could not be proven in plain words. Reads a stored verdict only."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from approvals.selectors import Sheet
from portal.web.components.parts import Law, SheetRow
from portal.web.components.wording import local
from rules.language.values import Finding, Leaf, Source, SourceKind, Truth
from rules.wording.showing import reason_text

T = TypeVar("T")
READ = {
    SourceKind.CERTIFICATE: ("电子证照", "读取"),
    SourceKind.DERIVED: ("电子证照", "读取后算出"),
    SourceKind.REGISTER: ("数据共享", "查询"),
    SourceKind.OWN: ("本平台", "查询"),
    SourceKind.FORM: ("申请表", "填写"),
    SourceKind.APPLICANT: ("实名信息", "核对"),
}
# “户籍地址：示例市****；居民户口簿上的户籍地址：示例市****” proves nothing to who reads it.
_HIDDEN_PAIR = re.compile(r"[^：；]+：[^：；]*\*{4}；[^：；]+：[^：；]*\*{4}")
_BARE_COUNT = re.compile(r"[有共]\d+\D{1,2}")
OUTCOMES = {Truth.PASS: "pass", Truth.FAIL: "fail", Truth.UNKNOWN: "unknown"}


@dataclass(frozen=True, slots=True)
class Unproven:
    """One check that did not pass: what was found, and what happens next in the matter's own words."""

    name: str
    outcome: str
    why: str
    told: str


def rows(sheet: Sheet) -> list[SheetRow]:
    """Return one row a check."""
    return [_row(finding, sheet) for finding in sheet.verdict.findings]


def told_rows(sheet: Sheet) -> list[SheetRow]:
    """Return the same rows with what the applicant is told of a check that passed; the others are told on top."""
    findings = sheet.verdict.findings
    return [
        replace(row, told=one.told if one.outcome == Truth.PASS else "")
        for row, one in zip(rows(sheet), findings, strict=True)
    ]


def unproven(sheet: Sheet) -> list[Unproven]:
    """Return the checks that did not pass, those that failed first."""
    found = [finding for finding in sheet.verdict.findings if finding.outcome != Truth.PASS]
    return [
        Unproven(finding.name, OUTCOMES[finding.outcome], _why(finding), finding.told)
        for finding in sorted(found, key=lambda one: one.outcome != Truth.FAIL)
    ]


def counted(sheet: Sheet) -> str:
    """Return how many checks passed and how many did not: “4 项通过，2 项未能核实”."""
    outcomes = [finding.outcome for finding in sheet.verdict.findings]
    if all(outcome == Truth.PASS for outcome in outcomes):
        return f"{len(outcomes)} 项全部通过，由系统自动核验"
    words = ((Truth.PASS, "通过"), (Truth.UNKNOWN, "未能核实"), (Truth.FAIL, "不通过"))
    return "，".join(f"{outcomes.count(truth)} 项{word}" for truth, word in words if truth in outcomes)


def told(ones: Sequence[Unproven]) -> str:
    """Return how many checks failed and how many could not be read: “1 项不通过，1 项未能核实”."""
    outcomes = [one.outcome for one in ones]
    words = (("fail", "不通过"), ("unknown", "未能核实"))
    return "，".join(f"{outcomes.count(kind)} 项{word}" for kind, word in words if kind in outcomes)


def _row(finding: Finding, sheet: Sheet) -> SheetRow:
    sources = _distinct(leaf.source for leaf in finding.leaves if leaf.source)
    return SheetRow(
        name=finding.name,
        expected=finding.sentence,
        seen="，".join(_distinct(_seen(leaf) for leaf in finding.leaves if leaf.seen)),
        laws=tuple(Law(basis.cited, basis.text) for basis in finding.basis),
        source="、".join(_distinct(_named(source) for source in sources)),
        detail="；".join(_distinct(_read(source, sheet) for source in sources)),
        outcome=OUTCOMES[finding.outcome],
    )


def _why(finding: Finding) -> str:
    """Return the lines that did not hold, each with its source: “居民户口簿：未持有”."""
    told = [_said(leaf) for leaf in finding.leaves if leaf.outcome == finding.outcome]
    return "；".join(_distinct(told)) or finding.sentence


def _said(leaf: Leaf) -> str:
    label = f"{leaf.source.label}：" if leaf.source else ""
    detail = f"（{leaf.source.detail}）" if leaf.source and leaf.source.detail else ""
    if leaf.outcome == Truth.FAIL:
        return f"{label}要求“{leaf.sentence}”，实际是“{leaf.seen}”"
    return f"{label}{_seen(leaf)}{detail}"


def _seen(leaf: Leaf) -> str:
    """Return what was seen; where nothing was, why: once, however many facts the line compares."""
    if leaf.outcome == Truth.UNKNOWN and leaf.reason is not None:
        return reason_text(leaf.reason, leaf.source.kind if leaf.source else SourceKind.FORM)
    return _plainly(leaf)


def _plainly(leaf: Leaf) -> str:
    """Say of two texts that are not shown only how they compare; say of a bare number of records what it counts."""
    if "一致" in leaf.sentence and _HIDDEN_PAIR.fullmatch(leaf.seen):
        same = (leaf.outcome == Truth.PASS) != ("不一致" in leaf.sentence)
        return f"两处{'一致' if same else '不一致'}（内容不显示）"
    if leaf.source is not None and _BARE_COUNT.fullmatch(leaf.seen):
        return f"{leaf.source.label}：{leaf.seen}"
    return leaf.seen


def _named(source: Source) -> str:
    return f"{source.label}，第 {source.version} 版" if source.version else source.label


def _read(source: Source, sheet: Sheet) -> str:
    kind, verb = READ[source.kind]
    if source.kind in {SourceKind.CERTIFICATE, SourceKind.DERIVED} and not source.version:
        verb = "查询"  # nothing was read
    at, judged_at = source.at or sheet.judgement.judged_at, sheet.judgement.judged_at
    if source.kind is SourceKind.REGISTER and at < judged_at:  # a kept answer: as old as it says
        return f"{kind}，沿用 {local(at):%m-%d %H:%M:%S} 的回答"
    return f"{kind}，{local(at):%H:%M:%S} {verb}"


def _distinct(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
