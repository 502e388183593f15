"""The words of each version of the language: a stored judgement replays to the letter, so old words stay as they were.

Version 2 speaks as people do at a window: 至少30000元 instead of 不小于30000元, 没有在办的同一申请 instead of …为0件.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rules.language.tree import Op
from rules.language.vocabulary import FactType, FieldSpec

Words = Mapping[Op, str]

_ORDER_1 = {Op.EQ: "为", Op.NE: "不为", Op.LT: "小于", Op.LE: "不大于", Op.GT: "大于", Op.GE: "不小于"}
_DAYS_1 = {Op.EQ: "为", Op.NE: "不为", Op.LT: "早于", Op.LE: "不晚于", Op.GT: "晚于", Op.GE: "不早于"}
_COUNTS_1 = {Op.EQ: "为", Op.NE: "不为", Op.LT: "少于", Op.LE: "不超过", Op.GT: "多于", Op.GE: "不少于"}
_ORDER_2 = {Op.EQ: "是", Op.NE: "不是", Op.LT: "不到", Op.LE: "不超过", Op.GT: "超过", Op.GE: "至少"}
_PAIRS_2 = {Op.LT: "少于", Op.LE: "不多于", Op.GT: "多于", Op.GE: "不少于"}
_MONEY_PAIRS_2 = {Op.LT: "低于", Op.LE: "不高于", Op.GT: "高于", Op.GE: "不低于"}
_DAYS_2 = _DAYS_1 | {Op.EQ: "是", Op.NE: "不是"}
_COUNTS_2 = {Op.EQ: "是", Op.NE: "不是", Op.LT: "不到", Op.LE: "不超过", Op.GT: "超过", Op.GE: "至少"}


@dataclass(frozen=True, slots=True)
class Phrases:
    """How one version says what it asks; `plain` turns on the turns of speech of version 2."""

    order: Words
    days: Words
    counts: Words
    pairs: Words
    money_pairs: Words
    is_: str
    is_not: str
    every: str
    not_every: str
    plain: bool

    def against_value(self, spec: FieldSpec | None) -> Words:
        """Return how a value is compared."""
        return self.days if spec and spec.type is FactType.DATE else self.order

    def against_fact(self, spec: FieldSpec | None) -> Words:
        """Return how a fact is compared with another."""
        if spec and spec.type is FactType.DATE:
            return self.days
        return self.money_pairs if spec and spec.type is FactType.MONEY else self.pairs


PHRASES: Mapping[int, Phrases] = {
    1: Phrases(
        _ORDER_1,
        _DAYS_1,
        _COUNTS_1,
        _ORDER_1,
        _ORDER_1,
        is_="为",
        is_not="不为",
        every="{label}全部符合（{where}）",
        not_every="{label}不是全部符合（{where}）",
        plain=False,
    ),
    2: Phrases(
        _ORDER_2,
        _DAYS_2,
        _COUNTS_2,
        _PAIRS_2,
        _MONEY_PAIRS_2,
        is_="是",
        is_not="不是",
        every="{label}都符合（{where}）",
        not_every="{label}不是都符合（{where}）",
        plain=True,
    ),
}
AGE, AGES = "年龄", {Op.GE: "年满", Op.LT: "未满"}
FACT_PHRASES = {
    (Op.EQ, False): "与{0}相同",
    (Op.EQ, True): "与{0}不同",
    (Op.SAME_AS, False): "与{0}一致",
    (Op.SAME_AS, True): "与{0}不一致",
    (Op.CONTAINS, False): "包含{0}",
    (Op.CONTAINS, True): "不包含{0}",
    (Op.STARTS_WITH, False): "以{0}开头",
    (Op.STARTS_WITH, True): "不以{0}开头",
    (Op.WITHIN, False): "在{0}",
    (Op.WITHIN, True): "不在{0}",
}


def period_text(op: Op, length: int, *, before: str, turned: bool) -> str:
    """Return “在最近6个月内”, or before another day “在申请日期前6个月内”; both ends are meant."""
    unit = "天" if op is Op.WITHIN_DAYS else "个月"
    when = f"{before}前{length}{unit}内" if before else f"最近{length}{unit}内"
    return f"{'不' if turned else ''}在{when}"
