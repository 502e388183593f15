"""What the fields of a certificate type mean, and whether given values fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from certificates.errors import InvalidFields, UnknownType
from certificates.models import CertificateType, TypeSchema
from common.identifiers import InvalidIdentifier, resident_id
from common.statements.worded import Select
from rules.language.invalid import InvalidTree, problems_in
from rules.language.raw import Unreadable, value_of
from rules.language.vocabulary import FactSpec, FactType, FieldSpec

Values = Mapping[str, Any]
_KINDS = Select(CertificateType.objects.all)


def parse(slug: str, fields: Mapping[str, Any]) -> dict[str, FactSpec]:
    """Return the specification of every field; raises InvalidTree with the path of each fault."""
    found: dict[str, FactSpec] = {}
    problems: list[tuple[str, str]] = []
    for name, raw in fields.items():
        try:
            found[name] = FactSpec.model_validate({**raw, "name": f"cert.{slug}.{name}"})
        except ValidationError as error:
            problems += InvalidTree(problems_in(error)).under(f"fields.{name}").problems
    if problems:
        raise InvalidTree(problems)
    return found


def kinds(slugs: Collection[str]) -> dict[str, CertificateType]:
    """Return certificate types by slug, or raise UnknownType."""
    found = {kind.slug: kind for kind in _KINDS.rows("WHERE slug = ANY(%s)", [list(slugs)])}
    for slug in sorted(set(slugs) - found.keys()):
        raise UnknownType(slug)
    return found


def of(schema: TypeSchema) -> dict[str, FactSpec]:
    """Return the fields of a stored schema in the order of its card. It never changes: parsed once a process."""
    parsed = _parsed.get(schema.pk)
    if parsed is None:
        parsed = _parsed[schema.pk] = parse(
            schema.type.slug, {name: schema.fields[name] for name in schema.order or schema.fields}
        )
    return parsed


def of_version(kind: CertificateType, version: int) -> dict[str, FactSpec]:
    """Return the fields of a stored version of a type, read and parsed once a process."""
    found = _versions.get((kind.pk, version))
    if found is None:
        schema = TypeSchema.objects.select_related("type").get(type=kind, version=version)
        found = _versions[kind.pk, version] = of(schema)
    return found


_parsed: dict[int, dict[str, FactSpec]] = {}
_versions: dict[tuple[int, int], dict[str, FactSpec]] = {}


def check(values: Values, *, specs: Mapping[str, FactSpec]) -> None:
    """Raise InvalidFields unless every value has its field's type. A field may be missing: not every card has it."""
    faults = {name: fault for name, value in values.items() if (fault := _fault(value, specs.get(name)))}
    if faults:
        raise InvalidFields(faults)


def _fault(value: object, spec: FactSpec | None) -> str | None:
    if spec is None:
        return "这类证照没有这一项"
    try:
        value_of(value, spec=spec)
    except Unreadable:
        return f"“{spec.label}”的内容不符合规定的类型"
    return None


def required(specs: Mapping[str, FactSpec]) -> frozenset[str]:
    """Return the fields a new certificate may not be without. Lists and yes-or-no may always be empty."""
    return frozenset(
        name
        for name, spec in specs.items()
        if not spec.optional and spec.type not in {FactType.LIST, FactType.BOOLEAN}
    )


def check_number(number: str) -> None:
    """Raise InvalidFields for a number that is a resident ID: certificate numbers stand in clear (PIPL art. 51)."""
    if _is_resident_id(number):
        raise InvalidFields({"number": "证照编号不能是公民身份号码"})


def _is_resident_id(number: str) -> bool:
    try:
        resident_id(number)
    except InvalidIdentifier:
        return False
    return True


_JSON: dict[FactType, dict[str, Any]] = {
    FactType.TEXT: {"type": "string"},
    FactType.INTEGER: {"type": "integer"},
    FactType.MONEY: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
    FactType.DATE: {"type": "string", "format": "date"},
    FactType.BOOLEAN: {"type": "boolean"},
    FactType.CODE: {"type": "string"},
    FactType.DIVISION: {"type": "string"},
    FactType.LIST: {"type": "array"},
}


def json_schema(kind: CertificateType, *, version: int) -> dict[str, Any]:
    """Return what the fields of a version may be as JSON Schema 2020-12; `x-` keys say what that has no word for.

    A field may be missing, or null: not every old paper has it; what is issued by hand has all that
    `x-required-when-issued` names. Amounts are written as text, never as a fraction.
    """
    specs = of_version(kind, version)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:certificate-type:{kind.code}:{version}",
        "title": kind.name,
        "type": "object",
        "additionalProperties": False,
        "x-required-when-issued": sorted(required(specs)),
        "properties": {name: _property(spec) for name, spec in specs.items()},
    }


def _property(spec: FieldSpec) -> dict[str, Any]:
    told: dict[str, Any] = {"title": spec.label, **_JSON[spec.type], "x-fact-type": str(spec.type)}
    told["type"] = [told["type"], "null"]
    if spec.codes:
        told["enum"] = [*spec.codes, None]
        told["x-words"] = dict(spec.codes)
    if isinstance(spec, FactSpec) and spec.fields is not None:
        inner = {name: _property(one) for name, one in spec.fields.items()}
        told["items"] = {"type": "object", "properties": inner}
    if spec.unit:
        told["x-unit"] = spec.unit
    if spec.personal:
        told["x-personal"] = True
    return told
