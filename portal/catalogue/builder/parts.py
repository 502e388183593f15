"""One engine for every form of a package: what a part of it is drawn as. Pure; `reading` is the way back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from portal.catalogue.builder import building, posting, rows
from portal.catalogue.builder.offering import Offer
from portal.catalogue.builder.rows import Choices, Problems, Shown, options
from portal.catalogue.builder.shapes import EITHER, Shape, fields_of, inner_of
from rules import InvalidTree, facts_needed, parse_condition, sentence

REMINDER = "提醒："  # how a warning begins among what is said at a field
MOST_ITEMS = 60
MOST_NODES = (
    40  # of a condition that is shown as rows; a larger one is shown as JSON, as it would not fit a form
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies beside a form: what may be chosen, what is wrong, and choices that follow from the package."""

    offer: Offer
    problems: Problems
    offered: Mapping[str, Choices]
    notes: Mapping[str, str] = field(default_factory=dict)

    def errors(self, path: str) -> tuple[str, ...]:
        """Return what is wrong at a place."""
        return tuple(self.problems.get(path, ()))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One control or group of a form. `name` counts (`fields[0]`), `path` is where problems name it (`fields.name`)."""

    shape: Shape
    name: str
    path: str
    value: Any = ""
    choices: Choices = ()
    errors: tuple[str, ...] = ()
    parts: tuple[Drawn, ...] = ()
    key: str | None = None
    condition: Shown | None = None
    json: str = ""
    first: bool = True
    last: bool = True
    keys: Choices = ()
    note: str = ""

    @property
    def wrong(self) -> bool:
        """Return whether something must be mended here; a reminder does not make a field red."""
        return any(not one.startswith(REMINDER) for one in self.errors)

    @property
    def key_options(self) -> SafeString:
        """Return what an entry of a table may be for; one that was just added is for nothing yet."""
        key = self.key or ""
        if key and not key.startswith("new_"):
            return options(rows.with_present(self.keys, key), key)
        return SafeString(format_html('<option value="{}">请选择</option>', key) + options(self.keys, ""))

    @property
    def kind(self) -> str:
        """Return which template draws it."""
        return self.shape.kind

    @property
    def title(self) -> str:
        """Return what people call it."""
        return self.shape.title

    @property
    def options(self) -> SafeString:
        """Return the choices as options of a select; the usual one stands there once, as choosing nothing."""
        usual = "" if self.shape.required else _told(self.shape, self.shape.default)
        if not usual or self.value == usual:
            return options(self.choices, self.value)
        left = tuple(
            (source, tuple(one for one in group if one[0] != usual)) for source, group in self.choices
        )
        return options(left, self.value)

    @property
    def unchosen(self) -> str:
        """Return what choosing nothing means: the usual value, where there is one."""
        usual = _told(self.shape, self.shape.default)
        words = next((words for _, group in self.choices for value, words in group if value == usual), "")
        return "请选择" if self.shape.required else f"{words}（通常）" if words else "不选"

    @property
    def boxes(self) -> list[tuple[str, str, bool]]:
        """Return the choices as boxes to tick."""
        return [(value, words, value in self.value) for _, group in self.choices for value, words in group]

    @property
    def describedby(self) -> str:
        """Return the ids of the words that stand with the control."""
        return " ".join(
            f"{self.name}_{what}"
            for what, there in (("hint", self.shape.hint), ("error", self.errors))
            if there
        )


def draw(
    shape: Shape, value: Any, *, name: str, path: str, desk: Desk, only: tuple[str, ...] | None = None
) -> Drawn:
    """Return a part as drawn; of the root only the named keys."""
    errors = desk.errors(path)
    if shape.kind == "part":
        return _draw_part(shape, value, name=name, path=path, desk=desk, only=only)
    if shape.kind in {"parts", "table"}:
        return Drawn(shape, name, path, errors=errors, parts=tuple(_items(shape, value, name, path, desk)))
    if (special := _SPECIAL.get(shape.kind)) is not None:
        return special(shape, value, name, path, desk)
    if shape.kind == "checks":
        under = [
            message for at in desk.problems for message in desk.problems[at] if at.startswith(f"{path}[")
        ]
        chosen = [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
        choices = _choices(shape, chosen, name, desk)
        return Drawn(shape, name, path, chosen, choices, (*errors, *under))
    if shape.kind == "pairs" and (asked := desk.offered.get(f"pairs:{name}")):
        return _draw_pairs(shape, value, asked, name=name, path=path, desk=desk)
    if shape.kind in {"lines", "pairs"}:
        errors = tuple(
            m
            for at in desk.problems
            if at == path or at.startswith((f"{path}[", f"{path}."))
            for m in desk.problems[at]
        )
    choices = _choices(shape, [value] if isinstance(value, str) else [], name, desk)
    return Drawn(shape, name, path, _told(shape, value), choices, errors, note=desk.notes.get(path, ""))


def _draw_pairs(shape: Shape, value: Any, asked: Choices, *, name: str, path: str, desk: Desk) -> Drawn:
    """Draw one choice for each thing a source must be asked with: what is known of the applicant or was answered."""
    held = value if isinstance(value, dict) else {}
    usual = {key: fact for _, group in asked for key, fact in group}
    known = tuple((source, _askable(group)) for source, group in desk.offer.groups if _askable(group))
    parts = []
    for key in dict.fromkeys((*usual, *held)):
        spec, chosen = desk.offer.facts.get(usual.get(key, "")), str(held.get(key, ""))
        words = Shape("choice", spec.label if spec else key)
        choices = rows.with_present(known, chosen)
        where = f"{name}{posting.PAIR}{key}"
        parts.append(Drawn(words, where, f"{path}.{key}", chosen, choices, desk.errors(f"{path}.{key}")))
    return Drawn(replace(shape, kind="keyed"), name, path, errors=desk.errors(path), parts=tuple(parts))


def _askable(group: tuple[rows.Choice, ...]) -> tuple[rows.Choice, ...]:
    return tuple(one for one in group if not one[0].startswith(("derived.", "register.")))


def _draw_part(
    shape: Shape, value: Any, *, name: str, path: str, desk: Desk, only: tuple[str, ...] | None
) -> Drawn:
    if value is None and not shape.required:
        return Drawn(shape, name, path, value=False, errors=desk.errors(path))
    held = value if isinstance(value, dict) else {}
    parts = [
        draw(inner, held.get(key), name=join(name, key), path=join(path, key), desk=desk)
        for key, inner in inner_of(shape)
        if (only is None or key in only) and inner.kind != "fixed"
    ]
    return Drawn(shape, name, path, value=True, errors=desk.errors(path), parts=tuple(parts))


def _items(shape: Shape, value: Any, name: str, path: str, desk: Desk) -> Iterator[Drawn]:
    assert shape.item is not None
    entries = (
        list(value.items())
        if isinstance(value, dict) and shape.kind == "table"
        else list(enumerate(listed(value)))
    )
    for at, (key, item) in enumerate(entries[:MOST_ITEMS]):
        where = f"{path}.{key}" if shape.kind == "table" else f"{path}[{at}]"
        one = draw(shape.item, item, name=f"{name}[{at}]", path=where, desk=desk)
        yield Drawn(
            one.shape, one.name, one.path, one.value, one.choices, one.errors, one.parts,
            str(key) if shape.kind == "table" else None, one.condition, one.json, at == 0, at == len(entries) - 1,
            desk.offered.get(f"keys:{name}", ()),
        )  # fmt: skip


def _draw_either(shape: Shape, value: Any, name: str, path: str, desk: Desk) -> Drawn:
    assert shape.model is not None
    held = value if isinstance(value, dict) else {}
    extras = EITHER[shape.model]
    named = [(key, inner) for key, inner in fields_of(shape.model)]
    chosen = next((key for key, _ in named if key in held and key not in extras), "")
    choices = (("", tuple((key, inner.title) for key, inner in named if key not in extras)),)
    parts = [
        draw(inner, held.get(key), name=f"{name}.{key}", path=f"{path}.{key}", desk=desk)
        for key, inner in named
        if (key == chosen and inner.kind != "true") or (chosen and chosen in extras.get(key, ()))
    ]
    return Drawn(shape, name, path, chosen, choices, desk.errors(path), tuple(parts))


def _draw_condition(shape: Shape, value: Any, name: str, path: str, desk: Desk) -> Drawn:
    json = building.as_json(value) if value is not None else ""
    if building.size(value) > MOST_NODES:
        wrong = tuple(m for at in desk.problems if at.startswith(path) for m in desk.problems[at])
        return Drawn(shape, name, path, errors=wrong, json=json)
    box = building.opened(value, facts=desk.offer.facts)
    shown = rows.shown(box, name=name, path=path, offer=desk.offer, problems=desk.problems)
    says = said(value, offer=desk.offer)
    return Drawn(shape, name, path, says, errors=desk.errors(path), condition=shown, json=json)


_SPECIAL = {"either": _draw_either, "condition": _draw_condition}


def said(tree: Any, *, offer: Offer) -> tuple[str, tuple[str, ...]]:
    """Return a condition as a sentence and the facts it needs; nothing where it is not finished."""
    try:
        condition = parse_condition(tree)
    except InvalidTree:
        return "", ()
    named = [offer.facts[name] for name in sorted(facts_needed(condition)) if name in offer.facts]
    needs = dict.fromkeys(
        f"{spec.source_label}：{spec.label}" if spec.source_label else spec.label for spec in named
    )
    return sentence(condition, vocabulary=offer.vocabulary), tuple(needs)


def _choices(shape: Shape, present: list[str], name: str, desk: Desk) -> Choices:
    if shape.kind not in {"choice", "checks", "yes", "true"}:
        return ()
    found: Choices = (("", shape.choices),)
    if shape.offered == "fact":
        found = desk.offer.groups
    elif shape.offered:
        found = desk.offered.get(f"{shape.offered}:{name}", desk.offered.get(shape.offered, ()))
    for one in present:
        found = rows.with_present(found, one)
    return found


def _told(shape: Shape, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if shape.kind == "lines":
        return "\n".join(str(one) for one in listed(value))
    if shape.kind == "pairs":
        return (
            "\n".join(f"{key} = {one}" for key, one in value.items())
            if isinstance(value, dict)
            else str(value)
        )
    return building.as_json(value) if shape.kind == "plain" else str(value)


def listed(value: Any) -> list[Any]:
    """Return the entries of a list; one entry may stand for itself where the format allows it."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def join(name: str, key: str) -> str:
    """Return the name of a key within a part; the root has none."""
    return f"{name}.{key}" if name else key
