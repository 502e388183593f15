"""How another's answer reads as ours: where it says hit, where values stand, their names, codes and dates. As data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from rules.language.invalid import InvalidTree, refuse
from rules.language.raw import Unreadable, value_of
from rules.language.vocabulary import FactSpec, FactType, FieldSpec

Path = Annotated[str, Field(pattern=r"^[^.\s]{1,60}(\.[^.\s]{1,60}){0,5}$")]
Sign = str | int | bool
_PARTS = {"%Y": r"(?P<year>\d{4})", "%m": r"(?P<month>\d{2})", "%d": r"(?P<day>\d{2})"}
_WHOLE = re.compile(r"-?[0-9]{1,15}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class HitRule(_Strict):
    """Where the answer says whether anything was found, and the only signs that are believed."""

    at: Path
    found: Annotated[list[Sign], Field(min_length=1)]
    missing: Annotated[list[Sign], Field(min_length=1)]

    def read(self, document: Mapping[str, Any]) -> bool | None:
        """Return True for a hit, False for no hit, None when it says neither; "1", 1 and true are three signs."""
        try:
            said = at_path(document, self.at)
        except Unreadable:
            return None
        if any(_same(said, sign) for sign in self.found):
            return True
        return False if any(_same(said, sign) for sign in self.missing) else None


class FieldMap(_Strict):
    """One declared field: under which name it comes, and how its text becomes a value."""

    at: Path | None = None
    codes: dict[str, Any] | None = None
    date: str | None = None
    number: bool = False
    fields: dict[str, FieldMap] = Field(default_factory=dict)

    @field_validator("date")
    @classmethod
    def _names_a_day(cls, form: str | None) -> str | None:
        if form is not None and (
            sorted(re.findall(r"%.?", form)) != sorted(_PARTS) or re.search(r"[\d\s]", form)
        ):
            raise PydanticCustomError("rules_date", "日期格式应含 %Y、%m、%d 各一次，不含数字和空格")
        return form


class AnswerMap(_Strict):
    """The whole answer; empty, it reads as ours: {"hit": …, "values": {…}}."""

    hit: HitRule | None = None
    values: Path = "values"
    fields: dict[str, FieldMap] = Field(default_factory=dict)


def parse(document: object, *, specs: Mapping[str, FactSpec]) -> AnswerMap:
    """Return a mapping that fits the declared fields; raises InvalidTree with the path of each fault."""
    try:
        found = AnswerMap.model_validate(document)
    except ValidationError as error:
        refuse(error)
    problems = list(_problems(found.fields, specs, "fields"))
    if found.hit is not None and any(_same(a, b) for a in found.hit.found for b in found.hit.missing):
        problems.append(("hit.missing", "同一个值不能既表示查到又表示未查到"))
    if problems:
        raise InvalidTree(problems)
    return found


def _problems(
    maps: Mapping[str, FieldMap], specs: Mapping[str, FieldSpec], path: str
) -> Iterator[tuple[str, str]]:
    for name, one in maps.items():
        here, spec = f"{path}.{name}", specs.get(name)
        if spec is None:
            yield here, "不是这个数据来源的字段"
            continue
        if one.date is not None and spec.type is not FactType.DATE:
            yield f"{here}.date", "只有日期字段能写日期格式"
        if one.number and spec.type is not FactType.INTEGER:
            yield f"{here}.number", "只有整数字段能从文字读出"
        if sum((one.codes is not None, one.date is not None, one.number)) > 1:
            yield here, "代码表、日期格式和数字只能写一种"
        for code, value in (one.codes or {}).items():
            if not _fits(value, spec):
                yield f"{here}.codes.{code}", "值的类型不对"
        inner = spec.fields if isinstance(spec, FactSpec) else None
        if one.fields and inner is None:
            yield f"{here}.fields", "只有列表字段能写下级字段"
        elif inner is not None:
            yield from _problems(one.fields, inner, f"{here}.fields")


def _fits(value: object, spec: FieldSpec) -> bool:
    try:
        value_of(value, spec=spec)
    except Unreadable:
        return False
    return True


def of(answer: Mapping[str, Any]) -> AnswerMap:
    """Return the mapping of a stored register."""
    return _of(json.dumps(answer))


@lru_cache(maxsize=256)
def _of(answer: str) -> AnswerMap:
    return AnswerMap.model_validate(json.loads(answer))


def at_path(document: object, path: str) -> object:
    """Return what stands at a dotted path (a number counts in a list from 0); raises Unreadable for nothing there."""
    here = document
    for part in path.split("."):
        if isinstance(here, dict) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            raise Unreadable(path)
    return here


def taken(values: Mapping[str, Any], *, maps: Mapping[str, FieldMap], name: str, spec: FieldSpec) -> object:
    """Return a declared field in our form; raises KeyError where it is not there, Unreadable for what it says."""
    one = maps.get(name)
    if one is None:
        return values[name]
    try:
        raw = at_path(values, one.at or name)
    except Unreadable:
        raise KeyError(name) from None
    return _converted(raw, one, spec)


def _converted(raw: Any, one: FieldMap, spec: FieldSpec) -> object:
    if raw is None or raw == "":
        return None
    if one.codes is not None:
        return _coded(raw, one.codes)
    if one.date is not None:
        return _day(raw, one.date)
    if one.number and isinstance(raw, str):
        return _number(raw)
    if one.fields and isinstance(spec, FactSpec) and spec.fields is not None:
        return _entries(raw, one, spec.fields)
    return raw


def _entries(raw: object, one: FieldMap, specs: Mapping[str, FieldSpec]) -> list[dict[str, object]]:
    if not isinstance(raw, list) or not all(isinstance(entry, dict) for entry in raw):
        raise Unreadable("not a list")
    return [{name: _entry(entry, one, name, spec) for name, spec in specs.items()} for entry in raw]


def _entry(entry: Mapping[str, Any], one: FieldMap, name: str, spec: FieldSpec) -> object:
    try:
        return taken(entry, maps=one.fields, name=name, spec=spec)
    except KeyError:
        return None


def _coded(raw: object, codes: Mapping[str, Any]) -> object:
    sign = json.dumps(raw) if isinstance(raw, bool | int) else raw
    if not isinstance(sign, str) or sign not in codes:
        raise Unreadable("a code nobody told us")
    return codes[sign]


def _day(raw: object, form: str) -> str:
    match = _pattern(form).fullmatch(raw) if isinstance(raw, str) else None
    if match is None:
        raise Unreadable("not a date")
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"])).isoformat()
    except ValueError as error:
        raise Unreadable("not a date") from error


def _number(raw: str) -> int:
    if not _WHOLE.fullmatch(raw):
        raise Unreadable("not a number")
    return int(raw)


@lru_cache(maxsize=64)
def _pattern(form: str) -> re.Pattern[str]:
    worded = "".join(_PARTS.get(part, re.escape(part)) for part in re.split(r"(%.)", form))
    return re.compile(worded, re.ASCII)


def _same(said: object, sign: Sign) -> bool:
    return type(said) is type(sign) and said == sign
