"""One page of a draft: which place of the package it is for, what is drawn, and what a posted form makes of it."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from common.errors import DomainError
from matters.format.speaking import spoken
from matters.lint.problem import Problem
from matters.sources import Sources
from matters.writing.examining import Examined
from portal.catalogue.builder import acting, offering, parts, posting, reading
from portal.catalogue.builder.acting import Steps
from portal.catalogue.builder.offering import Offer, as_dict, dicts
from portal.catalogue.builder.parts import Desk, Drawn
from portal.catalogue.builder.posting import Posted
from portal.catalogue.builder.rows import Choices, Shown
from portal.catalogue.builder.shapes import Shape, inner_of, shape_at, values_of
from rules import FieldSpec, InvalidTree, json_document

Content = dict[str, Any]
MISSING = "缺少“"
MALFORMED = "名称写法不符合规定"
_NAMING = (".fact", ".some", ".every", ".none", ".count", ".other")
ABOUT = (
    "name",
    "summary",
    "type",
    "everyday_words",
    "applicant",
    "mode",
    "life_events",
    "themes",
    "supplement_workdays",
)
# Pages by address: the keys of the root, or the place. `#` is a number.
ROOTS: dict[str, tuple[str, ...]] = {"about": ABOUT, "situations": ("situations",), "derived": ("derived",)}
PLACES = frozenset(
    {"guide", "uses", "result", "checks.#", "materials.#", "form.pages.#", "form.pages.#.questions.#"}
    | {"outcome.rows.#", "certificate_types.#", "registers.#"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """What one page is for: a place of the package, or some keys of its root."""

    steps: Steps
    only: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """Return the name all fields of the page begin with."""
        return acting.name_of(self.steps)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the summary of faults: where it is drawn (empty: nowhere on this page) and what is wrong."""

    anchor: str
    message: str
    warning: bool


def place_of(address: str, *, content: Content) -> Place | None:
    """Return the place an address names, None where there is no such page or nothing stands there."""
    if address in ROOTS:
        return Place((), ROOTS[address])
    if address == "outcome.columns" and isinstance(content.get("outcome"), dict):
        return Place(("outcome",), ("columns",))
    words = address.split(".")
    numbers = [word.isascii() and word.isdecimal() and len(word) < 4 for word in words]
    if ".".join("#" if number else word for word, number in zip(words, numbers, strict=True)) not in PLACES:
        return None
    steps = tuple(int(word) if number else word for word, number in zip(words, numbers, strict=True))
    held = acting.at(content, steps)
    if held is None and any(numbers):
        return None
    return Place(steps, ("title", "hint") if len(steps) == 3 and steps[0] == "form" else None)


def shape_of(place: Place, content: Content) -> Shape:
    """Return what is drawn at a place; the values of an outcome's row follow from its columns."""
    shape = shape_at(place.steps)
    if place.steps[:2] == ("outcome", "rows") and shape is not None:
        inner = tuple(
            (key, values_of(_columns(content)) if key == "values" else one) for key, one in inner_of(shape)
        )
        return Shape("part", inner=inner)
    return shape or Shape("part")


def blank_at(content: Content, steps: Steps) -> bool:
    """Return whether one entry of a list still stands as a button added it."""
    if not steps or not isinstance(steps[-1], int):
        return False
    held, added = as_dict(acting.at(content, steps)), as_dict(acting.blank(shape_at(steps)))
    named = {key: "" for key in (acting.NAMED.get(str(steps[-2])),) if key is not None}
    return held | named == added | named


