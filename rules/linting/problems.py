"""What is wrong with a condition before any fact is known: found at publication, shown beside the field."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rules.judging.outcomes import OutcomeTable
from rules.language.checks import Check
from rules.language.comparing import WrongValue, constant, operators
from rules.language.invalid import join
from rules.language.tree import (
    PERIOD_OPS,
    AllOf,
    AnyOf,
    Compare,
    Count,
    Every,
    Node,
    NoneOf,
    Not,
    Op,
    Some,
    placed,
)
from rules.language.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary
from rules.linting import bounds
from rules.linting.contradictions import Demand, contradiction, demand
from rules.linting.tables import table_flaws

_TYPE_NAMES = {
    FactType.TEXT: "文字",
    FactType.INTEGER: "整数",
    FactType.MONEY: "金额",
    FactType.DATE: "日期",
    FactType.BOOLEAN: "是非",
    FactType.CODE: "代码",
    FactType.DIVISION: "行政区划",
    FactType.LIST: "列表",
}
_NEVER = "与同组的其他条件矛盾，永远不能同时满足"
_ALWAYS = "这一组怎样都满足，等于没有条件"


class Severity(StrEnum):
    """An error bars publication; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault with the path of its node and a Chinese sentence."""

    path: str
    message: str
    severity: Severity = Severity.ERROR


def problems(condition: Node, vocabulary: Vocabulary) -> list[Problem]:
    """Return unknown facts, operators and values that do not fit their type, and what can never hold."""
    found = list(_misfits(condition, vocabulary))
    seen = _Contradictions(vocabulary)
    seen.look(condition, "", [], negated=False)
    return found + (seen.found or list(_always(condition, vocabulary)))


def _always(condition: Node, vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield alternatives of which one always holds: A, or not A."""
    for path, node, inside in placed(condition):
        alone = isinstance(node, AnyOf) and not inside
        if alone and _Contradictions(vocabulary).never(node, path, negated=True):
            yield Problem(path, _ALWAYS, Severity.WARNING)


def check_problems(
    checks: Sequence[Check], vocabulary: Vocabulary, outcome_table: OutcomeTable | None = None
) -> list[Problem]:
    """Return the problems of an edition's checks, of one check against another, and of its outcome table."""
    found = []
    for index, check in enumerate(checks):
        found += _under(f"checks[{index}].condition", problems(check.condition, vocabulary))
    known = {problem.path for problem in found}
    found += [one for one in _between(checks, vocabulary) if one.path not in known]
    if outcome_table is None:
        return found
    found += _row_problems(outcome_table, vocabulary)
    if any(problem.severity is Severity.ERROR for problem in found):
        return found  # what cannot be judged cannot be tried out either
    return found + _table_problems(outcome_table, checks, vocabulary)


def _between(checks: Sequence[Check], vocabulary: Vocabulary) -> Iterator[Problem]:
    """Yield checks that can never pass together, each naming the other."""
    names = {f"checks[{index}].condition": check.name for index, check in enumerate(checks)}
    together = _Contradictions(vocabulary)
    together.look_together([(f"checks[{at}].condition", check.condition) for at, check in enumerate(checks)])
    for problem in together.found:
        others = [at for at in together.against if not problem.path.startswith(at)]
        other = next((name for at, name in names.items() if any(one.startswith(at) for one in others)), "")
        yield Problem(problem.path, f"与核验项“{other}”矛盾，永远不能都通过" if other else problem.message)


def _table_problems(table: OutcomeTable, checks: Sequence[Check], vocabulary: Vocabulary) -> list[Problem]:
    found = []
    for flaw in table_flaws(table, checks, vocabulary):
        at = "outcome_table.rows" + ("" if flaw.row is None else f"[{flaw.row}]")
        found.append(Problem(at, flaw.message, Severity.ERROR if flaw.bars else Severity.WARNING))
    return found


def _row_problems(table: OutcomeTable, vocabulary: Vocabulary) -> list[Problem]:
    found, always = [], False
    for index, row in enumerate(table.rows):
        at = f"outcome_table.rows[{index}]"
        if always:
            found.append(Problem(at, "前面有一行没有条件，这一行永远用不到", Severity.WARNING))
        if row.when is None:
            always = True
        else:
            found += _under(join(at, "when"), problems(row.when, vocabulary))
    return found


def _under(prefix: str, found: list[Problem]) -> list[Problem]:
    return [Problem(join(prefix, problem.path), problem.message, problem.severity) for problem in found]


def _misfits(condition: Node, vocabulary: Vocabulary) -> Iterator[Problem]:
    within: FactSpec | None = None
    for path, node, inside in placed(condition):
        if isinstance(node, Some | Every | NoneOf | Count):
            within = vocabulary.by_name.get(node.facts)
            yield from (Problem(join(path, step), message) for step, message in _list_misfits(node, within))
        elif isinstance(node, Compare):
            scope = within if inside else None
            misfits = _compare_misfits(node, vocabulary, scope)
            yield from (Problem(join(path, step), message) for step, message in misfits)


