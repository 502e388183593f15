"""The condition tree: JSON forms, strictly parsed, bounded in depth and size before anything recurses."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rules.language.invalid import TAG, join, read_strictly

MAX_DEPTH = 8
MAX_NODES = 200
MAX_TEXT = 200
MAX_CHOICES = 200
MAX_WHOLE = 10**15

_SLUG = "[a-z][a-z0-9_-]{0,60}"
NAMED = rf"(applicant|form|own|derived)\.{_SLUG}|(cert|register)\.{_SLUG}\.{_SLUG}"
ITEM = "item."


class Op(StrEnum):
    """What may be said about one fact."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"
    NOT_IN = "not_in"
    WITHIN = "within"
    CONTAINS = "contains"
    STARTS_WITH = "starts_with"
    SAME_AS = "same_as"
    PRESENT = "present"
    ABSENT = "absent"
    WITHIN_DAYS = "within_days"
    WITHIN_MONTHS = "within_months"


ORDER_OPS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})
PRESENCE_OPS = frozenset({Op.PRESENT, Op.ABSENT})
CHOICE_OPS = frozenset({Op.IN, Op.NOT_IN})
# A day in the last so many days or months: before the day of judging, or before another day.
PERIOD_OPS = frozenset({Op.WITHIN_DAYS, Op.WITHIN_MONTHS})
MAX_PERIOD = 36_500
PAIR_OPS = ORDER_OPS | {Op.SAME_AS, Op.CONTAINS, Op.STARTS_WITH, Op.WITHIN}


def _one_message(value: object, handler: Any) -> Any:
    """A value is text, a whole number, true/false or a list of such; decimals are written as text."""
    if isinstance(value, float):
        message = '数值只能是整数；金额请写成文字，例如 "100.00"'
        raise PydanticCustomError("rules_value", message)
    try:
        return handler(value)
    except ValidationError:
        message = "值应为不过长的文字、整数、true、false 或它们的列表"
        raise PydanticCustomError("rules_value", message) from None


Name: TypeAlias = Annotated[str, Field(pattern=rf"^(item\.{_SLUG}|{NAMED})$", max_length=MAX_TEXT)]
ListName: TypeAlias = Annotated[str, Field(pattern=rf"^({NAMED})$", max_length=MAX_TEXT)]
Whole: TypeAlias = Annotated[int, Field(ge=-MAX_WHOLE, le=MAX_WHOLE)]
Text: TypeAlias = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Choices: TypeAlias = Annotated[
    tuple[Whole | Text, ...], Field(strict=False, min_length=1, max_length=MAX_CHOICES)
]
Literal_: TypeAlias = bool | Whole | Text | Choices