@dataclass(frozen=True)
class Page:
    """A place of a draft's content with what may be chosen there and what is wrong."""

    content: Content
    place: Place
    sources: Sources
    examined: Examined
    area: str
    notes: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False  # nothing has been saved here yet: what is not there is no fault of who has not begun

    @cached_property
    def untouched(self) -> bool:
        """Return whether one entry of a list stands as it was added, and was not saved since."""
        return self.quiet and blank_at(self.content, self.place.steps)

    @cached_property
    def offer(self) -> Offer:
        """Return the facts that may be chosen."""
        return offering.offer(self.content, sources=self.sources, area=self.area)

    @cached_property
    def drawn(self) -> Drawn:
        """Return the form."""
        held = acting.at(self.content, self.place.steps)
        found = {} if self.untouched else problems_by_path(self.examined.problems)
        desk = Desk(self.offer, found, offered(self.content, self.offer.sources), self.notes)
        shape = shape_of(self.place, self.content)
        name = self.place.name
        return parts.draw(
            shape, {} if held is None else held, name=name, path=name, desk=desk, only=self.place.only
        )

    @property
    def faults(self) -> list[Entry]:
        """Return what is wrong on this page, each with where it is drawn."""
        drawn = {path: (name, title) for path, name, title in _names(self.drawn)}
        return [_entry(problem, *drawn.get(_nearest(problem.path, drawn), ("", ""))) for problem in self.here]

    @property
    def here(self) -> list[Problem]:
        """Return the problems of this place, and those of no place at all."""
        if self.untouched:
            return []
        everywhere = [problem for problem in self.examined.problems if not problem.path]
        if self.place.only is None:
            return everywhere + (list(self.examined.under(self.place.name)) if self.place.name else [])
        under = [parts.join(self.place.name, key) for key in self.place.only]
        return everywhere + [problem for path in under for problem in self.examined.under(path)]


@dataclass
class Edit:
    """A posted form as a change of a draft's content; afterwards `focus` is where to go on."""

    form: Posted
    place: Place
    sources: Sources
    area: str
    focus: str = field(default="")

    def __call__(self, content: Content) -> Content:
        """Return the content as the form and its button say."""
        self.form = posting.with_pairs(self.form)
        facts = offering.offer(content, sources=self.sources, area=self.area).facts
        held = acting.at(content, self.place.steps)
        value = reading.read(
            shape_of(self.place, content), self.form, name=self.place.name, old=held, facts=facts
        )
        after = acting.put(content, self.place.steps, value)
        what, _, where = posting.one(self.form, "act").partition(":")
        shape = _shape_for(what, where, after)
        if what == "json" and shape is not None:
            after = acting.put(after, acting.steps_of(where), _pasted(self.form, where))
            self.focus = where
        elif shape is not None:
            after, self.focus = acting.act(after, what=what, place=where, shape=shape, facts=facts)
        return offering.with_uses(after, before=content, sources=self.sources)


class UnreadableJson(DomainError):
    """JSON that was to take the place of a condition is none; `text` is what was typed for the place `name`."""

    status = 422

    def __init__(self, name: str, text: str, why: str) -> None:
        self.name, self.text = name, text
        super().__init__(f"这段 JSON 没有用上，原来的条件没有变：{why}")


def _pasted(form: Posted, name: str) -> Any:
    text = posting.one(form, f"{name}:json")
    try:
        return json_document(text)
    except InvalidTree as error:
        raise UnreadableJson(name, text, error.problems[0][1]) from error


def problems_by_path(problems: tuple[Problem, ...]) -> dict[str, list[str]]:
    """Return what to say at each place."""
    found: dict[str, list[str]] = {}
    for problem in problems:
        found.setdefault(problem.path, []).append(told(problem))
    return found


def told(problem: Problem) -> str:
    """Return a problem in words for a page: no names of keys."""
    if problem.message.startswith(MISSING):
        return "请填写"
    if problem.path.endswith(_NAMING) and problem.message == MALFORMED:
        return "请选择一项数据"
    words = spoken(problem.message)
    return f"{parts.REMINDER}{words}" if problem.warning else words


