"""Certificate types as data (GB/T 36902): one JSON each, strictly read, kept as immutable schema versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from certificates import schemas
from certificates.models import CertificateType, TypeSchema
from common.identifiers import InvalidIdentifier, credit_code, type_code
from rules.language.invalid import InvalidTree, parse_files, refuse

_FIXED = ("code", "holder_kind", "exclusive")
_TOLD = ("name", "definer_name", "icon")
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class TypeDefinition(BaseModel):
    """A type as its JSON says it; without `version`, changed fields make the next one."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    code: str
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    holder_kind: Literal["person", "organisation"]
    exclusive: bool = True
    definer_name: Annotated[str, Field(min_length=1, max_length=80)]
    icon: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "certificate"
    version: Annotated[int, Field(ge=1, le=32000)] | None = None
    fields: Annotated[dict[FieldName, dict[str, Any]], Field(min_length=1)]

    @field_validator("code")
    @classmethod
    def _is_type_code(cls, code: str) -> str:
        try:
            credit_code(type_code(code)[:18])
        except InvalidIdentifier as error:
            raise PydanticCustomError("rules_code", "{message}", {"message": error.message}) from None
        return code


@dataclass(slots=True)
class Report:
    """What loading did, by slug."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


def parse(document: object) -> TypeDefinition:
    """Return a definition, its fields checked too; raises InvalidTree with the path of each fault."""
    try:
        definition = TypeDefinition.model_validate(document)
    except ValidationError as error:
        refuse(error)
    schemas.parse(definition.slug, definition.fields)
    return definition


def load_types(paths: Iterable[Path]) -> Report:
    """Read all files first, then store them in one transaction; raises InvalidTree naming each file."""
    definitions = parse_files(paths, parse=parse)
    report = Report()
    with transaction.atomic():
        for definition in definitions:
            getattr(report, save(definition)).append(definition.slug)
    return report


@transaction.atomic  # with a savepoint: an importer goes on after a refusal, to name every fault
def save(definition: TypeDefinition | Mapping[str, Any]) -> Literal["created", "changed", "unchanged"]:
    """Store a type; idempotent. Changed fields make a new schema version, stored ones never change."""
    given = definition if isinstance(definition, TypeDefinition) else parse(definition)
    kind = CertificateType.objects.select_for_update().filter(slug=given.slug).first()
    if kind is None:
        _create(given)
        return "created"
    _refuse_other_kind(kind, given)
    changed = _retell(kind, given)
    changed |= _add_schema(kind, given)
    if changed:
        kind.save()
    return "changed" if changed else "unchanged"


def _create(given: TypeDefinition) -> None:
    if CertificateType.objects.filter(code=given.code).exists():
        raise InvalidTree([("code", "这个证照类型代码已用于另一种证照")])
    version = given.version or 1
    told = {name: getattr(given, name) for name in (*_FIXED, *_TOLD)}
    kind = CertificateType.objects.create(slug=given.slug, current_schema=version, **told)
    TypeSchema.objects.create(type=kind, version=version, fields=given.fields, order=list(given.fields))


def _refuse_other_kind(kind: CertificateType, given: TypeDefinition) -> None:
    differing = [name for name in _FIXED if getattr(kind, name) != getattr(given, name)]
    if differing:
        raise InvalidTree([(name, "已登记的证照类型不能改这一项") for name in differing])


def _retell(kind: CertificateType, given: TypeDefinition) -> bool:
    differing = [name for name in _TOLD if getattr(kind, name) != getattr(given, name)]
    for name in differing:
        setattr(kind, name, getattr(given, name))
    return bool(differing)


def _add_schema(kind: CertificateType, given: TypeDefinition) -> bool:
    """Add a schema version where the fields are new; a version already stored must have the same fields."""
    stored = dict(kind.schemas.order_by("version").values_list("version", "fields"))
    version = given.version or kind.current_schema
    if stored.get(version) == given.fields:
        return False
    if given.version is None:
        version = max(stored) + 1
    elif version in stored:
        raise InvalidTree([("version", f"第 {version} 版的字段已经登记，改了字段请把 version 加 1")])
    TypeSchema.objects.create(type=kind, version=version, fields=given.fields, order=list(given.fields))
    kind.current_schema = max(version, kind.current_schema)
    return True
