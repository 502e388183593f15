"""Materials and matters as coverage sees them, without a database."""

from __future__ import annotations

from typing import Any

from matters.covering.ways import Asked, Coverage, Kind, Subject, cover

KINDS = {
    "card": Kind("市民卡", issued=True),
    "permit": Kind("许可证", issued=True),
    "paper": Kind("租赁备案证明", issued=False),
    "report": Kind("检测报告", issued=False),
}


def asked(code: str = "m", **given: Any) -> Asked:
    return Asked(code=code, name=given.pop("name", f"材料 {code}"), **given)


def coverage(*materials: Asked, code: str = "1", name: str = "", kinds: dict[str, Kind] = KINDS) -> Coverage:
    subject = Subject(code, name or f"事项 {code}", "示例局", "个人")
    return Coverage(subject, tuple(cover(one, kinds=kinds) for one in materials), "permit", "许可证")
