"""Certificate types as data (GB/T 36902): one JSON each, strictly read, kept as immutable schema versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from accounts import actors
from accounts.models import Post
from certificates import schemas
from certificates.models import CertificateType, TypeSchema
from certificates.states import TrustLevel, TypeKind
from common.identifiers import InvalidIdentifier, credit_code, type_code
from records.journal import Note, note_many
from rules.language.invalid import InvalidTree, parse_files, refuse

_FIXED = ("code", "holder_kind", "exclusive")
_TOLD = ("name", "definer_name", "icon")
_RULES = ("kind", "trust_level", "issuers", "validity", "lookup", "copies")
Change = Literal["created", "changed", "unchanged"]
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Validity(_Strict):
    """How the last valid day follows. `term` is that long, `at_most` no longer, `forever` has none, `given` any."""

    rule: Literal["given", "forever", "term", "at_most"]
    years: Annotated[int, Field(ge=1, le=100)] | None = None
    months: Annotated[int, Field(ge=1, le=1200)] | None = None

    @model_validator(mode="after")
    def _says_how_long(self) -> Validity:
        if (self.rule in {"term", "at_most"}) != ((self.years or self.months) is not None):
            raise PydanticCustomError("rules_validity", "term、at_most 要写 years 或 months，其他的不写")
        return self


class Lookup(_Strict):
    """Who may look without the holder's consent (依职能查验), at which fields, and by which law.

    `departments` narrows it to bodies by their codes; `told: false` where a law forbids to tell the holder.
    """

    roles: Annotated[tuple[Annotated[Post.Role, Field(strict=False)], ...], Field(min_length=1, strict=False)]
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, strict=False)]
    basis: Annotated[str, Field(min_length=4, max_length=200)]
    departments: Annotated[tuple[str, ...], Field(min_length=1, strict=False)] | None = None
    told: Literal[False] | None = None


class Copies(_Strict):
    """For how many days an annotated copy (加注件) may be used."""

    days: Annotated[int, Field(ge=1, le=366)]


class TypeDefinition(_Strict):
    """A type as its JSON says it; without `version`, changed fields make the next one."""

    code: str
    slug: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    name: Annotated[str, Field(min_length=1, max_length=80)]
    holder_kind: Literal["person", "organisation", "either"]
    exclusive: bool = True
    definer_name: Annotated[str, Field(min_length=1, max_length=80)]
    icon: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")] = "certificate"
    kind: Annotated[TypeKind, Field(strict=False)] = TypeKind.LICENCE
    trust_level: Annotated[TrustLevel, Field(strict=False)] = TrustLevel.A
    issuers: Annotated[tuple[str, ...], Field(strict=False)] = ()
    validity: Validity = Validity(rule="given")
    lookup: Lookup | None = None
    copies: Copies | None = None
    version: Annotated[int, Field(ge=1, le=32000)] | None = None
    fields: Annotated[dict[FieldName, dict[str, Any]], Field(min_length=1)]

    @field_validator("code")
    @classmethod
    def _is_type_code(cls, code: str) -> str:
        _check_code(code, whole=True)
        return code

    @field_validator("issuers")
    @classmethod
    def _are_credit_codes(cls, issuers: tuple[str, ...]) -> tuple[str, ...]:
        for one in issuers:
            _check_code(one)
        return issuers

    @model_validator(mode="after")
    def _lookup_names_fields(self) -> TypeDefinition:
        if unknown := [
            name for name in (self.lookup.fields if self.lookup else ()) if name not in self.fields
        ]:
            message = "lookup 里的“{name}”不在 fields 里"
            raise PydanticCustomError("rules_lookup", message, {"name": unknown[0]})
        return self

    @property
    def rules(self) -> dict[str, Any]:
        """Return what the document says of issuing and looking up, as the store keeps it.

        A key that is left out stays as it is stored: a package may bring a type along without knowing its rules.
        """
        told = self.model_dump(mode="json", include=set(_RULES), exclude_none=True)
        whole = {"lookup": {}, "copies": {}} | told
        return {name: whole[name] for name in _RULES if name in self.model_fields_set}


def _check_code(code: str, *, whole: bool = False) -> None:
    try:
        credit_code(type_code(code)[:18] if whole else code)
    except InvalidIdentifier as error:
        raise PydanticCustomError("rules_code", "{message}", {"message": error.message}) from None


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
    for definition, change in zip(definitions, save_many(definitions), strict=True):
        getattr(report, change).append(definition.slug)
    return report


def save(definition: TypeDefinition | Mapping[str, Any]) -> Change:
    """Store one type; see `save_many`."""
    return save_many([definition if isinstance(definition, TypeDefinition) else parse(definition)])[0]


@transaction.atomic  # with a savepoint: an importer goes on after a refusal, to name every fault
def save_many(definitions: Sequence[TypeDefinition]) -> list[Change]:
    """Store types in a fixed number of statements; idempotent. What was made of each, in the order given.

    Changed fields make a new schema version, stored ones never change. Raises InvalidTree.
    """
    _refuse_doubles(definitions)
    known = _known(definitions)
    plans = [_plan(given, known.get(given.slug)) for given in definitions]
    created = [plan.type for plan in plans if plan.change == "created"]
    CertificateType.objects.bulk_create(created)
    changed = [plan.type for plan in plans if plan.change == "changed"]
    CertificateType.objects.bulk_update(changed, [*_TOLD, *_RULES, "current_schema"])
    TypeSchema.objects.bulk_create([plan.schema for plan in plans if plan.schema is not None])
    note_many([_note(plan) for plan in plans if plan.change != "unchanged"])
    return [plan.change for plan in plans]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What becomes of one definition: the row, and the version of its fields that is new."""

    change: Change
    type: CertificateType
    schema: TypeSchema | None = None


