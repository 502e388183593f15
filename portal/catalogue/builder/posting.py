"""The condition builder's form: rows and groups as named fields, and back; bounded, whatever is posted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from portal.catalogue.builder.building import (
    AMOUNTS,
    GROUPS,
    MOST_PARTS,
    ONLY,
    Box,
    Facts,
    Line,
    Node,
    Raw,
    spec_of,
)
from rules import FactSpec, FactType
from rules.language.tree import MAX_DEPTH, PRESENCE_OPS

Posted: TypeAlias = Mapping[str, Sequence[str]]
PAIR = ":pair:"
_DEEPEST = MAX_DEPTH + 4


def fields(box: Box, *, name: str) -> dict[str, list[str]]:
    """Return the form fields a group is drawn as."""
    found: dict[str, list[str]] = {f"{name}:kind": [box.kind], f"{name}:n": [str(len(box.parts))]}
    for at, part in enumerate(box.parts):
        found |= _fields(part, f"{name}-{at}")
    return found


def _fields(node: Node, name: str) -> dict[str, list[str]]:
    if isinstance(node, Box):
        return fields(node, name=name)
    if isinstance(node, Raw):
        return {f"{name}:kind": ["raw"], f"{name}:text": [node.text]}
    flags = {"against": node.against, "listed": node.listed, "not": node.negated}
    texts = {
        "fact": node.fact,
        "was": node.drawn_for,
        "op": node.op,
        "other": node.other,
        "amount": node.amount,
    }
    found = {f"{name}:{key}": [text] for key, text in texts.items() if text}
    found |= {f"{name}:{key}": ["1"] for key, yes in flags.items() if yes}
    found |= {f"{name}:kind": ["row"]} | ({f"{name}:value": list(node.values)} if node.values else {})
    return found | (fields(node.where, name=f"{name}-w") if node.where else {})


def posted(form: Posted, *, name: str, facts: Facts, within: FactSpec | None = None, depth: int = 1) -> Box:
    """Return the group a form says; bounded, whatever is posted."""
    count = min(number(one(form, f"{name}:n")), MOST_PARTS)
    kind = one(form, f"{name}:kind")
    kind = kind if kind in {*GROUPS, ONLY, ""} else "all"
    if depth > _DEEPEST:
        return Box(kind)
    parts = [_posted_part(form, f"{name}-{at}", facts, within, depth + 1) for at in range(count)]
    if len(parts) > 1 and kind in {"", ONLY}:
        kind = "all"
    return Box(kind or ONLY if parts else kind, parts)


def _posted_part(form: Posted, name: str, facts: Facts, within: FactSpec | None, depth: int) -> Node:
    kind = one(form, f"{name}:kind")
    if kind == "raw":
        return Raw(one(form, f"{name}:text"))
    if kind in GROUPS:
        return posted(form, name=name, facts=facts, within=within, depth=depth)
    line = Line(
        one(form, f"{name}:fact"),
        one(form, f"{name}:op"),
        [text for text in form.get(f"{name}:value", ()) if text],
        one(form, f"{name}:other"),
        bool(one(form, f"{name}:against")),
        bool(one(form, f"{name}:listed")),
        bool(one(form, f"{name}:not")),
        one(form, f"{name}:amount"),
        drawn_for=one(form, f"{name}:was"),
    )
    _settle(line, facts, within)
    if line.amount:
        inner = facts.get(line.fact)
        line.where = posted(form, name=f"{name}-w", facts=facts, within=inner, depth=depth + 1)
    return line


def _settle(line: Line, facts: Facts, within: FactSpec | None) -> None:
    """Let go of what does not fit a fact that was chosen anew: a day is no amount of money."""
    before = spec_of(line.drawn_for, facts=facts, within=within)
    spec = spec_of(line.fact, facts=facts, within=within)
    if (
        line.amount in PRESENCE_OPS
    ):  # one choice for lists: how many records, or whether there is a list at all
        line.op, line.amount = line.amount, ""
    if spec is not None and line.fact != line.drawn_for:
        if before is None or before.type is not spec.type:
            line.op, line.values, line.other, line.against = "", [], "", False
        line.amount = "some" if spec.type is FactType.LIST and line.op not in PRESENCE_OPS else ""
    elif line.amount not in AMOUNTS:
        line.amount = ""
    if spec is not None and before is not None and spec.codes != before.codes:
        line.values = [text for text in line.values if text in (spec.codes or {text})]
    line.drawn_for = line.fact


def with_pairs(form: Posted) -> Posted:
    """Return the form with keys that were chosen one by one (`key:pair:id_number`) as the lines a text would have."""
    found: dict[str, Sequence[str]] = {}
    lines: dict[str, list[str]] = {}
    for name, texts in form.items():
        base, marked, key = name.partition(PAIR)
        if not marked:
            found[name] = texts
        elif value := one(form, name):
            lines.setdefault(base, []).append(f"{key} = {value}")
        else:
            lines.setdefault(base, [])
    return found | {name: ["\n".join(written)] for name, written in lines.items()}


def one(form: Posted, key: str) -> str:
    """Return the first value of a field, empty where there is none."""
    return next(iter(form.get(key, ())), "")


def number(text: str) -> int:
    """Return a small count, 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
