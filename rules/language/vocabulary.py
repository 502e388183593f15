"""The typed, labelled names an edition's conditions may use; frozen with the edition at publication."""

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from rules.language.derived import Derivation, DerivedKind
from rules.language.invalid import read_strictly
from rules.language.tree import ITEM, ListName
from rules.language.values import LANGUAGE_VERSION, SourceKind
from rules.language.versions import LANGUAGES, Language


class FactType(StrEnum):
    """The types of the language; money is Decimal, list is a tuple of records."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"
    CODE = "code"
    DIVISION = "division"
    LIST = "list"


_DERIVED_UNITS = {
    DerivedKind.AGE: "周岁",
    DerivedKind.MONTHS_SINCE: "个月",
    DerivedKind.DAYS_SINCE: "天",
    DerivedKind.DAYS_UNTIL: "天",
    DerivedKind.WORKDAYS_SINCE: "个工作日",
    DerivedKind.WORKDAYS_UNTIL: "个工作日",
}
_ORIGIN_TYPES = {
    DerivedKind.COUNT: FactType.LIST,
    DerivedKind.SUM: FactType.LIST,
    DerivedKind.DIVISION_PREFIX: FactType.DIVISION,
}
_TYPE_NAMES = {FactType.DATE: "日期", FactType.LIST: "列表", FactType.DIVISION: "行政区划"}
_SOURCE_KINDS = {
    "cert": SourceKind.CERTIFICATE,
    "register": SourceKind.REGISTER,
    "form": SourceKind.FORM,
    "own": SourceKind.OWN,
    "derived": SourceKind.DERIVED,
    "applicant": SourceKind.APPLICANT,
}


class FieldSpec(BaseModel):
    """Type and words of one value; `true_text`/`false_text` say a boolean in words ("未查到死亡登记").

    `optional`: a certificate may be issued without it; what an edition freezes does not say so.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    type: FactType = Field(strict=False)
    label: Annotated[str, Field(min_length=1, max_length=60)]
    unit: str = ""
    codes: dict[str, str] | None = None
    personal: bool = False
    true_text: str = ""
    false_text: str = ""
    optional: bool = Field(default=False, exclude=True)


class FactSpec(FieldSpec):
    """One named fact; a list names its records' fields; `source_label` is what a citizen calls the source."""

    name: ListName
    fields: dict[str, FieldSpec] | None = None
    source_label: str = ""

    def model_post_init(self, _: Any, /) -> None:
        """Hold it to its type once, when it is made: a validator would run again in every vocabulary it is put in."""
        if (self.type is FactType.LIST) != (self.fields is not None):
            raise PydanticCustomError("rules_fields", "列表要写 fields，其他类型不能写 fields")
        if any(spec.type is FactType.LIST for spec in (self.fields or {}).values()):
            raise PydanticCustomError("rules_fields", "列表的字段不能再是列表")

    @property
    def source_kind(self) -> SourceKind:
        """Where facts of this name come from, told by the first part of the name."""
        return _SOURCE_KINDS[self.name.partition(".")[0]]


class Vocabulary(BaseModel):
    """Facts, derived facts and division names of one edition."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    specs: Annotated[tuple[FactSpec, ...], Field(strict=False)] = ()
    derived: Annotated[tuple[Derivation, ...], Field(strict=False)] = ()
    divisions: dict[str, str] = Field(default_factory=dict)
    version: str = ""
    language: int = LANGUAGE_VERSION

    @model_validator(mode="after")
    def _consistent(self) -> "Vocabulary":
        if self.language not in LANGUAGES:
            raise PydanticCustomError("rules_language", "条件语言的版本不受支持")
        names = [spec.name for spec in self.specs]
        for name in names:
            if name.startswith("derived."):
                message = "derived. 只能在 derived 里声明：{name}"
                raise PydanticCustomError("rules_name", message, {"name": name})
        _declared_in_order(names, self.derived)
        _follow_from_what_fits(self)
        return self

    @property
    def rules(self) -> Language:
        """What the version knows that these conditions were written in."""
        return LANGUAGES[self.language]

    @cached_property
    def by_name(self) -> dict[str, FactSpec]:
        """All facts by name, the derived ones with their computed type."""
        found = {spec.name: spec for spec in self.specs}
        for derivation in self.derived:
            found[derivation.name] = _derived_spec(derivation, found[derivation.of])
        return found

    def get(self, name: str, *, within: FactSpec | None = None) -> FieldSpec | None:
        """Return what is known of a name; `item.` names are looked up in the list `within`."""
        if name.startswith(ITEM):
            fields = within.fields if within else None
            return (fields or {}).get(name.removeprefix(ITEM))
        return self.by_name.get(name)


def _declared_in_order(names: list[str], derived: tuple[Derivation, ...]) -> None:
    known = set(names)
    if len(known) < len(names):
        doubled = next(name for name in names if names.count(name) > 1)
        raise PydanticCustomError("rules_name", "数据项重复：{name}", {"name": doubled})
    for derivation in derived:
        if not known.issuperset(derivation.origins) or derivation.name in known:
            message = "{name} 的来源不在前面的数据项里，或名称重复"
            raise PydanticCustomError("rules_name", message, {"name": derivation.name})
        known.add(derivation.name)


def _follow_from_what_fits(vocabulary: Vocabulary) -> None:
    """Refuse a derivation its version does not know, and one whose origin is of the wrong type."""
    for derivation in vocabulary.derived:
        message = _misfit(derivation, vocabulary)
        if message is not None:
            raise PydanticCustomError("rules_derived", "{name} " + message, {"name": derivation.name})


def _misfit(derivation: Derivation, vocabulary: Vocabulary) -> str | None:
    rules = vocabulary.rules
    if derivation.kind not in rules.kinds or (derivation.at is not None and not rules.gives_day):
        return "用到了这个版本的条件语言还没有的算法"
    if not rules.types_origins:
        return None
    wanted = _ORIGIN_TYPES.get(derivation.kind, FactType.DATE)
    if vocabulary.by_name[derivation.of].type is not wanted:
        return f"只能由{_TYPE_NAMES[wanted]}算出（of）"
    if derivation.at is not None and vocabulary.by_name[derivation.at].type is not FactType.DATE:
        return "的 at 应为日期"
    if derivation.kind is DerivedKind.SUM and _summed(derivation, vocabulary.by_name[derivation.of]) is None:
        return "要用 field 写明列表里的哪个金额"
    return None


def _summed(derivation: Derivation, origin: FactSpec) -> FieldSpec | None:
    spec = (origin.fields or {}).get(derivation.field or "")
    return spec if spec is not None and spec.type is FactType.MONEY else None


def _derived_spec(derivation: Derivation, origin: FactSpec) -> FactSpec:
    division = derivation.kind is DerivedKind.DIVISION_PREFIX
    summed = _summed(derivation, origin) if derivation.kind is DerivedKind.SUM else None
    unit = summed.unit if summed else _DERIVED_UNITS.get(derivation.kind, origin.unit)
    return FactSpec(
        name=derivation.name,
        type=FactType.DIVISION if division else summed.type if summed else FactType.INTEGER,
        label=derivation.label,
        unit=derivation.unit or unit,
        codes=origin.codes if division else None,
        source_label=origin.source_label,
    )


def parse_vocabulary(document: object) -> Vocabulary:
    """Return the vocabulary a JSON document says; raises InvalidTree."""
    return read_strictly(Vocabulary.model_validate, document)


def dump_vocabulary(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the JSON form, as an edition freezes it."""
    return vocabulary.model_dump(mode="json", exclude_defaults=True) | {"language": vocabulary.language}
