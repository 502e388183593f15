"""What still names the old value after a condition was changed: guide, answers, examples, the quoted law. Pure.

An edition tells people what its conditions ask: a guide that says 80 where the machine asks 75 is a wrong guide.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from matters.lint import mentions
from matters.lint.mentions import Value
from matters.lint.problem import Problem
from rules import Vocabulary

Content = Mapping[str, Any]
_CONDITIONS = frozenset({"condition", "when", "visible_when"})
# Not texts for people: made-up facts of examples, numbers and codes, and names the catalogue has elsewhere.
_UNREAD = _CONDITIONS | {
    "facts",
    "expect",
    "code",
    "base_code",
    "department",
    "phone",
    "consult_phone",
    "complaint_phone",
    "law",
    "number",
    "derived",
    "certificate_types",
    "registers",
}
_CHINESE = re.compile("[一-鿿]")
_CONTEXT = 12
_MOST = 200  # a draft with more of them is not helped by a longer list


@dataclass(frozen=True, slots=True)
class Change:
    """A value that a condition asked for and no longer does."""

    part: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Leftover:
    """One text that still names it: where, and the words around it."""

    path: str
    change: Change
    named: str
    around: str

    @property
    def problem(self) -> Problem:
        """Return it as a warning beside the text."""
        change = self.change
        told = f"这里还写着“{self.named}”，但“{change.part}”的条件已经由{change.old}改成{change.new}，请核对"
        return Problem(self.path, told, warning=True)


@dataclass(frozen=True, slots=True)
class _Constant:
    fact: str
    op: str
    value: Any
    within: str


@dataclass(frozen=True, slots=True)
class _Gone:
    """A constant that is no longer asked for, and what is asked in its place."""

    constant: _Constant
    change: Change
    old: Value
    new: tuple[Value, ...]
    others: tuple[Any, ...]


def leftovers(old: Content, new: Content, *, vocabulary: Vocabulary) -> tuple[Leftover, ...]:
    """Return the texts of a draft that name what its conditions asked for in the edition it was begun from.

    Left out: texts rewritten since that name the new value too, and rows of the outcome table whose own condition
    still asks for the old one while another row asks for the new.
    """
    known = dict(_texts(old))
    gone = _gone(old, new, vocabulary)
    found = [one for each in gone for one in _naming(new, known, each)]
    return tuple({(one.path, one.named): one for one in found}.values())[:_MOST]


def _naming(new: Content, known: Mapping[str, str], gone: _Gone) -> Iterator[Leftover]:
    own = _rows_of_their_own(new, gone)
    for path, text in _texts(new):
        named = gone.old.named_in(text)
        looked_at = known.get(path) != text and any(one.named_in(text) for one in gone.new)
        if named and not looked_at and not path.startswith(own):
            yield Leftover(path, gone.change, named, _around(text, named))


def _rows_of_their_own(new: Content, gone: _Gone) -> tuple[str, ...]:
    rows = _dicts(_of(new.get("outcome"), "rows"))
    fact, value = gone.constant.fact, gone.constant.value
    asked = [_values(tuple(_constants(row.get("when"))), fact) for row in rows]
    if not any(other in one for one in asked for other in gone.others):
        return ()
    return tuple(f"outcome.rows[{at}]." for at, one in enumerate(asked) if value in one)


def _gone(old: Content, new: Content, vocabulary: Vocabulary) -> Iterator[_Gone]:
    after = dict(_places(new))
    for key, (_, had) in _places(old):
        name, has = after.get(key, ("", ()))
        for constant in had:
            same = [one for one in has if (one.fact, one.within) == (constant.fact, constant.within)]
            if not same or constant.value in [one.value for one in same]:
                continue
            others = tuple(one.value for one in same if one.value not in _values(had, constant.fact))
            was, *now = [_said(constant, value, vocabulary) for value in (constant.value, *others)]
            if was is not None:
                read = tuple(one for one in now if one is not None)
                words = "、".join(one.words for one in read) or "别的要求"
                yield _Gone(constant, Change(name, was.words, words), was, read, others)


def _said(constant: _Constant, value: Any, vocabulary: Vocabulary) -> Value | None:
    within = vocabulary.by_name.get(constant.within)
    spec = vocabulary.get(constant.fact, within=within)
    return mentions.of(value, op=constant.op, spec=spec, vocabulary=vocabulary)


def _values(constants: tuple[_Constant, ...], fact: str) -> list[Any]:
    return [one.value for one in constants if one.fact == fact]


def _places(content: Content) -> Iterator[tuple[str, tuple[str, tuple[_Constant, ...]]]]:
    """Yield (key, (name, constants)) of every condition; the rows of the outcome table are one place."""
    for raw in _dicts(content.get("checks")):
        yield f"check:{raw.get('code')}", (str(raw.get("name")), tuple(_constants(raw.get("condition"))))
    rows = _dicts(_of(content.get("outcome"), "rows"))
    yield "outcome", ("结果表", tuple(one for row in rows for one in _constants(row.get("when"))))
    for page in _dicts(_of(content.get("form"), "pages")):
        for raw in _dicts(page.get("questions")):
            constants = tuple(_constants(raw.get("visible_when")))
            yield f"question:{raw.get('name')}", (str(raw.get("label")), constants)
    for raw in _dicts(content.get("materials")):
        yield f"material:{raw.get('code')}", (str(raw.get("name")), tuple(_constants(raw.get("when"))))


def _constants(tree: Any, within: str = "") -> Iterator[_Constant]:
    if isinstance(tree, list):
        for part in tree:
            yield from _constants(part, within)
    if not isinstance(tree, Mapping):
        return
    listed = next((str(tree[key]) for key in ("some", "every", "none", "count") if key in tree), within)
    if "fact" in tree and "value" in tree:
        values = tree["value"] if isinstance(tree["value"], list) else [tree["value"]]
        for value in values:
            if isinstance(value, str | int):
                yield _Constant(str(tree["fact"]), str(tree.get("op")), value, within)
    for key in ("all", "any", "not", "where"):
        yield from _constants(tree.get(key), listed)


def _texts(content: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text for people with its path."""
    if isinstance(content, str):
        if _CHINESE.search(content):  # a bare number or a code is a value of its own
            yield path, content
    elif isinstance(content, list):
        for at, one in enumerate(content):
            yield from _texts(one, f"{path}[{at}]")
    elif isinstance(content, Mapping):
        for key, one in content.items():
            if key not in _UNREAD:
                yield from _texts(one, f"{path}.{key}" if path else str(key))


def _around(text: str, named: str) -> str:
    at = text.index(named)
    start, end = max(0, at - _CONTEXT), at + len(named) + _CONTEXT
    return f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}".replace("\n", " ")


def _of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None


def _dicts(value: Any) -> list[Content]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
