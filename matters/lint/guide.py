"""Codes, limits, telephones, fees, steps and materials: the consistency a guide must have (domain 2.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.identifiers import InvalidIdentifier, matter_code
from matters.format.package import LICENCE, Package
from matters.lint.problem import Problem

LICENCE_STEPS = 5
TYPES_ON_APPLICATION = frozenset({"01", "05", "07", "08", "09", "10", "20"})
# “Other materials” lets a window ask for anything: 行政许可法 art. 30 and the campaign against 兜底条款 forbid it.
_CATCH_ALL = re.compile(
    r"其[他它]\S{0,12}材料|等(?:相关|有关|其他)?材料|等$|等）$|需要(?:提交|提供)的\S*材料|规定的其[他它]"
)


def problems(package: Package) -> Iterator[Problem]:
    """Yield the faults of codes, guide and material list."""
    yield from _codes(package)
    yield from _limits(package)
    yield from _contacts(package)
    yield from _visits(package)
    yield from _licence(package)
    yield from _materials(package)


def _codes(package: Package) -> Iterator[Problem]:
    try:
        code = matter_code(package.code)
    except InvalidIdentifier as error:
        yield Problem("code", error.message)
        return
    for text in code.warnings:
        yield Problem("code", text, warning=True)
    if code.base != package.base_code:
        yield Problem("base_code", f"与实施编码不一致，应为 {code.base}")
    if code.type != package.type:
        yield Problem("type", f"与实施编码不一致，应为 {code.type}")
    if code.body != package.department:
        yield Problem("department", f"与实施编码不一致，应为 {code.body}")
    if package.type not in TYPES_ON_APPLICATION:
        yield Problem("type", "不是依申请办理的事项类型")


def _limits(package: Package) -> Iterator[Problem]:
    statutory, committed = package.guide.statutory.workdays, package.guide.committed.workdays
    if statutory is not None and committed > statutory:
        yield Problem(
            "guide.committed.workdays", f"承诺时限 {committed} 个工作日长于法定时限 {statutory} 个工作日"
        )


def _contacts(package: Package) -> Iterator[Problem]:
    if package.guide.consult_phone == package.guide.complaint_phone:
        yield Problem("guide.complaint_phone", "咨询电话和监督投诉电话不能相同")


def _visits(package: Package) -> Iterator[Problem]:
    if package.guide.visits and not package.guide.visit_reason:
        yield Problem("guide.visit_reason", "要到现场办理的，要写明必须到现场的原因")
    if package.guide.visits and "全程网办" in package.guide.online_depth:
        yield Problem("guide.online_depth", "全程网办的事项到现场次数应为 0")


def _licence(package: Package) -> Iterator[Problem]:
    if package.type != LICENCE:
        return
    if not package.guide.faq:
        yield Problem("guide.faq", "行政许可至少要有一个常见问题")
    if len(package.guide.steps) < LICENCE_STEPS:
        yield Problem("guide.steps", "行政许可的办理流程至少要有受理、审核、审批、办结、送达五步")


def _materials(package: Package) -> Iterator[Problem]:
    for at, material in enumerate(package.materials):
        if _CATCH_ALL.search(material.name):
            yield Problem(f"materials[{at}].name", "不能写“其他材料”“等”这样的兜底条款，请逐项列出")
        if not material.replaced_by and material.upload is None:
            message = "没有写由什么代替，也没有写 upload，网上交不了，只能由工作人员核对"
            yield Problem(f"materials[{at}].replaced_by", message, warning=True)
