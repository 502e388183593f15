"""What the buttons of a form do to a package: add, take away and move parts, rows and groups. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from portal.catalogue.builder import building
from portal.catalogue.builder.parts import MOST_ITEMS
from portal.catalogue.builder.shapes import Shape, inner_of
from rules import FactSpec

Steps: TypeAlias = tuple[str | int, ...]
_STEP = re.compile(r"([A-Za-z_]+)|\[(\d{1,4})\]")
ROWS = frozenset({"row", "group", "row-remove", "row-up", "row-down"})
# Entries have a name of their own that no page shows to anybody else: a button gives them one.
NAMED = {"checks": "code", "materials": "code", "questions": "name", "derived": "name"}
MOVES = frozenset({"remove", "up", "down"})


def steps_of(name: str) -> Steps:
    """Return the steps of a name such as `checks[2].told`."""
    return tuple(word or int(number) for word, number in _STEP.findall(name))


def name_of(steps: Steps) -> str:
    """Undo `steps_of`."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def at(content: Any, steps: Steps) -> Any:
    """Return what stands at a place, None where nothing does; a number counts the entries of a table too."""
    for step in steps:
        key = _key(content, step)
        if isinstance(content, dict):
            content = content.get(key)
        elif isinstance(content, list) and isinstance(key, int) and 0 <= key < len(content):
            content = content[key]
        else:
            return None
    return content


def put(content: Any, steps: Steps, value: Any) -> Any:
    """Return the content with a value at a place; None takes it away."""
    if not steps:
        return value
    step, rest = steps[0], steps[1:]
    if isinstance(step, int) and isinstance(content, list):
        return [put(part, rest, value) if index == step else part for index, part in enumerate(content)]
    held = content if isinstance(content, dict) else {}
    key = _key(held, step)
    inner = put(held.get(key), rest, value)
    found = {name: part for name, part in held.items() if name != key or inner is not None}
    return found if inner is None else found | {str(key): inner}


def act(
    content: Any, *, what: str, place: str, shape: Shape | None, facts: Mapping[str, FactSpec]
) -> tuple[Any, str]:
    """Return the content after a button, and the name that takes the focus."""
    if what in ROWS:
        return _act_on_rows(content, what, place, facts)
    steps = steps_of(place)
    held = at(content, steps)
    if what == "add" and shape is not None:
        return _added(content, steps, held, shape)
    if what == "drop":
        return put(content, steps, None), place
    if what in MOVES and steps and isinstance(steps[-1], int):
        return _moved(content, steps[:-1], steps[-1], what)
    return content, place


def blank(shape: Shape | None) -> Any:
    """Return the emptiest value of a shape that its form can be drawn from."""
    if shape is None or shape.kind not in {"part", "either"}:
        return {"parts": [], "lines": [], "checks": []}.get(shape.kind if shape else "", "")
    if shape.kind == "either":
        return {}
    wanted = {key: inner for key, inner in inner_of(shape) if inner.required}
    return {
        key: {} if inner.kind in {"table", "pairs", "plain", "condition"} else blank(inner)
        for key, inner in wanted.items()
        if inner.kind not in {"number", "yes"}
    }


def _added(content: Any, steps: Steps, held: Any, shape: Shape) -> tuple[Any, str]:
    name = name_of(steps)
    if shape.kind == "table":
        table = dict(held) if isinstance(held, dict) else {}
        key = next(key for number in range(1, MOST_ITEMS * 2) if (key := f"new_{number}") not in table)
        table = dict(sorted((table | {key: blank(shape.item)}).items(), key=_as_stored))
        return put(content, steps, table), f"{name}[{list(table).index(key)}]"
    if shape.kind == "parts":
        fresh = blank(shape.item)
        if (own := NAMED.get(str(steps[-1]))) is not None:
            fresh = fresh | {own: _unused(content, str(steps[-1]), own)}
        listed = [*held] if isinstance(held, list) else [held] if isinstance(held, dict) else []
        if len(listed) >= MOST_ITEMS:
            return content, name
        return put(content, steps, [*listed, fresh]), f"{name}[{len(listed)}]"
    return (put(content, steps, blank(shape)), name) if held is None else (content, name)


def _unused(content: Any, kind: str, key: str) -> str:
    """Return a name for what was added that nothing beside it has: nobody sees it, and few need to change it."""
    start = "derived.new" if kind == "derived" else "new"
    places = _pages_of(content) if kind == "questions" else [content.get(kind)]
    taken = {
        one.get(key) for held in places if isinstance(held, list) for one in held if isinstance(one, dict)
    }
    return next(name for number in range(1, 10_000) if (name := f"{start}_{number}") not in taken)


def _pages_of(content: Any) -> list[Any]:
    pages = at(content, ("form", "pages"))
    return (
        [page.get("questions") for page in pages if isinstance(page, dict)] if isinstance(pages, list) else []
    )


def _as_stored(entry: tuple[str, Any]) -> tuple[int, bytes]:
    """Order keys as jsonb does, so that the new one is found again where it was put."""
    return len(entry[0].encode()), entry[0].encode()


def _moved(content: Any, steps: Steps, place: int, what: str) -> tuple[Any, str]:
    held, name = at(content, steps), name_of(steps)
    if isinstance(held, dict) and what == "remove" and place < len(held):
        left: Any = {key: value for index, (key, value) in enumerate(held.items()) if index != place}
    elif isinstance(held, list) and place < len(held):
        left = [*held]
        one = left.pop(place)
        to = place + {"up": -1, "down": 1}.get(what, 0)
        if what != "remove":
            left.insert(max(to, 0), one)
            return put(content, steps, left), f"{name}[{min(max(to, 0), len(left) - 1)}]"
    else:
        return content, name
    return put(content, steps, left), f"{name}[{min(place, len(left) - 1)}]" if left else name


def _act_on_rows(content: Any, what: str, place: str, facts: Mapping[str, FactSpec]) -> tuple[Any, str]:
    name = place.partition("-")[0]
    steps = steps_of(name)
    box = building.opened(at(content, steps), facts=facts)
    focus = building.act(box, what=what.removeprefix("row-"), at=place, name=name)
    return put(content, steps, building.closed(box, facts=facts)), focus


def _key(content: Any, step: str | int) -> str | int:
    if isinstance(step, int) and isinstance(content, dict):
        keys = list(content)
        return keys[step] if step < len(keys) else ""
    return step
