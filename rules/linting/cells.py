"""Values that stand for all others: around each threshold, each code, inside and outside each area.

Conditions cut what a fact can hold into cells in which they cannot tell one value from another. One value of each
cell is enough to try them all. Values are real facts, so whatever is found with them is no artefact of this module;
what lies between two facts of a kind (text that contains another text, sums of many records) may be missed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations_with_replacement, product
from typing import Any

from rules.judging.tracing import derivations_for
from rules.language.comparing import WrongValue, constant, division_within, significant
from rules.language.derived import COUNTED_KINDS, Derivation, DerivedKind, months_after
from rules.language.tree import ITEM, PERIOD_OPS, PRESENCE_OPS, Compare, Count, Node, Op, placed
from rules.language.vocabulary import FactSpec, FactType, FieldSpec, Vocabulary

MOST_CODES = 60
MOST_RECORDS = 12
_DAY = timedelta(days=1)
_CENT = Decimal("0.01")
_NOWHERE = "999999"
_STEPS = {FactType.INTEGER: 1, FactType.MONEY: _CENT, FactType.DATE: _DAY}
_DAYS_AWAY = {DerivedKind.DAYS_SINCE: -1, DerivedKind.DAYS_UNTIL: 1}
_MONTHS_AWAY = {DerivedKind.AGE: -12, DerivedKind.MONTHS_SINCE: -1}


class Cells:
    """The values to try for every fact some conditions read, directly or through derived facts."""

    def __init__(self, conditions: Iterable[Node], *, vocabulary: Vocabulary, on: date) -> None:
        """Collect constants and what is compared with what; a list's fields go under `<list>/<field>`."""
        self._vocabulary, self._on = vocabulary, on
        self._constants: dict[str, set[Any]] = defaultdict(set)
        self._blank: set[str] = set()
        self._specs: dict[str, FieldSpec] = {}
        self._same: dict[str, set[str]] = defaultdict(set)
        self._counts: dict[str, set[int]] = defaultdict(set)
        for condition in conditions:
            self._read(condition)
        for derivation in derivations_for(frozenset(self._specs), vocabulary=vocabulary)[::-1]:
            self._trace_back(derivation)

    @property
    def names(self) -> tuple[str, ...]:
        """The facts to be given: no derived ones, except working days, which are given too."""
        given = {one.name for one in self._vocabulary.derived if one.kind in COUNTED_KINDS}
        facts = [name for name in self._specs if "/" not in name]
        return tuple(name for name in facts if not name.startswith("derived.") or name in given)

    def values(self, name: str) -> tuple[Any, ...]:
        """Return the values to try for a fact; None: it is known to be empty."""
        spec = self._specs[name]
        blank = [None] if name in self._blank else []
        if spec.type is FactType.LIST:
            return (*self._lists(name), *blank)
        return tuple(dict.fromkeys([*self._plain(name), *blank]))

    def _read(self, condition: Node) -> None:
        within: FactSpec | None = None
        for _, node, inside in placed(condition):
            if isinstance(node, Compare):
                self._compare(node, within if inside else None)
            elif hasattr(node, "facts"):
                within = self._vocabulary.by_name.get(node.facts)
                if within is not None:
                    self._specs[within.name] = within
                if isinstance(node, Count):
                    self._counts[node.facts].add(node.value)

    def _compare(self, node: Compare, within: FactSpec | None) -> None:
        name, spec = self._key(node.fact, within), self._vocabulary.get(node.fact, within=within)
        if spec is None:
            return
        self._specs[name] = spec
        if node.op in PRESENCE_OPS:
            self._blank.add(name)
        if node.other is not None and (other := self._vocabulary.get(node.other, within=within)) is not None:
            twin = self._key(node.other, within)
            self._specs[twin] = other
            self._same[name].add(twin)
            self._same[twin].add(name)
        if node.op in PERIOD_OPS and isinstance(node.value, int):
            self._constants[name] |= set(self._period(node.op, node.value))
        elif node.value is not None:
            self._constants[name] |= set(_typed(node, spec))

    def _key(self, name: str, within: FactSpec | None) -> str:
        return f"{within.name}/{name.removeprefix(ITEM)}" if name.startswith(ITEM) and within else name

    def _period(self, op: Op, length: int) -> Iterator[date]:
        yield self._on
        yield from (
            [months_after(self._on, -length)] if op is Op.WITHIN_MONTHS else _moved(self._on, _DAY, -length)
        )

    def _trace_back(self, derivation: Derivation) -> None:
        """Turn the thresholds of a derived fact into values of what it follows from."""
        by_name = self._vocabulary.by_name
        for name in derivation.origins:
            self._specs.setdefault(name, by_name[name])
        if derivation.at is not None:
            self._constants[derivation.at].add(self._on)
        wanted = self._around(derivation.name, by_name[derivation.name])
        of = self._constants[derivation.of]
        if derivation.kind in _MONTHS_AWAY:
            of |= {months_after(self._on, _MONTHS_AWAY[derivation.kind] * number) for number in wanted}
        elif derivation.kind in _DAYS_AWAY:
            away = _DAYS_AWAY[derivation.kind]
            of |= {day for number in wanted for day in _moved(self._on, _DAY, away * number)}
        elif derivation.kind is DerivedKind.COUNT:
            self._counts[derivation.of] |= {number for number in wanted if number >= 0}
        elif derivation.kind is DerivedKind.SUM:
            key = f"{derivation.of}/{derivation.field}"
            self._specs[key] = (by_name[derivation.of].fields or {})[derivation.field or ""]
            self._constants[key] |= set(wanted)
        elif derivation.kind is DerivedKind.DIVISION_PREFIX:
            of |= {code.ljust(derivation.length, "0") for code in wanted}
        else:
            of.add(self._on)

    def _group(self, name: str) -> list[str]:
        """Return a name with all it is compared with, however far: they are tried with each other's values."""
        group, waiting = [name], [name]
        while waiting:
            further = [one for one in sorted(self._same[waiting.pop()]) if one not in group]
            group += further
            waiting += further
        return group

    def _plain(self, name: str) -> Iterator[Any]:
        spec, group = self._specs[name], self._group(name)
        for one in group:
            yield from self._around(one, spec)
        yield from _ordinary(spec, self._on, twice=len(group) > 1)

    def _around(self, name: str, spec: FieldSpec) -> list[Any]:
        constants = sorted(self._constants[name], key=str)
        if spec.type is FactType.DIVISION:
            return list(_places(constants, self._vocabulary))
        if spec.type is FactType.CODE and len(spec.codes or ()) <= MOST_CODES:
            return [*constants, *(spec.codes or ())]
        step: Any = _STEPS.get(spec.type)
        if step is None:
            return constants
        near = [moved for value in constants for side in (-1, 0, 1) for moved in _moved(value, step, side)]
        signed = spec.type is FactType.DATE or any(value < 0 for value in constants)
        return near if signed or self._may_fall_below_zero(name) else [value for value in near if value >= 0]

    def _may_fall_below_zero(self, name: str) -> bool:
        kinds = {one.name: one.kind for one in self._vocabulary.derived}
        return name in kinds and kinds[name] not in {DerivedKind.AGE, DerivedKind.COUNT, DerivedKind.SUM}

    def _lists(self, name: str) -> Iterator[tuple[Mapping[str, Any], ...]]:
        """Yield no record, each single one, each pair, and as many of one kind as are counted."""
        fields = [key.split("/")[1] for key in self._specs if key.startswith(f"{name}/")]
        each = [self.values(f"{name}/{field}") for field in fields]
        records = [dict(zip(fields, values, strict=True)) for values in product(*each)][:MOST_RECORDS]
        numbers = {number + side for number in self._counts[name] for side in (-1, 0, 1)} | {0, 1}
        for number in sorted(number for number in numbers if 0 <= number <= MOST_CODES):
            yield from ((record,) * number for record in records)
        yield from combinations_with_replacement(records, 2)


