"""A condition as its page shows it: groups and rows with what can be chosen in each, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, TypeAlias

from django.utils.safestring import SafeString

from portal.catalogue.builder import building
from portal.catalogue.builder.building import AMOUNTS, COUNT, GROUPS, ONLY, Box, Line, Node, Raw
from portal.catalogue.builder.offering import Offer, of_records
from rules import FactSpec, FactType, FieldSpec
from rules.language.comparing import OPS_OF
from rules.language.tree import CHOICE_OPS, ORDER_OPS, PAIR_OPS, PERIOD_OPS, PRESENCE_OPS, Op

Choice: TypeAlias = tuple[str, str]
Choices: TypeAlias = tuple[tuple[str, tuple[Choice, ...]], ...]
Problems: TypeAlias = Mapping[str, list[str]]
OPS = {
    Op.EQ: "等于",
    Op.NE: "不等于",
    Op.GT: "大于",
    Op.GE: "大于或等于",
    Op.LT: "小于",
    Op.LE: "小于或等于",
    Op.WITHIN: "在这个区划以内",
    Op.IN: "是其中之一",
    Op.NOT_IN: "不是其中任何一个",
    Op.SAME_AS: "一致（不计空格和全半角）",
    Op.CONTAINS: "包含",
    Op.STARTS_WITH: "开头是",
    Op.WITHIN_DAYS: "在最近多少天以内",
    Op.WITHIN_MONTHS: "在最近多少个月以内",
    Op.PRESENT: "有值",
    Op.ABSENT: "没有值",
}
_DATES = {Op.GT: "晚于", Op.GE: "不早于", Op.LT: "早于", Op.LE: "不晚于"}
_LISTS = AMOUNTS | {Op.PRESENT: "有这项数据", Op.ABSENT: "没有这项数据"}
_ANY = (("", tuple(OPS.items())),)
SELECTED = " selected"


@dataclass(frozen=True, slots=True)
class Shown:
    """A group or row as drawn. `kind`: group, row, raw. `path` is where problems name it."""

    kind: str
    name: str
    path: str
    place: str = ""
    errors: tuple[str, ...] = ()
    group: str = ""
    groups: tuple[Choice, ...] = ()
    joint: str = ""
    parts: tuple[Shown, ...] = ()
    text: str = ""
    negated: bool = False
    was: str = ""
    fact: Pick | None = None
    amount: Pick | None = None
    op: Pick | None = None
    against: Pick | None = None
    values: tuple[Pick, ...] = ()
    listed: bool = False
    where: Shown | None = None
    first: bool = True
    last: bool = True


@dataclass(frozen=True, slots=True)
class Pick:
    """One control. `kind`: select, text, number, date."""

    name: str
    label: str
    kind: str = "select"
    value: str = ""
    choices: Choices = ()
    unit: str = ""
    empty: str = "请选择"
    errors: tuple[str, ...] = field(default=())

    @property
    def options(self) -> SafeString:
        """Return the choices as options of a select."""
        return options(self.choices, self.value)


def options(choices: Choices, chosen: str) -> SafeString:
    """Return choices as options, in groups where they have a source: a page has thousands, so each is told plainly."""
    drawn = []
    for source, group in choices:
        inside = "".join(
            f'<option value="{escape(value)}"{SELECTED if value == chosen else ""}>{escape(words)}</option>'
            for value, words in group
        )
        drawn.append(f'<optgroup label="{escape(source)}">{inside}</optgroup>' if source else inside)
    return SafeString("".join(drawn))


def shown(box: Box, *, name: str, path: str, offer: Offer, problems: Problems) -> Shown:
    """Return a whole condition as drawn."""
    return _Drawing(offer, problems).group(box, name, path, top=True)


class _Drawing:
    def __init__(self, offer: Offer, problems: Problems, within: FactSpec | None = None) -> None:
        self.offer = offer
        self.problems = problems
        self.within = within
        inside = (("每条记录", of_records(within)),) if within else ()
        self.choices: Choices = (*inside, *offer.groups)

    def group(self, box: Box, name: str, path: str, *, top: bool = False, place: str = "") -> Shown:
        steps = _steps(box, path)
        joint = {"all": "且", building.NOT_ALL: "且"}.get(box.kind, "或")
        parts = [
            self._part(part, f"{name}-{at}", step, place=f"{place}{at + 1}", last=at == len(box.parts) - 1)
            for at, (part, step) in enumerate(zip(box.parts, steps, strict=True))
        ]
        choices = tuple(GROUPS.items())
        if top:
            alone = ((ONLY, "只有下面这一个条件"),) if len(box.parts) == 1 else ()
            choices = ((("", "没有条件"),) if not box.parts else ()) + alone + choices
        wrong = (
            self._errors(path, *([f"{path}.{key}" for key in ("all", "any", "not")]))
            if not (top and box.kind == ONLY)
            else ()
        )
        return Shown("group", name, path, place, wrong, box.kind, choices, joint, tuple(parts))

    def _part(self, node: Node, name: str, path: str, *, place: str, last: bool) -> Shown:
        at: dict[str, Any] = {"first": name.endswith("-0"), "last": last}
        if isinstance(node, Raw):
            return Shown("raw", name, path, place, self._under(path), text=node.text, **at)
        if isinstance(node, Box):
            found = self.group(node, name, path, place=f"{place}.")
            return Shown(
                "group",
                name,
                path,
                place,
                found.errors,
                found.group,
                found.groups,
                found.joint,
                found.parts,
                **at,
            )
        return self._row(node, name, f"{path}.not" if node.negated else path, place, at)

    def _row(self, line: Line, name: str, path: str, place: str, at: dict[str, Any]) -> Shown:
        spec = building.spec_of(line.fact, facts=self.offer.facts, within=self.within)
        fact = Pick(
            f"{name}:fact",
            "数据",
            value=line.fact,
            choices=with_present(self.choices, line.fact),
            errors=self._errors(f"{path}.fact", *(f"{path}.{key}" for key in AMOUNTS)),
        )
        common: dict[str, Any] = {"negated": line.negated, "was": line.drawn_for, "fact": fact, **at}
        if line.amount or (spec is not None and spec.type is FactType.LIST):
            return self._records(line, name, path, place, common)
        op = Pick(
            f"{name}:op", "怎样比", value=line.op, choices=_ops(line, spec), errors=self._errors(f"{path}.op")
        )
        against: Pick | None = None
        values: tuple[Pick, ...] = ()
        if line.op and line.op not in PRESENCE_OPS:
            against = self._against(line, name)
            values = self._compared(line, spec, name, path)
        return Shown(
            "row",
            name,
            path,
            place,
            self._errors(path),
            op=op if line.fact else None,
            against=against,
            values=values,
            listed=line.listed,
            **common,
        )

    def _records(self, line: Line, name: str, path: str, place: str, common: dict[str, Any]) -> Shown:
        chosen = line.amount or line.op
        amount = Pick(
            f"{name}:amount", "多少条记录符合", value=chosen, choices=(("", tuple(_LISTS.items())),)
        )
        op: Pick | None = None
        values: tuple[Pick, ...] = ()
        where: Shown | None = None
        if line.amount == COUNT:
            orders = tuple((str(one), words) for one, words in OPS.items() if one in ORDER_OPS)
            op = Pick(
                f"{name}:op",
                "怎样比",
                value=line.op,
                choices=(("", orders),),
                errors=self._errors(f"{path}.op"),
            )
            text = line.values[0] if line.values else ""
            values = (
                Pick(
                    f"{name}:value", "条数", "number", text, unit="条", errors=self._errors(f"{path}.value")
                ),
            )
        if line.amount:
            inner = _Drawing(self.offer, self.problems, self.offer.facts.get(line.fact))
            box = line.where or Box("")
            where = inner.group(box, f"{name}-w", f"{path}.where", top=True, place=f"{place}.")
        return Shown(
            "row",
            name,
            path,
            place,
            self._errors(path),
            amount=amount,
            op=op,
            values=values,
            where=where,
            **common,
        )

    def _against(self, line: Line, name: str) -> Pick | None:
        if line.op not in PAIR_OPS | PERIOD_OPS and not line.against:
            return None
        choices = (("", "填写的值"), ("1", "另一项数据"))
        if line.op in PERIOD_OPS:
            choices = (("", "到核验当天"), ("1", "到另一个日期"))
        return Pick(
            f"{name}:against",
            "和什么比",
            value="1" if line.against else "",
            choices=(("", choices),),
            empty="",
        )

    def _compared(self, line: Line, spec: FieldSpec | None, name: str, path: str) -> tuple[Pick, ...]:
        other = (self._other(line, spec, name, path),) if line.against else ()
        if line.op in PERIOD_OPS:
            unit = "天" if line.op == Op.WITHIN_DAYS else "个月"
            text = line.values[0] if line.values else ""
            wrong = self._errors(f"{path}.value")
            return (Pick(f"{name}:value", "多少", "number", text, unit=unit, errors=wrong), *other)
        return other or self._values(line, spec, name, path)

    def _other(self, line: Line, spec: FieldSpec | None, name: str, path: str) -> Pick:
        """Offer facts of the same type: nothing else can be compared."""
        same = self._same(spec, line.fact)
        return Pick(
            f"{name}:other",
            "另一项数据",
            value=line.other,
            choices=with_present(same, line.other),
            errors=self._errors(f"{path}.other"),
        )

    def _same(self, spec: FieldSpec | None, but: str) -> Choices:
        if spec is None:
            return self.choices
        found = []
        for source, facts in self.choices:
            fits = tuple((one, words) for one, words in facts if one != but and self._type(one) is spec.type)
            if fits:
                found.append((source, fits))
        return tuple(found)

    def _type(self, name: str) -> FactType | None:
        spec = building.spec_of(name, facts=self.offer.facts, within=self.within)
        return spec.type if spec else None

    def _values(self, line: Line, spec: FieldSpec | None, name: str, path: str) -> tuple[Pick, ...]:
        several = line.op in CHOICE_OPS or line.op == Op.WITHIN
        texts = [*line.values, ""] if several else (line.values[:1] or [""])
        one = self._errors(f"{path}.value")
        found = []
        for at, text in enumerate(texts):
            label = f"值 {at + 1}" if several else "值"
            wrong = (*(one if at == 0 else ()), *self._errors(f"{path}.value[{at}]"))
            found.append(self._value(spec, f"{name}:value", text, label, wrong, more=several and at > 0))
        return tuple(found)

    def _value(
        self, spec: FieldSpec | None, name: str, text: str, label: str, wrong: tuple[str, ...], *, more: bool
    ) -> Pick:
        empty = "再加一个" if more and not text else "请选择"
        if spec is not None and spec.type is FactType.BOOLEAN:
            yes, no = spec.true_text or "是", spec.false_text or "否"
            return Pick(
                name,
                label,
                value=text,
                choices=with_present((("", (("true", yes), ("false", no))),), text),
                empty=empty,
                errors=wrong,
            )
        if spec is not None and spec.type is FactType.CODE and spec.codes:
            return Pick(
                name,
                label,
                value=text,
                choices=with_present((("", tuple(spec.codes.items())),), text),
                empty=empty,
                errors=wrong,
            )
        if spec is not None and spec.type is FactType.DIVISION and self.offer.areas:
            return Pick(
                name,
                label,
                value=text,
                choices=with_present(self.offer.areas, text),
                empty=empty,
                errors=wrong,
            )
        unit = "" if spec is None else spec.unit or ("元" if spec.type is FactType.MONEY else "")
        day = spec is not None and spec.type is FactType.DATE and (not text or len(text) == 10)
        return Pick(name, label, "date" if day else "text", text, unit=unit, errors=wrong)

    def _errors(self, *paths: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(message for path in paths for message in self.problems.get(path, [])))

    def _under(self, path: str) -> tuple[str, ...]:
        found = [at for at in self.problems if at == path or at.startswith((f"{path}.", f"{path}["))]
        return self._errors(*found)


def _steps(box: Box, path: str) -> list[str]:
    if box.kind in {ONLY, ""}:
        return [path for _ in box.parts]
    key = {building.NONE_OF: "not.any", building.NOT_ALL: "not.all"}.get(box.kind, box.kind)
    return [f"{path}.{key}[{at}]" for at in range(len(box.parts))]


def _ops(line: Line, spec: FieldSpec | None) -> Choices:
    if spec is None:
        return with_present(_ANY, line.op)
    words = OPS | (_DATES if spec.type is FactType.DATE else {})
    fits = tuple((str(op), words.get(op, str(op))) for op in _in_order(OPS_OF[spec.type]))
    return with_present((("", fits),), line.op)


def _in_order(ops: Iterable[Op]) -> list[Op]:
    order = list(OPS)
    return sorted(ops, key=lambda op: (order.index(op) if op in order else len(order), op))


def with_present(choices: Choices, value: str) -> Choices:
    """Return the choices with the present value added, where it is none of them."""
    if not value or any(value == one for _, group in choices for one, _ in group):
        return choices
    return (*choices, ("现在写的", ((value, f"{value}（不在可选的里面）"),)))