def offered(content: Content, sources: Sources) -> dict[str, Choices]:
    """Return the choices that follow from the package and its sources, with those it brings along."""
    kind = "organisation" if content.get("applicant") == "organisation" else "person"
    types = tuple((one.slug, one.name) for one in sources.types.values())
    own = tuple((one.slug, one.name) for one in sources.types.values() if one.holder_kind in {kind, "either"})
    registers = tuple((one.name, one.label) for one in sources.registers.values())
    asked = [
        (f"form.{one.get('name')}", str(one.get("label")), one.get("type")) for one in questions(content)
    ]
    materials = [
        (f"material.{one.get('code')}", str(one.get("name"))) for one in dicts(content.get("materials"))
    ]
    named = tuple((fact, label) for fact, label, _ in asked)
    found: dict[str, Choices] = {
        "type": (("证照", own),),
        "any_type": (("证照", types),),
        "register": (("共享数据", registers),),
        "question": (("问题", named),),
        "upload": (
            ("上传文件的问题", tuple((fact, label) for fact, label, what in asked if what == "file")),
        ),
        "opens": (("问题", named), ("材料", tuple(materials))),
        "column": (("结果表的列", tuple((key, spec.label) for key, spec in _columns(content).items())),),
    }
    for at, use in enumerate(dicts(as_dict(content.get("uses")).get("certificates"))):
        source = sources.types.get(str(use.get("type")))
        fields = (
            tuple((key, str(raw.get("label", key))) for key, raw in source.fields.items()) if source else ()
        )
        found[f"fields:uses.certificates[{at}].fields"] = (("内容", fields),)
    for at, use in enumerate(dicts(as_dict(content.get("uses")).get("registers"))):
        asked_with = sources.registers.get(str(use.get("register")))
        keys = tuple(asked_with.key.items()) if asked_with else ()
        found[f"pairs:uses.registers[{at}].key"] = (("查询条件", keys),)
    issued = as_dict(as_dict(content.get("result")).get("certificate")).get("type")
    if (source := sources.types.get(str(issued))) is not None:
        inside = tuple((key, str(raw.get("label", key))) for key, raw in source.fields.items())
        found["keys:result.certificate.fields"] = ((source.name, inside),)
    return found


def questions(content: Content) -> list[Content]:
    """Return the questions of all pages as they are written."""
    pages = dicts(as_dict(content.get("form")).get("pages"))
    return [question for page in pages for question in dicts(page.get("questions"))]


def _columns(content: Content) -> dict[str, FieldSpec]:
    found = {}
    for name, raw in as_dict(as_dict(content.get("outcome")).get("columns")).items():
        try:
            found[name] = FieldSpec.model_validate(raw)
        except ValidationError:
            found[name] = FieldSpec.model_validate({"type": "text", "label": name[:60] or "列"})
    return found


def _shape_for(what: str, where: str, content: Content) -> Shape | None:
    """Return the shape a button acts on, None where no such button is drawn."""
    steps = acting.steps_of(where.partition("-")[0])
    if not steps or acting.name_of(steps) != where.partition("-")[0]:
        return None
    if what in acting.MOVES:
        steps = steps[:-1]
    shape = shape_at(_schema_steps(content, steps))
    if shape is None or not steps:
        return None
    on_rows = what in acting.ROWS or what == "json"
    fits = {"add": {"parts", "table", "part"}, "drop": {"part", "parts"}}.get(what, {"parts", "table"})
    return shape if shape.kind in ({"condition"} if on_rows else fits) else None


def _schema_steps(content: Any, steps: Steps) -> Steps:
    """Return the steps with the key of a table where its number was named: that is how the format counts."""
    found: list[str | int] = []
    for index, step in enumerate(steps):
        held = acting.at(content, steps[:index])
        found.append(str(step) if isinstance(held, dict) and isinstance(step, int) else step)
    return tuple(found)


def _entry(problem: Problem, name: str, title: str) -> Entry:
    """Return a line of the summary that says where: there it stands without its field."""
    words = told(problem)
    return Entry(name, words if not title or title in words else f"{title}：{words}", problem.warning)


def _names(drawn: Drawn) -> Iterator[tuple[str, str, str]]:
    """Yield path, name and title of everything on the page."""
    yield drawn.path, drawn.name, drawn.title
    for part in drawn.parts:
        yield from _names(part)
    if drawn.condition is not None:
        yield from _rows(drawn.condition, drawn.title)


def _rows(shown: Shown, title: str) -> Iterator[tuple[str, str, str]]:
    yield shown.path, shown.name, f"{title} {shown.place}".strip()
    for part in shown.parts:
        yield from _rows(part, title)
    if shown.where is not None:
        yield from _rows(shown.where, title)


def _nearest(path: str, names: Container[str]) -> str:
    """Return the path that is drawn, or what it lies in."""
    while path:
        if path in names:
            return path
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return ""