class _Node(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class AllOf(_Node):
    """Every part holds: 且."""

    parts: "Parts" = Field(alias="all")


class AnyOf(_Node):
    """At least one part holds: 或."""

    parts: "Parts" = Field(alias="any")


class Not(_Node):
    """The part does not hold; what is unknown stays unknown."""

    part: "Node" = Field(alias="not")


class Compare(_Node):
    """A fact against a value, against another fact, or asked for its presence."""

    fact: Name
    op: Op = Field(strict=False)
    value: Annotated[Literal_ | None, WrapValidator(_one_message)] = None
    other: Name | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Compare":
        given = self.model_fields_set & {"value", "other"}
        if message := _misfit(self, given=given):
            raise PydanticCustomError("rules_operands", message)
        return self


class Some(_Node):
    """At least one record of a list; over a known empty list FAIL."""

    facts: ListName = Field(alias="some")
    where: "Node"


class Every(_Node):
    """Each record of a list; over a known empty list PASS."""

    facts: ListName = Field(alias="every")
    where: "Node"


class NoneOf(_Node):
    """No record of a list; over a known empty list PASS."""

    facts: ListName = Field(alias="none")
    where: "Node"


class Count(_Node):
    """How many records of a list (where given: of those that fit) compared with a whole number."""

    facts: ListName = Field(alias="count")
    where: "Node | None" = None
    op: Op = Field(strict=False)
    value: Annotated[int, Field(ge=0, le=MAX_WHOLE)]

    @model_validator(mode="after")
    def _fits(self) -> "Count":
        if self.op not in ORDER_OPS:
            raise PydanticCustomError("rules_operands", "条数只能用 eq、ne、lt、le、gt、ge 比较")
        if (
            self.where is None and "where" in self.model_fields_set
        ):  # taken for left out, it would count them all
            raise PydanticCustomError("rules_operands", "where 不能是 null；数全部就不要写 where")
        return self


def _misfit(node: Compare, *, given: set[str]) -> str | None:
    if node.op in PRESENCE_OPS:
        return "present 和 absent 不带 value 或 other" if given else None
    if node.op in PERIOD_OPS:
        return _period_misfit(node, given=given)
    if len(given) != 1 or (node.value is None and node.other is None):
        return "value 和 other 要填一个，并且只能填一个"
    if node.op in CHOICE_OPS and not isinstance(node.value, tuple):
        return "in 和 not_in 的 value 应为列表"
    if isinstance(node.value, tuple) and node.op not in CHOICE_OPS | {Op.WITHIN}:
        return "只有 in、not_in、within 的 value 可以是列表"
    return None


def _period_misfit(node: Compare, *, given: set[str]) -> str | None:
    if type(node.value) is not int or not 1 <= node.value <= MAX_PERIOD:
        return f"within_days 和 within_months 的 value 应为 1 到 {MAX_PERIOD} 的整数"
    return "other 不能是 null；不与别的日期比就不要写" if "other" in given and node.other is None else None


_TAGS: Mapping[str, type[_Node]] = {
    "all": AllOf,
    "any": AnyOf,
    "not": Not,
    "some": Some,
    "every": Every,
    "none": NoneOf,
    "count": Count,
    "fact": Compare,
}


def _tag(raw: object) -> str | None:
    if isinstance(raw, dict):
        return next((TAG + key for key in _TAGS if key in raw), None)
    return next((TAG + key for key, model in _TAGS.items() if isinstance(raw, model)), None)


Node: TypeAlias = Annotated[
    Annotated[AllOf, Tag("@all")]
    | Annotated[AnyOf, Tag("@any")]
    | Annotated[Not, Tag("@not")]
    | Annotated[Some, Tag("@some")]
    | Annotated[Every, Tag("@every")]
    | Annotated[NoneOf, Tag("@none")]
    | Annotated[Count, Tag("@count")]
    | Annotated[Compare, Tag("@fact")],
    Discriminator(_tag),
]
Parts: TypeAlias = Annotated[tuple[Node, ...], Field(strict=False, min_length=1)]
ListNode: TypeAlias = Some | Every | NoneOf | Count

for _model in _TAGS.values():
    _model.model_rebuild()


def _bounded(raw: object) -> object:
    """Walk without recursion, so that a hostile document is refused before a parser goes down into it."""
    waiting, nodes = [(raw, 1)], 0
    while waiting:
        node, depth = waiting.pop()
        nodes += 1
        if depth > MAX_DEPTH:
            raise PydanticCustomError("rules_depth", "条件嵌套超过 8 层")
        if nodes + len(waiting) > MAX_NODES:
            raise PydanticCustomError("rules_size", "条件超过 200 个节点")
        waiting += [(part, depth + 1) for part in _raw_parts(node)]
    return raw


def _raw_parts(node: object) -> list[object]:
    if not isinstance(node, dict):
        return []
    parts = [node[key] for key in ("not", "where") if key in node]
    for key in ("all", "any"):
        if isinstance(group := node.get(key), (list, tuple)):
            parts += group[: MAX_NODES + 1]
    return parts


def _well_placed(condition: Node) -> Node:
    for path, node, inside in placed(condition):
        if inside and not isinstance(node, AllOf | AnyOf | Not | Compare):
            raise PydanticCustomError("rules_nested", "列表条件里不能再写列表条件", {"at": path})
        if not inside and isinstance(node, Compare) and _is_item(node):
            raise PydanticCustomError("rules_item", "item. 只能写在列表条件的 where 里", {"at": path})
    return condition


def _is_item(node: Compare) -> bool:
    return node.fact.startswith(ITEM) or (node.other or "").startswith(ITEM)


Condition: TypeAlias = Annotated[Node, BeforeValidator(_bounded), AfterValidator(_well_placed)]
_CONDITION: TypeAdapter[Node] = TypeAdapter(Condition)


def parse_condition(document: object) -> Node:
    """Return the condition a JSON document says; raises InvalidTree with every fault and its path."""
    return read_strictly(_CONDITION.validate_python, document)


def dump_condition(condition: Node) -> dict[str, Any]:
    """Return the JSON form; parsing it again gives an equal tree."""
    return condition.model_dump(mode="json", by_alias=True, exclude_none=True)


def condition_schema() -> dict[str, Any]:
    """Return the JSON Schema of a condition."""
    return _CONDITION.json_schema()


def placed(condition: Node, *, path: str = "", inside: bool = False) -> Iterator[tuple[str, Node, bool]]:
    """Yield (path, node, inside a list's where) for the condition and everything below, in document order."""
    yield path, condition, inside
    for step, part, within in parts_of(condition):
        yield from placed(part, path=join(path, step), inside=inside or within)


def parts_of(condition: Node) -> Iterator[tuple[str, Node, bool]]:
    """Yield (step, part, is a where) directly below a node."""
    if isinstance(condition, AllOf | AnyOf):
        key = "all" if isinstance(condition, AllOf) else "any"
        yield from ((f"{key}[{index}]", part, False) for index, part in enumerate(condition.parts))
    elif isinstance(condition, Not):
        yield "not", condition.part, False
    elif not isinstance(condition, Compare) and condition.where is not None:
        yield "where", condition.where, True


def facts_named(condition: Node) -> frozenset[str]:
    """Return the names a condition speaks of, derived ones as they are, fields of list records left out."""
    names: set[str] = set()
    for _, node, _ in placed(condition):
        if isinstance(node, Compare):
            names |= {name for name in (node.fact, node.other) if name and not name.startswith(ITEM)}
        elif isinstance(node, Some | Every | NoneOf | Count):
            names.add(node.facts)
    return frozenset(names)
