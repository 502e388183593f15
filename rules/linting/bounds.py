"""Numbers that cannot be any number: an age is no year of birth, and nobody has fewer than no cases."""

from rules.language.derived import DerivedKind
from rules.language.tree import Compare, Op
from rules.language.values import SourceKind
from rules.language.vocabulary import FactType, Vocabulary

OLDEST = 150
_Bounds = tuple[int, int | None]


def bounds(name: str, vocabulary: Vocabulary) -> _Bounds | None:
    """Return the least and the greatest whole number a fact can be (None: no end), None where nothing is known."""
    for derivation in vocabulary.derived:
        if derivation.name == name:
            return {DerivedKind.AGE: (0, OLDEST), DerivedKind.COUNT: (0, None)}.get(derivation.kind)
    spec = vocabulary.by_name.get(name)
    counted = spec is not None and spec.source_kind is SourceKind.OWN and spec.type is FactType.INTEGER
    return (0, None) if counted else None


def misfit(node: Compare, *, label: str, vocabulary: Vocabulary) -> str | None:
    """Return what is wrong with a comparison that every possible number meets, or none; None where it can be either."""
    known = bounds(node.fact, vocabulary)
    if known is None or type(node.value) is not int:
        return None
    least, greatest = known
    held = _holds(node.op, node.value, least, greatest)
    if held is None:
        return None
    range_ = f"在 {least} 到 {greatest} 之间" if greatest is not None else f"不会小于 {least}"
    return f"“{label}”{range_}，这个条件{'怎样都满足' if held else '永远不能满足'}"


def _holds(op: Op, value: int, least: int, greatest: int | None) -> bool | None:
    """Return True where all numbers from least to greatest meet the comparison, False where none does."""
    below = value < least
    above = greatest is not None and value > greatest
    answers: dict[Op, bool | None] = {
        Op.EQ: False if below or above else None,
        Op.NE: True if below or above else None,
        Op.GE: True if value <= least else False if above else None,
        Op.GT: True if below else False if greatest is not None and value >= greatest else None,
        Op.LE: False if below else True if greatest is not None and value >= greatest else None,
        Op.LT: False if value <= least else True if above else None,
    }
    return answers.get(op)
