"""The condition builder: a tree as groups and rows that a form can show, and back. Pure; keeps what is half written.

A tree of the package may be wrong or unfinished; what no row can say stays as its JSON in a row of its own (`Raw`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from unicodedata import normalize

from rules import FactSpec, FactType, FieldSpec, InvalidTree, json_document
from rules.language.tree import CHOICE_OPS, ITEM, MAX_NODES, PERIOD_OPS, PRESENCE_OPS, Op

Tree: TypeAlias = Any
Facts: TypeAlias = Mapping[str, FactSpec]

ONLY, NONE_OF, NOT_ALL = "only", "not_any", "not_all"
GROUPS = {
    "all": "满足下面全部条件",
    "any": "满足下面任一条件",
    NONE_OF: "下面的条件都不满足",
    NOT_ALL: "不同时满足下面的条件",
}
COUNT = "count"
AMOUNTS = {"some": "至少有一条", "every": "每一条都", "none": "没有一条", COUNT: "符合的条数"}
MOST_PARTS = 60
_DEEPEST = 40  # of JSON that is typed; a condition has at most 8 levels, each two brackets
_WHOLE = re.compile(r"-?\d{1,16}", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_WRITTEN = {FactType.INTEGER, FactType.MONEY, FactType.DATE}  # full-width digits are digits
_NEGATED_GROUPS = {"any": NONE_OF, "all": NOT_ALL}
_MANY_OPS = CHOICE_OPS | {Op.WITHIN}


@dataclass(slots=True)
class Raw:
    """A part that rows cannot say, as JSON text."""

    text: str


@dataclass(slots=True)
class Line:
    """One row: a fact, what is said about it, and the values, all as a form posts them.

    For a list `amount` says of how many records `where` is asked. `drawn_for` is the fact the row was drawn for:
    another one takes over only what fits its type.
    """

    fact: str = ""
    op: str = ""
    values: list[str] = field(default_factory=list)
    other: str = ""
    against: bool = False  # compared with another fact
    listed: bool = False  # the value is a list even where it has one entry
    negated: bool = False
    amount: str = ""
    where: Box | None = None
    drawn_for: str = ""


@dataclass(slots=True)
class Box:
    """A group; kind "only" is a place for one part that stands without a group, "" is no condition at all."""

    kind: str
    parts: list[Node] = field(default_factory=list)


Node: TypeAlias = Box | Line | Raw


def opened(tree: Tree, *, facts: Facts, within: FactSpec | None = None) -> Box:
    """Return the group that stands for a whole condition; no condition is an empty one."""
    if tree is None or tree == {}:
        return Box("")
    node = _node(tree, facts, within)
    return node if isinstance(node, Box) else Box(ONLY, [node])


def _node(tree: Tree, facts: Facts, within: FactSpec | None) -> Node:
    if isinstance(tree, dict) and len(tree) == 1:
        ((key, inner),) = tree.items()
        if key in {"all", "any"} and isinstance(inner, list):
            return Box(key, [_node(part, facts, within) for part in inner])
        if key == "not":
            return _turned(tree, inner, facts, within)
    return _line(tree, facts, within) or Raw(as_json(tree))


def _turned(tree: Tree, inner: Tree, facts: Facts, within: FactSpec | None) -> Node:
    node = _node(inner, facts, within)
    if isinstance(node, Box) and node.kind in _NEGATED_GROUPS:
        return Box(_NEGATED_GROUPS[node.kind], node.parts)
    if isinstance(node, Line) and not node.negated:
        node.negated = True
        return node
    return Raw(as_json(tree))


def _line(tree: Tree, facts: Facts, within: FactSpec | None) -> Line | None:
    if not isinstance(tree, dict):
        return None
    amount = next((key for key in AMOUNTS if key in tree), "")
    if amount:
        return _records(tree, amount, facts)
    if not set(tree) <= {"fact", "op", "value", "other"} or not _texts(tree, "fact", "op", "other"):
        return None
    if "fact" not in tree or {"value", "other"} <= set(tree) or tree.get("op") == "":
        return None
    line = Line(tree["fact"], tree.get("op", ""), drawn_for=tree["fact"])
    if "other" in tree:
        line.against, line.other = True, tree["other"]
    if "value" in tree and not _take_value(
        line, tree["value"], spec_of(line.fact, facts=facts, within=within)
    ):
        return None
    return line


def _records(tree: Mapping[str, Any], amount: str, facts: Facts) -> Line | None:
    known = {amount, "where"} | ({"op", "value"} if amount == COUNT else set())
    if (
        not set(tree) <= known
        or not _texts(tree, amount, "op")
        or ("where" in tree and tree["where"] is None)
    ):
        return None
    name = tree[amount]
    line = Line(name, tree.get("op", ""), amount=amount, drawn_for=name)
    line.where = opened(tree.get("where"), facts=facts, within=facts.get(name))
    if tree.get("where") == {} or (tree.get("op") == "" or isinstance(tree.get("value"), str)):
        return None
    if "value" in tree and not _take_value(line, tree["value"], _COUNTED):
        return None
    return line


def _take_value(line: Line, value: Any, spec: FieldSpec | None) -> bool:
    """Put a constant into a row; False where a form would give back something else."""
    line.listed = isinstance(value, list)
    values = value if isinstance(value, list) else [value]
    if line.listed and line.op not in _MANY_OPS:
        return False
    line.values = [_shown(one, _COUNTED if line.op in PERIOD_OPS else spec) for one in values]
    return (
        bool(values)
        and all(line.values)
        and _typed(line, spec) == value
        and _same_kinds(_typed(line, spec), value)
    )


def _shown(value: Any, spec: FieldSpec | None) -> str:
    if spec is None:
        return as_json(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _same_kinds(one: Any, other: Any) -> bool:
    ones, others = (part if isinstance(part, list) else [part] for part in (one, other))
    return all(type(a) is type(b) for a, b in zip(ones, others, strict=True))


def closed(box: Box, *, facts: Facts, within: FactSpec | None = None) -> Tree:
    """Return the tree that a group says, None for no condition."""
    parts = [_tree(part, facts, within) for part in box.parts]
    if box.kind == ONLY and len(parts) == 1:
        return parts[0]
    if box.kind in {"", ONLY} and not parts:
        return None
    inner = {"all" if box.kind in {"", ONLY, "all", NOT_ALL} else "any": parts}
    return {"not": inner} if box.kind in {NONE_OF, NOT_ALL} else inner


def _tree(node: Node, facts: Facts, within: FactSpec | None) -> Tree:
    if isinstance(node, Raw):
        return from_json(node.text)
    if isinstance(node, Box):
        return closed(node, facts=facts, within=within)
    said = _said(node, facts, within)
    return {"not": said} if node.negated else said


def _said(line: Line, facts: Facts, within: FactSpec | None) -> Tree:
    if line.amount:
        return _said_of_records(line, facts)
    said: dict[str, Any] = {"fact": line.fact}
    if line.op:
        said["op"] = line.op
    if line.op in PRESENCE_OPS:
        return said
    if line.against:
        said |= {"other": line.other}  # chosen or not: what it is compared with stays as it was decided
    if line.against and line.op not in PERIOD_OPS:
        return said
    value = _typed(line, spec_of(line.fact, facts=facts, within=within))
    return said if value is None else said | {"value": value}


def _said_of_records(line: Line, facts: Facts) -> Tree:
    said: dict[str, Any] = {line.amount: line.fact}
    where = closed(line.where, facts=facts, within=facts.get(line.fact)) if line.where else None
    if where is not None:
        said["where"] = where
    if line.amount == COUNT:
        value = _typed(line, _COUNTED)
        said |= ({"op": line.op} if line.op else {}) | ({} if value is None else {"value": value})
    return said


def _typed(line: Line, spec: FieldSpec | None) -> Any:
    """Return the value of a row in its JSON type; what does not fit stays text, so that the fault can be named."""
    spec = _COUNTED if line.op in PERIOD_OPS else spec
    values = [_constant(text, spec) for text in line.values if text]
    if not values:
        return None
    several = line.op in CHOICE_OPS or (line.op == Op.WITHIN and (line.listed or len(values) > 1))
    return values if several else values[0]


def _constant(text: str, spec: FieldSpec | None) -> Any:
    if spec is None:
        return from_json(text)
    if spec.type in _WRITTEN:
        text = normalize("NFKC", text).strip()
    if spec.type in {FactType.INTEGER, FactType.MONEY} and _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if spec.type is FactType.INTEGER and _WHOLE.fullmatch(text):
        return int(text)
    if spec.type is FactType.BOOLEAN and text in {"true", "false"}:
        return text == "true"
    return text


def act(box: Box, *, what: str, at: str, name: str) -> str:
    """Change a group as a button says (`at` is the form name of a part); return the name that takes the focus."""
    steps = at.removeprefix(name).removeprefix("-").split("-") if at != name else []
    if what in {"row", "group"}:
        target = _find(box, steps)
        if not isinstance(target, Box) or len(target.parts) >= MOST_PARTS:
            return at
        target.kind = _grown(target)
        target.parts.append(Line() if what == "row" else Box("any", [Line()]))
        return f"{at}-{len(target.parts) - 1}"
    holder = _find(box, steps[:-1])
    if not steps or not isinstance(holder, Box) or not steps[-1].isdecimal():
        return at
    place, prefix = int(steps[-1]), at.rpartition("-")[0]
    if place < len(holder.parts):
        place = _moved(holder.parts, place, what)
    return f"{prefix}-{place}" if holder.parts else prefix


def _grown(box: Box) -> str:
    if not box.parts and box.kind == "":
        return ONLY
    return "all" if box.kind in {"", ONLY} else box.kind


def _moved(parts: list[Node], place: int, what: str) -> int:
    if what == "remove":
        parts.pop(place)
        return min(place, max(len(parts) - 1, 0))
    to = place + {"up": -1, "down": 1}.get(what, 0)
    if 0 <= to < len(parts):
        parts[place], parts[to] = parts[to], parts[place]
        return to
    return place


def _find(node: Node | None, steps: Sequence[str]) -> Node | None:
    for step in steps:
        if step == "w" and isinstance(node, Line):
            node = node.where
        elif isinstance(node, Box) and step.isdecimal() and int(step) < len(node.parts):
            node = node.parts[int(step)]
        else:
            return None
    return node


_COUNTED = FieldSpec(type=FactType.INTEGER, label="条数")


def spec_of(name: str, *, facts: Facts, within: FactSpec | None) -> FieldSpec | None:
    """Return what is known of a fact, or of a field of the record of a list."""
    if name.startswith(ITEM):
        return ((within.fields if within else None) or {}).get(name.removeprefix(ITEM))
    return facts.get(name)


def size(tree: Tree) -> int:
    """Return the number of nodes of whatever was stored, walked without recursion and not past what a tree may have."""
    waiting, found = [tree], 0
    while waiting and found <= MAX_NODES:
        node = waiting.pop()
        found += 1
        if isinstance(node, dict):
            waiting += [
                part
                for value in node.values()
                for part in (value if isinstance(value, list) else [value])
                if isinstance(part, dict)
            ]
    return found


def from_json(text: str) -> Any:
    """Return what JSON text says; what is not JSON, or bottomless, stays text, so that the fault can be named."""
    try:
        value = json_document(text)
    except InvalidTree:
        return text
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > _DEEPEST:
            return text
        inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
        waiting += [(one, depth + 1) for one in inner]
    return value


def as_json(value: Any) -> str:
    """Return a value as JSON text that people can read."""
    return json.dumps(value, ensure_ascii=False)


def _texts(tree: Mapping[str, Any], *keys: str) -> bool:
    return all(isinstance(tree[key], str) for key in keys if key in tree)
