"""Values as people read them, and masked where they identify someone."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rules import FactSpec, FieldSpec, SourceKind, UnknownReason, reason_text
from rules.wording.showing import masked, shower
from tests.rules.making import VOCABULARY


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("440507194608209980", "440507********9980"),
        ("44050719460820998X", "440507********998X"),
        ("6222021234567890123", "622202*********0123"),
        ("13800001234", "138****1234"),
        ("陈", "陈*"),
        ("陈英", "陈*"),
        ("陈秀英", "陈*英"),
        ("欧阳秀英", "欧**英"),
        ("示例市龙湖区某路1号", "示例市****"),
        ("12345", "123****"),
    ],
)
def test_masks(text: str, shown: str) -> None:
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("spec", "value", "shown", "hidden"),
    [
        ({"type": "text"}, "好" * 61, "好" * 60 + "…", "好好好****"),
        ({"type": "integer", "unit": "间"}, 3, "3间", "****"),
        ({"type": "money"}, Decimal(1200), "1200元", "****"),
        ({"type": "money"}, Decimal("1E+3"), "1000元", "****"),
        ({"type": "money"}, Decimal("100.5"), "100.50元", "****"),
        ({"type": "money"}, Decimal("0.00"), "0元", "****"),
        ({"type": "money", "unit": "万元"}, Decimal("0.125"), "0.125万元", "****"),
        ({"type": "date"}, date(1946, 8, 20), "1946年8月20日", "1946年8月"),
        ({"type": "boolean"}, True, "是", "****"),
        ({"type": "boolean"}, False, "否", "****"),
        ({"type": "boolean", "false_text": "未查到"}, False, "未查到", "****"),
        ({"type": "code", "codes": {"1": "一级"}}, "1", "一级", "****"),
        ({"type": "code"}, "1", "1", "****"),
        ({"type": "division"}, "440507001", "珠池街道", "龙湖区"),
        ({"type": "division"}, "440507002", "龙湖区（440507002）", "龙湖区"),
        ({"type": "division"}, "440507000000", "龙湖区", "龙湖区"),
        ({"type": "division"}, "440500", "示例市", "示例市"),
        ({"type": "division"}, "310000", "310000", "310000"),
        ({"type": "division", "codes": {"310000": "上海市"}}, "310000", "上海市", "上海市"),
    ],
)
def test_values(spec: dict[str, Any], value: Any, shown: str, hidden: str) -> None:
    plain = FieldSpec(label="甲", **spec)
    personal = plain.model_copy(update={"personal": True})
    assert shower(plain, vocabulary=VOCABULARY)(value) == shown
    assert shower(personal, vocabulary=VOCABULARY)(value) == hidden
    assert shower(personal, vocabulary=VOCABULARY, mask=False)(value) == shown


def test_a_list_is_counted() -> None:
    spec = FactSpec(name="own.a", type="list", label="甲", unit="笔", fields={})  # type: ignore[arg-type]
    assert shower(spec, vocabulary=VOCABULARY)(({}, {})) == "共2笔"


def test_every_reason_has_words() -> None:
    texts = [reason_text(reason) for reason in UnknownReason]
    assert len(set(texts)) == len(texts)
    assert "未能核实" not in texts
    assert reason_text(UnknownReason.NOT_ASKED, SourceKind.REGISTER) == "未查询到"
    assert reason_text(None) == "未能核实"