def _list_misfits(node: Some | Every | NoneOf | Count, spec: FactSpec | None) -> Iterator[tuple[str, str]]:
    key = {Some: "some", Every: "every", NoneOf: "none", Count: "count"}[type(node)]
    if spec is None:
        yield key, f"数据项目录里没有“{node.facts}”"
    elif spec.type is not FactType.LIST:
        yield key, f"“{spec.label}”不是列表"
    if isinstance(node, Count) and node.value == 0 and node.op in {Op.LT, Op.GE}:
        yield "value", "条数不会小于 0，这个比较没有意义"


def _compare_misfits(
    node: Compare, vocabulary: Vocabulary, within: FactSpec | None
) -> Iterator[tuple[str, str]]:
    spec = vocabulary.get(node.fact, within=within)
    if spec is None:
        yield "fact", f"数据项目录里没有“{node.fact}”"
    elif node.op not in operators(spec.type, rules=vocabulary.rules):
        yield "op", f"“{spec.label}”是{_TYPE_NAMES[spec.type]}，不能用 {node.op} 比较"
    elif node.other is not None:
        yield from _other_misfits(node, spec, vocabulary.get(node.other, within=within))
    elif node.value is not None and node.op not in PERIOD_OPS:
        yield from _value_misfits(node, spec)
        if (message := bounds.misfit(node, label=spec.label, vocabulary=vocabulary)) is not None:
            yield "value", message


def _other_misfits(node: Compare, spec: FieldSpec, other: FieldSpec | None) -> Iterator[tuple[str, str]]:
    if other is None:
        yield "other", f"数据项目录里没有“{node.other}”"
    elif other.type is not spec.type:
        mine, theirs = _TYPE_NAMES[spec.type], _TYPE_NAMES[other.type]
        yield "other", f"“{spec.label}”是{mine}，“{other.label}”是{theirs}，不能比较"
    elif node.fact == node.other:
        yield "other", "一个数据项不能与自己比较"


def _value_misfits(node: Compare, spec: FieldSpec) -> Iterator[tuple[str, str]]:
    many = isinstance(node.value, tuple)
    for index, raw in enumerate(node.value if isinstance(node.value, tuple) else (node.value,)):
        try:
            constant(raw, spec=spec)
        except WrongValue as wrong:
            yield f"value[{index}]" if many else "value", wrong.message


class _Contradictions:
    """Follows what must hold together down the tree; alternatives are looked at one by one."""

    def __init__(self, vocabulary: Vocabulary, within: FactSpec | None = None) -> None:
        self.found: list[Problem] = []
        self.against: list[str] = []  # paths of what the last contradiction stands against
        self._vocabulary = vocabulary
        self._within = within

    def look(self, node: Node, path: str, above: list[Demand], *, negated: bool) -> None:
        demands, choices = self._flatten(node, path, negated=negated)
        self._judge(demands, choices, above)

    def never(self, node: Node, path: str, *, negated: bool) -> bool:
        """Tell whether what must hold together, whichever alternative is taken, can never hold."""
        return contradiction(self._flatten(node, path, negated=negated)[0]) is not None

    def look_together(self, conditions: Sequence[tuple[str, Node]]) -> None:
        demands: list[Demand] = []
        for path, node in conditions:
            demands += self._flatten(node, path, negated=False)[0]
        self._judge(demands, [], [])

    def _judge(
        self, demands: list[Demand], choices: list[tuple[Node, str, bool]], above: list[Demand]
    ) -> None:
        together = above + demands
        if (clash := contradiction(together)) is not None:
            at, self.against = clash
            self.found.append(Problem(at, _NEVER))
            return
        for node, path, negated in choices:
            self._choose(node, path, together, negated=negated)

    def _choose(self, node: Node, path: str, above: list[Demand], *, negated: bool) -> None:
        """Look into the alternatives of an 或, or into the records of a list (which have demands of their own)."""
        if isinstance(node, AnyOf | AllOf):
            key = "all" if isinstance(node, AllOf) else "any"
            for index, part in enumerate(node.parts):
                self.look(part, join(path, f"{key}[{index}]"), above, negated=negated)
        elif isinstance(node, Some | Every | NoneOf | Count) and node.where is not None:
            inner = _Contradictions(self._vocabulary, self._vocabulary.by_name.get(node.facts))
            inner.look(node.where, join(path, "where"), [], negated=False)
            self.found += inner.found

    def _flatten(
        self, node: Node, path: str, *, negated: bool
    ) -> tuple[list[Demand], list[tuple[Node, str, bool]]]:
        """Return the demands that must hold together, and the nodes that leave a choice."""
        if isinstance(node, Not):
            return self._flatten(node.part, join(path, "not"), negated=not negated)
        if isinstance(node, Compare):
            spec = self._vocabulary.get(node.fact, within=self._within)
            rules = self._vocabulary.rules
            one = demand(node, path=path, spec=spec, negated=negated, rules=rules) if spec else None
            return ([one] if one else []), []
        if not isinstance(node, AllOf | AnyOf) or isinstance(node, AllOf) is negated:
            return [], [(node, path, negated)]
        key = "all" if isinstance(node, AllOf) else "any"
        demands: list[Demand] = []
        choices: list[tuple[Node, str, bool]] = []
        for index, part in enumerate(node.parts):
            more, further = self._flatten(part, join(path, f"{key}[{index}]"), negated=negated)
            demands += more
            choices += further
        return demands, choices