def _note(plan: _Plan) -> Note:
    """Tell the rules as they stand from now on: the database takes no others."""
    told = {name: getattr(plan.type, name) for name in (*_TOLD, *_RULES, "current_schema")}
    stream, act = f"certificate_type:{plan.type.slug}", f"certificate_type_{plan.change}"
    return Note(stream=stream, act=act, actor=actors.SYSTEM, subject=plan.type.code, details=told)


def _refuse_doubles(definitions: Sequence[TypeDefinition]) -> None:
    """Refuse one name twice, and a code that another type has."""
    if len({given.slug for given in definitions}) < len(definitions):
        raise InvalidTree([("slug", "同一种证照写了两次")])
    slugs = {given.code: given.slug for given in definitions}
    taken = dict(CertificateType.objects.filter(code__in=slugs).values_list("code", "slug"))
    if len(slugs) < len(definitions) or any(slugs[code] != slug for code, slug in taken.items()):
        raise InvalidTree([("code", "这个证照类型代码已用于另一种证照")])


def _known(definitions: Sequence[TypeDefinition]) -> dict[str, CertificateType]:
    """Return the stored types by slug, locked, with their schemas read."""
    rows = CertificateType.objects.select_for_update().filter(slug__in=[given.slug for given in definitions])
    return {kind.slug: kind for kind in rows.prefetch_related("schemas").order_by("pk")}


def _plan(given: TypeDefinition, kind: CertificateType | None) -> _Plan:
    if kind is None:
        version = given.version or 1
        told = {name: getattr(given, name) for name in (*_FIXED, *_TOLD)} | given.rules
        kind = CertificateType(slug=given.slug, current_schema=version, **told)
        return _Plan("created", kind, _schema(kind, given, version))
    _refuse_other_kind(kind, given)
    told = {name: getattr(given, name) for name in _TOLD} | given.rules
    differs = any(getattr(kind, name) != value for name, value in told.items())
    for name, value in told.items():
        setattr(kind, name, value)
    schema = _new_schema(kind, given)
    return _Plan("changed" if differs or schema is not None else "unchanged", kind, schema)


def _refuse_other_kind(kind: CertificateType, given: TypeDefinition) -> None:
    differing = [name for name in _FIXED if getattr(kind, name) != getattr(given, name)]
    if differing:
        raise InvalidTree([(name, "已登记的证照类型不能改这一项") for name in differing])


def _new_schema(kind: CertificateType, given: TypeDefinition) -> TypeSchema | None:
    """Return a schema version where the fields are new; a version already stored must have the same fields."""
    stored = {schema.version: schema.fields for schema in kind.schemas.all()}
    version = given.version or kind.current_schema
    if stored.get(version) == given.fields:
        return None
    if given.version is None:
        version = max(stored) + 1
    elif version in stored:
        raise InvalidTree([("version", f"第 {version} 版的字段已经登记，改了字段请把 version 加 1")])
    kind.current_schema = max(version, kind.current_schema)
    return _schema(kind, given, version)


def _schema(kind: CertificateType, given: TypeDefinition, version: int) -> TypeSchema:
    return TypeSchema(type=kind, version=version, fields=given.fields, order=list(given.fields))
