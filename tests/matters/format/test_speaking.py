from __future__ import annotations

import pytest

from matters.format.speaking import spoken


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("缺少“law”", "缺少“法律、法规或文件”"),
        ("uses 里没有“居民户口簿”", "“用到的数据”里没有“居民户口簿”"),
        ("in 和 not_in 的 value 应为列表", "“其中之一”和“不在其中”的“值”应为列表"),
        ("应为 true 或 false", "应为“是”或“否”"),
        ("应为 pass，实际为 unknown", "应为“通过”，实际为“未能核实”"),
        ("数据项目录里没有“cert.nothing.name”", "数据项目录里没有“cert.nothing.name”"),
        ("可以用 {outcome.amount} 带入内容", "可以用 {outcome.amount} 带入内容"),
        ("“年龄”的值应为整数", "“年龄”的值应为整数"),
    ],
)
def test_keys_are_said_by_their_titles(message: str, said: str) -> None:
    assert spoken(message) == said
