"""What a matter may read from: certificate types, registers and places, from the database or from files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import F, Q

from accounts.models import Region
from certificates import types
from certificates.models import CertificateType, TypeSchema
from matters.format.package import Package
from registers import defining
from registers.models import Register
from rules import FactSpec, FactType, FieldSpec
from rules.language.invalid import InvalidTree

T = TypeVar("T")
Fields = Mapping[str, Mapping[str, Any]]
_OF_A_FACT = FactSpec.model_fields.keys() - {"fields"}
_OF_A_FIELD = FieldSpec.model_fields.keys()


@dataclass(frozen=True)
class TypeSource:
    """A certificate type as conditions see it."""

    slug: str
    name: str
    holder_kind: str
    schema: int
    fields: Fields

    @cached_property
    def held(self) -> FactSpec:
        """Return the fact that one is held."""
        return _answer(f"cert.{self.slug}.held", f"持有{self.name}", f"未持有{self.name}", self.name)

    @cached_property
    def facts(self) -> Mapping[str, FactSpec]:
        """Return the facts of its fields by field: worked out once, however many packages and pages name them."""
        return {name: _fact(f"cert.{self.slug}.{name}", raw, self.name) for name, raw in self.fields.items()}


@dataclass(frozen=True)
class RegisterSource:
    """A register as conditions see it; `key`: what it must be asked with, and the facts that fill it."""

    name: str
    label: str
    key: Mapping[str, str]
    fields: Fields

    @cached_property
    def facts(self) -> tuple[FactSpec, ...]:
        """Return the fact that there is a record, and those of its fields."""
        found = _answer(
            f"register.{self.name}.found", f"{self.label}有记录", f"{self.label}没有记录", self.label
        )
        fields = (_fact(f"register.{self.name}.{name}", raw, self.label) for name, raw in self.fields.items())
        return (found, *fields)


def _answer(name: str, yes: str, no: str, source_label: str) -> FactSpec:
    """Return the fact whether there is something to read at all."""
    return FactSpec(
        name=name, type=FactType.BOOLEAN, label=yes, true_text=yes, false_text=no, source_label=source_label
    )


def _fact(name: str, raw: Mapping[str, Any], source_label: str) -> FactSpec:
    known = {key: value for key, value in raw.items() if key in _OF_A_FACT}
    inner = {key: _field(value) for key, value in (raw.get("fields") or {}).items()} or None
    return FactSpec(**known | {"name": name, "fields": inner, "source_label": source_label})


def _field(raw: Mapping[str, Any]) -> FieldSpec:
    return FieldSpec(**{key: value for key, value in raw.items() if key in _OF_A_FIELD})


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything a package may name."""

    types: Mapping[str, TypeSource] = field(default_factory=dict)
    registers: Mapping[str, RegisterSource] = field(default_factory=dict)
    divisions: Mapping[str, str] = field(default_factory=dict)

    def and_of(self, packages: Iterable[Package]) -> Sources:
        """Return these sources and those that packages bring along; raises InvalidTree with the path."""
        given = list(packages)
        return self._and(
            [package.certificate_types for package in given], [package.registers for package in given]
        )

    def brought(self, *, certificate_types: Iterable[Any] = (), registers: Iterable[Any] = ()) -> Sources:
        """Return these sources and definitions as a package writes them; raises InvalidTree with the path."""
        return self._and([certificate_types], [registers])

    def _and(self, types: Iterable[Iterable[Any]], registers: Iterable[Iterable[Any]]) -> Sources:
        kinds = _parsed(_type, "certificate_types", types)
        found = _parsed(_register, "registers", registers)
        return Sources(
            {**self.types, **{source.slug: source for source in kinds}},
            {**self.registers, **{source.name: source for source in found}},
            self.divisions,
        )


def stored() -> Sources:
    """Return what the database knows today: current schema versions, registers, places."""
    current = TypeSchema.objects.filter(version=F("type__current_schema")).order_by("type__slug")
    columns = ("type__slug", "type__name", "type__holder_kind", "version", "fields")
    kinds = [TypeSource(*row) for row in current.values_list(*columns)]
    registers = [
        RegisterSource(*row)
        for row in Register.objects.order_by("name").values_list("name", "label", "key", "fields")
    ]
    return Sources({t.slug: t for t in kinds}, {r.name: r for r in registers}, _stored_divisions())


def standing(divisions: Mapping[str, str], *, on: date) -> dict[str, str]:
    """Return the places that one can live in on a day: those that ended keep their names, and are not offered."""
    ended = set(Region.objects.filter(valid_to__lt=on).values_list("code", flat=True))
    return {code: name for code, name in divisions.items() if code not in ended}


def type_names() -> dict[str, str]:
    """Return the name of every certificate type by slug."""
    return dict(CertificateType.objects.order_by("slug").values_list("slug", "name"))


def _stored_divisions() -> dict[str, str]:
    """Freeze counties everywhere, and streets and communities of this city only: an edition stays small."""
    wanted = Q(level__lte=6) | Q(code__startswith=settings.DIVISION[:4])
    return dict(Region.objects.filter(wanted).order_by("code").values_list("code", "name"))


def in_files(folder: Path) -> Sources:
    """Return what data files say (`types/`, `registers/`, `codes/divisions.json`), without a database."""
    kinds = [_type(raw) for raw in _documents(folder / "types")]
    registers = [_register(raw) for raw in _documents(folder / "registers")]
    return Sources({t.slug: t for t in kinds}, {r.name: r for r in registers}, _divisions(folder / "codes"))


def _documents(folder: Path) -> list[Any]:
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def _divisions(folder: Path) -> dict[str, str]:
    path = folder / "divisions.json"
    if not path.is_file():
        return {}
    rows = json.loads(path.read_text(encoding="utf-8"))["divisions"]
    return {row["code"]: row["name"] for row in rows}


def _parsed(parse: Callable[[Any], T], key: str, groups: Iterable[Iterable[Any]]) -> list[T]:
    found = []
    for group in groups:
        for at, raw in enumerate(group):
            try:
                found.append(parse(raw))
            except InvalidTree as error:
                raise error.under(f"{key}[{at}]") from error
    return found


def _type(raw: Mapping[str, Any]) -> TypeSource:
    given = types.parse(raw)
    return TypeSource(given.slug, given.name, given.holder_kind, given.version or 1, given.fields)


def _register(raw: Mapping[str, Any]) -> RegisterSource:
    given = defining.parse(raw)
    return RegisterSource(given.name, given.label, given.key, given.fields)
