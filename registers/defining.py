"""Registers as data: one JSON each, or part of a matter package; strictly read, stored idempotently."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from django.db import transaction
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import PydanticCustomError

from registers import mapping, selectors
from registers.models import Register
from rules.language.invalid import InvalidTree, parse_files, problems_in, refuse
from rules.language.raw import Unreadable, value_of
from rules.language.vocabulary import FactSpec

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, Field(min_length=1, max_length=200)]
Variable = Annotated[str, Field(pattern=r"^[A-Z0-9_]{0,60}$")]
FactName = Annotated[str, Field(pattern=r"^(applicant|form|cert|own|derived)\.[a-z0-9_.-]{1,120}$")]
FOUND = "found"
Done = Literal["created", "changed", "unchanged"]


class RegisterDefinition(BaseModel):
    """A register as its JSON says it; times in milliseconds."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    label: Annotated[str, Field(min_length=1, max_length=60)]
    provider: Annotated[str, Field(min_length=1, max_length=80)]
    basis: Words
    adapter: Literal["http_json"] = "http_json"
    path: Annotated[str, Field(pattern=r"^/[A-Za-z0-9_./-]{1,199}$")]
    base_url: str = ""
    key: Annotated[dict[Name, FactName], Field(min_length=1)]
    fields: Annotated[dict[Name, dict[str, Any]], Field(min_length=1)]
    no_hit: dict[Name, Any] = Field(default_factory=dict)
    timeout_ms: Annotated[int, Field(ge=50, le=10_000)] = 1500
    attempts: Annotated[int, Field(ge=1, le=5)] = 2
    backoff_ms: Annotated[int, Field(ge=0, le=2_000)] = 30
    cache_seconds: Annotated[int, Field(ge=0, le=86_400)] = 0
    breaker_failures: Annotated[int, Field(ge=0, le=100)] = 5
    breaker_window_seconds: Annotated[int, Field(ge=1, le=3_600)] = 60
    breaker_pause_seconds: Annotated[int, Field(ge=1, le=3_600)] = 15
    secret_name: Variable = ""
    signing_key_name: Variable = ""
    client_certificate_name: Variable = ""
    client_key_name: Variable = ""
    authority_name: Variable = ""
    answer: dict[str, Any] = Field(default_factory=dict)

    @field_validator("base_url")
    @classmethod
    def _is_http(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if base_url and (
            parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.username
        ):
            raise PydanticCustomError("rules_url", "base_url 应以 http:// 或 https:// 开头，不带账号和参数")
        return base_url

    @model_validator(mode="after")
    def _proves_itself_wholly(self) -> Self:
        if bool(self.client_certificate_name) != bool(self.client_key_name):
            raise PydanticCustomError("rules_pair", "client_certificate_name 和 client_key_name 要一起写")
        if (self.client_certificate_name or self.authority_name) and self.base_url.startswith("http://"):
            raise PydanticCustomError("rules_tls", "写了证书的数据来源，base_url 应以 https:// 开头")
        return self


def specs(name: str, fields: Mapping[str, Any]) -> dict[str, FactSpec]:
    """Return the specification of every answer field; raises InvalidTree with the path of each fault."""
    found: dict[str, FactSpec] = {}
    problems: list[tuple[str, str]] = []
    for field, raw in fields.items():
        try:
            found[field] = FactSpec.model_validate({**raw, "name": f"register.{name}.{field}"})
        except ValidationError as error:
            problems += InvalidTree(problems_in(error)).under(f"fields.{field}").problems
    if problems:
        raise InvalidTree(problems)
    return found


def parse(document: object) -> RegisterDefinition:
    """Return a definition; raises InvalidTree with the path of each fault."""
    try:
        definition = RegisterDefinition.model_validate(document)
    except ValidationError as error:
        refuse(error)
    known = specs(definition.name, definition.fields)
    if FOUND in known:
        raise InvalidTree([(f"fields.{FOUND}", "这个名称由系统填写，不能作字段名")])
    wrong = [name for name, value in definition.no_hit.items() if not _fits(value, known.get(name))]
    if wrong:
        raise InvalidTree([(f"no_hit.{name}", "不是这个数据来源的字段，或者值的类型不对") for name in wrong])
    try:
        mapping.parse(definition.answer, specs=known)
    except InvalidTree as error:
        raise error.under("answer") from error
    return definition


def _fits(value: object, spec: FactSpec | None) -> bool:
    try:
        if spec is None:
            return False
        value_of(value, spec=spec)
    except Unreadable:
        return False
    return True


@transaction.atomic  # with a savepoint: an importer goes on after a refusal, to name every fault
def save(definition: RegisterDefinition | Mapping[str, Any]) -> Done:
    """Store a register under its name; idempotent. Raises InvalidTree."""
    given = definition if isinstance(definition, RegisterDefinition) else parse(definition)
    selectors.forget(given.name)
    wanted = given.model_dump()
    stored = Register.objects.select_for_update().filter(name=given.name).first()
    if stored is None:
        Register.objects.create(**wanted)
        return "created"
    if all(getattr(stored, name) == value for name, value in wanted.items()):
        return "unchanged"
    for name, value in wanted.items():
        setattr(stored, name, value)
    stored.save()
    return "changed"


def load_registers(paths: Iterable[Path]) -> dict[str, Done]:
    """Read all files first, then store them in one transaction; raises InvalidTree naming each file."""
    definitions = parse_files(paths, parse=parse)
    with transaction.atomic():
        return {definition.name: save(definition) for definition in definitions}
