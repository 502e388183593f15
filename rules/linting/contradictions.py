"""Finding conditions on one fact that can never hold together, without judging any facts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rules.language.comparing import NEGATIVE, TESTS, WrongValue, compared, constant, operators
from rules.language.tree import CHOICE_OPS, PERIOD_OPS, Compare, Op
from rules.language.versions import Language
from rules.language.vocabulary import FactType, FieldSpec
from rules.wording.sentences import settled

_LOWER = {Op.GE, Op.GT}
_UPPER = {Op.LE, Op.LT}


@dataclass(frozen=True, slots=True)
class Demand:
    """What one comparison with a constant asks of one fact."""

    path: str
    fact: str
    kind: FactType
    codes: tuple[str, ...]
    op: Op
    positive: bool
    given: Any
    rules: Language

    def bears(self, value: Any) -> bool:
        """Tell whether a value could satisfy this demand."""
        if self.op is Op.PRESENT:
            return self.positive
        if self.op in PERIOD_OPS:
            return True  # it depends on the day of judging
        answer = TESTS[self.op](self.rules.normalised(value) if self.op is Op.SAME_AS else value, self.given)
        return answer is None or answer is self.positive


def demand(node: Compare, *, path: str, spec: FieldSpec, negated: bool, rules: Language) -> Demand | None:
    """Return what a comparison asks; None where it compares two facts or does not fit its fact."""
    op, turned = settled(node, negated=negated)
    positive = (op not in NEGATIVE) is not turned
    op = NEGATIVE.get(op, op)
    if node.other is not None or node.op not in operators(spec.type, rules=rules):
        return None
    try:
        given = None if op is Op.PRESENT else _typed(node, spec, rules)
    except WrongValue:
        return None
    return Demand(path, node.fact, spec.type, tuple(spec.codes or ()), op, positive, given, rules)


def _typed(node: Compare, spec: FieldSpec, rules: Language) -> Any:
    if node.op in PERIOD_OPS:
        return node.value
    raw = node.value if isinstance(node.value, tuple) else (node.value,)
    typed = tuple(constant(part, spec=spec) for part in raw)
    values = compared(typed, op=node.op, kind=spec.type, rules=rules)
    return values if node.op in CHOICE_OPS or isinstance(node.value, tuple) else values[0]


def contradiction(demands: Sequence[Demand]) -> tuple[str, list[str]] | None:
    """Return the path of a demand that cannot hold together with others on its fact, and theirs; None if all can."""
    for fact in dict.fromkeys(one.fact for one in demands):
        same = [one for one in demands if one.fact == fact]
        if _impossible(same):
            alone = [one.path for one in same[:-1] if _impossible([one, same[-1]])]
            return same[-1].path, alone or [one.path for one in same[:-1]]
    return None


def _impossible(demands: Sequence[Demand]) -> bool:
    """A fact known to be empty satisfies no comparison, so `absent` goes with nothing else."""
    absent = [one.op is Op.PRESENT and not one.positive for one in demands]
    if any(absent):
        return not all(absent)
    candidates = _candidates(demands)
    if candidates is not None:
        return not any(all(one.bears(value) for one in demands) for value in candidates)
    return _empty_range(demands) or any(_empty_period(demands, op) for op in PERIOD_OPS)


def _empty_period(demands: Sequence[Demand], op: Op) -> bool:
    """In the last 6 months, and not in the last 12: no day is both."""
    inside = [one.given for one in demands if one.op is op and one.positive]
    outside = [one.given for one in demands if one.op is op and not one.positive]
    return bool(inside and outside and min(inside) <= max(outside))


def _candidates(demands: Sequence[Demand]) -> Iterable[Any] | None:
    """Return values of which one must do, where the demands or the type leave only so many."""
    for one in demands:
        if one.positive and one.op in {Op.EQ, Op.IN}:
            return one.given if isinstance(one.given, tuple) else (one.given,)
    kind = demands[0].kind
    if kind is FactType.BOOLEAN:
        return (True, False)
    if kind is FactType.CODE and demands[0].codes:
        return demands[0].codes
    areas = [one.given for one in demands if one.op is Op.WITHIN and one.positive]
    if areas:
        return [area for given in areas for area in (given if isinstance(given, tuple) else (given,))]
    return None


def _empty_range(demands: Sequence[Demand]) -> bool:
    lower = [_closed(one) for one in demands if one.op in _LOWER]
    upper = [_closed(one) for one in demands if one.op in _UPPER]
    if not lower or not upper:
        return False
    low, high = max(value for value, _ in lower), min(value for value, _ in upper)
    open_end = any(is_open and value in {low, high} for value, is_open in lower + upper)
    return bool(low > high or (low == high and open_end))


def _closed(one: Demand) -> tuple[Any, bool]:
    """Return (bound, whether the bound itself is left out); whole numbers are moved to the next one."""
    if one.kind is not FactType.INTEGER:
        return one.given, one.op in {Op.GT, Op.LT}
    return one.given + {Op.GT: 1, Op.LT: -1}.get(one.op, 0), False