def _moved(value: Any, step: Any, times: int) -> Iterator[Any]:
    """Yield a value so many steps on, nothing beyond the ends of the calendar."""
    try:
        yield value + step * times
    except OverflowError:
        return


def _typed(node: Compare, spec: FieldSpec) -> Iterator[Any]:
    for raw in node.value if isinstance(node.value, tuple) else (node.value,):
        try:
            yield constant(raw, spec=spec)
        except WrongValue:
            continue


def _ordinary(spec: FieldSpec, on: date, *, twice: bool) -> list[Any]:
    """Return what such a fact holds when it is none of the constants; two of it where two facts are compared."""
    usual: dict[FactType, list[Any]] = {
        FactType.TEXT: ["某某", "另一个"],
        FactType.INTEGER: [1, 2],
        FactType.MONEY: [Decimal(1), Decimal(2)],
        FactType.DATE: [on - _DAY, on],
        FactType.BOOLEAN: [True, False],
        FactType.CODE: [] if spec.codes else ["其他"],
    }
    found = usual.get(spec.type, [])
    return found if twice or spec.type is FactType.BOOLEAN else found[:1]


def _places(areas: list[str], vocabulary: Vocabulary) -> Iterator[str]:
    """Yield each area, a place below it, and one outside all of them; known ones where there are any."""
    plain = [significant(area) for area in areas]
    known = [significant(code) for code in vocabulary.divisions]
    for area in plain:
        yield area
        below = [code for code in known if code != area and code.startswith(area)]
        others = [
            code for code in below if not any(division_within(code, one) for one in plain if one != area)
        ]
        yield from others[:1] or [f"{area}{'99' if len(area) < 6 else '999'}"]
    outside = [code for code in known if all(division_within(code, area) is False for area in plain)]
    yield from outside[:1] or [_NOWHERE]
