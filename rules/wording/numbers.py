"""Since version 2, numbers of things and distances of days as people say them: 没有在办的同一申请, 还没有过认定截止."""

from collections.abc import Callable
from typing import Any, TypeAlias

from rules.language.derived import DerivedKind
from rules.language.tree import ITEM, Op
from rules.language.vocabulary import FactType, FieldSpec, Vocabulary

Shower: TypeAlias = Callable[[Any], str]

# What nothing is, said of a number of things: fewer than one, and its opposite.
_NO_THING = frozenset({(Op.EQ, 0), (Op.LE, 0), (Op.LT, 1)})
_SOME_THING = frozenset({(Op.NE, 0), (Op.GT, 0), (Op.GE, 1)})
_THINGS = frozenset(
    {"件", "项", "家", "人", "次", "条", "个", "笔", "份", "辆", "套", "处", "户", "本", "张"}
)
_NUMBERS = ("数", "量", "额", "率")  # a label that names the number, not the things
_AWAY = ("距", "离")
_UNTIL = frozenset({DerivedKind.DAYS_UNTIL, DerivedKind.WORKDAYS_UNTIL})
_SINCE = frozenset({DerivedKind.DAYS_SINCE, DerivedKind.WORKDAYS_SINCE, DerivedKind.MONTHS_SINCE})
# Said of a day and a distance of less than none. {0} is the day, {1} how far.
_BEYOND_UNTIL = {
    Op.GE: "{0}过后不超过{1}",
    Op.LT: "{0}过后超过{1}",
    Op.GT: "{0}过后不到{1}",
    Op.LE: "{0}过后至少{1}",
}
_BEFORE_SINCE = {
    Op.GE: "到{0}不超过{1}",
    Op.LT: "到{0}还有超过{1}",
    Op.GT: "到{0}不到{1}",
    Op.LE: "到{0}还有至少{1}",
}


def there(op: Op, number: int) -> str:
    """Return 没有 for fewer than one, 有 for at least one, nothing for any other comparison."""
    if (op, number) in _NO_THING:
        return "没有"
    return "有" if (op, number) in _SOME_THING else ""


def counts_things(name: str, spec: FieldSpec | None) -> bool:
    """Return whether a whole number counts what its label names: 在办的同一申请, not 房间数 and not what was typed."""
    if spec is None or spec.type is not FactType.INTEGER or name.startswith(("form.", ITEM)):
        return False
    return spec.unit in _THINGS and not spec.label.endswith(_NUMBERS)


def distance(name: str, spec: FieldSpec, *, op: Op, number: int, vocabulary: Vocabulary) -> str:
    """Return how far a day is, where the number is none or less; nothing where it is said like any other."""
    kind = next((one.kind for one in vocabulary.derived if one.name == name), None)
    if kind not in _UNTIL | _SINCE or not spec.label.startswith(_AWAY) or number > 0:
        return ""
    day = spec.label[1:]
    if number == 0:
        words = ("还没有过{0}", "已经过了{0}") if kind in _UNTIL else ("已经到了{0}", "还没有到{0}")
        return {Op.GE: words[0], Op.LT: words[1]}.get(op, "").format(day)
    words_beyond = _BEYOND_UNTIL if kind in _UNTIL else _BEFORE_SINCE
    return words_beyond.get(op, "").format(day, f"{-number}{spec.unit}")


def number_shower(name: str, spec: FieldSpec, *, vocabulary: Vocabulary) -> Shower | None:
    """Return how a number of things or a distance is told; None for what is shown like any other value."""
    unit = spec.unit
    if spec.personal:
        return None
    if counts_things(name, spec):
        return lambda value: f"有{value}{unit}" if value else "没有"
    kind = next((one.kind for one in vocabulary.derived if one.name == name), None)
    if kind in _UNTIL:
        return lambda value: f"还有{value}{unit}" if value > 0 else _over(-value, unit)
    if kind in _SINCE:
        return lambda value: f"{value}{unit}" if value >= 0 else f"还有{-value}{unit}"
    return None


def _over(number: int, unit: str) -> str:
    return f"已经过了{number}{unit}" if number else "就在当天"
