"""What a writer may choose from: every fact of every stored source; `uses` follow from what was chosen. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from matters.format.questions import AskedQuestion
from matters.freezing import everything
from matters.sources import Sources
from rules import Derivation, FactSpec, FactType, FieldSpec, InvalidTree, SourceKind, Vocabulary
from rules.language.tree import ITEM

M = TypeVar("M", bound=BaseModel)
Content = dict[str, Any]
Groups: TypeAlias = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
HELD = "held"
OTHERS = "其他证照：先选“持有”，保存以后可以选它的内容"
TYPE_WORDS = {
    FactType.TEXT: "文字",
    FactType.INTEGER: "整数",
    FactType.MONEY: "金额",
    FactType.DATE: "日期",
    FactType.BOOLEAN: "是或否",
    FactType.CODE: "代码",
    FactType.DIVISION: "行政区划",
    FactType.LIST: "多条记录",
}
_ORDER = {
    SourceKind.DERIVED: 0,
    SourceKind.FORM: 1,
    SourceKind.APPLICANT: 2,
    SourceKind.CERTIFICATE: 3,
    SourceKind.REGISTER: 4,
    SourceKind.OWN: 5,
}
_KIND_WORDS = {SourceKind.DERIVED: "算出来的数据", SourceKind.FORM: "申请表的问题"}
_LOOKED_UP = re.compile(r"\b(cert|register)\.([a-z][a-z0-9_-]{0,60})\.([a-z][a-z0-9_-]{0,60})")
_NO_READING = {
    "uses",
    "examples",
    "certificate_types",
    "registers",
}  # places that name facts without using them


@dataclass(frozen=True)
class Offer:
    """Facts to choose from; what is drawn of them is worked out once it is drawn, as reading a form needs none."""

    vocabulary: Vocabulary
    sources: Sources  # with those the package brings along
    content: Content
    area: str

    @property
    def facts(self) -> Mapping[str, FactSpec]:
        """Return the facts by name."""
        return self.vocabulary.by_name

    @cached_property
    def groups(self) -> Groups:
        """Return the facts by source, as (source, ((name, words), …))."""
        return _grouped(self.vocabulary, _in_use(self.content))

    @cached_property
    def areas(self) -> Groups:
        """Return the districts of the city with the places in them."""
        return _areas(self.vocabulary.divisions, self.area)


def offer(content: Content, *, sources: Sources, area: str) -> Offer:
    """Return all a draft may choose from; what is half written is left out. `area` begins the divisions offered."""
    sources = with_brought(content, sources)
    pages = dicts(as_dict(content.get("form")).get("pages"))
    asked = [question for page in pages for question in dicts(page.get("questions"))]
    vocabulary = everything(
        "organisation" if content.get("applicant") == "organisation" else "person",
        questions=_readable(AskedQuestion, [raw | {"visible_when": None} for raw in asked]),
        derived=_readable(Derivation, dicts(content.get("derived"))),
        sources=sources,
    )
    return Offer(vocabulary, sources, content, area)


def of_records(within: FactSpec) -> tuple[tuple[str, str], ...]:
    """Return the fields of the records of a list, to choose from inside its condition."""
    return tuple((f"{ITEM}{name}", _words(spec)) for name, spec in (within.fields or {}).items())


def _in_use(content: Content) -> set[str]:
    """Return the sources a draft names or declares."""
    declared = dicts(as_dict(content.get("uses")).get("certificates"))
    return {_source(name) for name in _named(content)} | {f"cert.{use.get('type')}" for use in declared}


def _grouped(vocabulary: Vocabulary, in_use: set[str]) -> Groups:
    """Group facts by source, those in use first; of the hundreds of other certificates only whether one is held."""
    found: dict[tuple[int, bool, str], list[tuple[str, str]]] = {}
    for spec in vocabulary.by_name.values():
        kind, new = spec.source_kind, _source(spec.name) not in in_use
        other = new and kind is SourceKind.CERTIFICATE
        if other and not spec.name.endswith(f".{HELD}"):
            continue
        source = _KIND_WORDS.get(kind, spec.source_label)
        words = _words(spec) if kind is SourceKind.DERIVED else f"{source} · {_words(spec)}"
        key = _ORDER[kind], new, OTHERS if other else source
        found.setdefault(key, []).append((spec.name, words))
    in_order = sorted(found, key=lambda key: key[:2])
    return tuple((key[2], tuple(found[key])) for key in in_order)


def _words(spec: FieldSpec) -> str:
    return f"{spec.label}（{TYPE_WORDS[spec.type]}）"


def _areas(divisions: Mapping[str, str], area: str) -> Groups:
    """Return districts of the city, each with what lies below it."""
    city = area[:4]
    counties = [
        code for code in divisions if code.startswith(city) and len(code) == 6 and code != f"{city}00"
    ]
    below = sorted(code for code in divisions if code.startswith(city) and len(code) in {9, 12})
    whole = [(code, f"{divisions[code]}全市") for code in (f"{city}00",) if code in divisions]
    found = [("全市", tuple(whole))] if whole else []
    for county in sorted(counties):
        inside = [(code, divisions[code]) for code in below if code.startswith(county)]
        found.append((divisions[county], ((county, f"{divisions[county]}（全区）"), *inside)))
    return tuple(found)


def with_brought(content: Content, sources: Sources) -> Sources:
    """Add what the package brings along, as far as it can be read."""
    for key in ("certificate_types", "registers"):
        for raw in dicts(content.get(key)):
            try:
                sources = sources.brought(**{key: [raw]})
            except InvalidTree:
                continue
    return sources


def _readable(model: type[M], raws: list[Content]) -> list[M]:
    found = []
    for raw in raws:
        try:
            found.append(model.model_validate(raw))
        except ValidationError:
            continue
    return found


# --- uses follow from what is chosen -----------------------------------------------------------------------------
def with_uses(content: Content, *, before: Content, sources: Sources) -> Content:
    """Return the content with `uses` as its conditions need them.

    What was chosen anew is added with an empty reason, which must then be written; what is named nowhere any more,
    and was before, goes. What nobody touched stays, and is named by linting.
    """
    sources = with_brought(content, sources)
    now, then = set(_named(content)), set(_named(before))
    uses = as_dict(content.get("uses"))
    certificates = [dict(use) for use in dicts(uses.get("certificates"))]
    registers = [dict(use) for use in dicts(uses.get("registers"))]
    dropped = then - now
    certificates = [use for use in (_less(use, dropped, now) for use in certificates) if use is not None]
    gone = {f"register.{use.get('register')}" for use in registers}
    gone &= {_source(name) for name in dropped} - {_source(name) for name in now}
    registers = [use for use in registers if f"register.{use.get('register')}" not in gone]
    _add_registers(registers, now - then, sources)
    _add_certificates(certificates, sorted(now | set(_keys(registers))), sources, new=now - then)
    return content | {"uses": uses | {"certificates": certificates, "registers": registers}}


def _named(content: Content) -> Iterator[str]:
    """Yield every fact of a certificate or register that a package names anywhere but where sources are declared."""
    waiting: list[Any] = [value for key, value in content.items() if key not in _NO_READING]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get("certificate"), str):
                yield f"cert.{value['certificate']}.{HELD}"
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and "." in value:  # a look costs a tenth of a search
            yield from (match[0] for match in _LOOKED_UP.finditer(value))
    yield from _keys(dicts(as_dict(content.get("uses")).get("registers")))


def _keys(registers: list[Content]) -> list[str]:
    found = [name for use in registers for name in as_dict(use.get("key")).values()]
    return [name for name in found if isinstance(name, str) and _LOOKED_UP.fullmatch(name)]


def _less(use: Content, dropped: set[str], now: set[str]) -> Content | None:
    prefix = f"cert.{use.get('type')}."
    fields = [name for name in use.get("fields") or [] if f"{prefix}{name}" not in dropped]
    let_go = any(name.startswith(prefix) for name in dropped)
    if let_go and not fields and not any(name.startswith(prefix) for name in now):
        return None
    return use | {"fields": fields} if "fields" in use or fields else use


def _add_registers(registers: list[Content], new: set[str], sources: Sources) -> None:
    asked = {name.split(".")[1] for name in new if name.startswith("register.")}
    asked -= {str(use.get("register")) for use in registers}
    for name in sorted(asked & set(sources.registers)):
        registers += [{"register": name, "key": dict(sources.registers[name].key), "why": ""}]


def _add_certificates(
    certificates: list[Content], names: list[str], sources: Sources, *, new: set[str]
) -> None:
    by_type = {str(use.get("type")): use for use in certificates}
    for name in names:
        kind, slug, field = name.split(".", 2)
        source = sources.types.get(slug)
        if kind != "cert" or source is None or (slug in by_type and name not in new):
            continue
        if slug not in by_type:
            by_type[slug] = {"type": slug, "fields": [], "why": ""}
            certificates.append(by_type[slug])
        fields = by_type[slug].setdefault("fields", [])
        if field != HELD and field in source.fields and field not in fields:
            fields.append(field)


def _source(name: str) -> str:
    return ".".join(name.split(".")[:2])


def as_dict(value: Any) -> Content:
    """Return an object as it is, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def dicts(value: Any) -> list[Content]:
    """Return the objects of a list, none for anything else."""
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
