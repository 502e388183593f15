"""Looking a name up in facts or a list record: a readable value, known empty, or unknown with a reason."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from rules.language.comparing import reader
from rules.language.tree import ITEM
from rules.language.values import Fact, Facts, Source, SourceKind, UnknownReason
from rules.language.vocabulary import FactSpec, FieldSpec, Vocabulary
from rules.wording.numbers import number_shower
from rules.wording.phrases import PHRASES
from rules.wording.showing import reason_text, shower

Item: TypeAlias = Mapping[str, Any]
NO_ITEM: Item = {}
# (form to compare, value to show, reason when unknown, source); no form and no reason: known to be empty.
Look: TypeAlias = tuple[Any, Any, UnknownReason | None, Source | None]


class Operand:
    """One name as a comparison reads and shows it."""

    __slots__ = ("_kind", "_name", "_read", "_source", "label", "show")

    def __init__(self, name: str, spec: FieldSpec, *, vocabulary: Vocabulary) -> None:
        """Work out reader, words and default source once."""
        self.label = spec.label
        told = (
            number_shower(name, spec, vocabulary=vocabulary) if PHRASES[vocabulary.language].plain else None
        )
        self.show = told or shower(spec, vocabulary=vocabulary)
        self._name = name
        self._read = reader(spec)
        self._source = default_source(name, spec)
        self._kind = self._source.kind if self._source else SourceKind.FORM

    def look(self, facts: Facts, _item: Item) -> Look:
        """Return what the name holds; a value of the wrong type is UNREADABLE, never an exception."""
        fact = facts.get(self._name)
        if type(fact) is not Fact or fact.missing is not None:
            _, reason, source = look_up(facts, self._name, self._source)
            return None, None, reason, source
        value, source = fact.value, fact.source or self._source
        if value is None or (type(value) is str and (not value or value.isspace())):
            return None, None, None, source
        form = self._read(value)
        return form, value, None if form is not None else UnknownReason.UNREADABLE, source

    def say(self, form: Any, value: Any, reason: UnknownReason | None) -> str:
        """Return what was seen in Chinese."""
        return self.show(value) if form is not None else seen_nothing(reason, self._kind)


class ItemOperand(Operand):
    """A field of the list record in hand."""

    __slots__ = ()

    def look(self, _facts: Facts, item: Item) -> Look:
        """See Operand."""
        value, reason = look_in(item, self._name)
        if value is None:
            return None, None, reason, None
        form = self._read(value)
        return form, value, None if form is not None else UnknownReason.UNREADABLE, None


def operand(name: str, spec: FieldSpec, *, vocabulary: Vocabulary) -> Operand:
    """Return the operand of a name: a fact, or a field of a list record."""
    if name.startswith(ITEM):
        return ItemOperand(name.removeprefix(ITEM), spec, vocabulary=vocabulary)
    return Operand(name, spec, vocabulary=vocabulary)


def seen_nothing(reason: UnknownReason | None, kind: SourceKind) -> str:
    """Return what is said where there is no value: why, or that it is known to be empty."""
    if reason is not None:
        return reason_text(reason, kind)
    return "未填写" if kind is SourceKind.FORM else "无"


def look_up(
    facts: Facts, name: str, source: Source | None
) -> tuple[Any, UnknownReason | None, Source | None]:
    """Return (value, reason, source) of a named fact, whatever the mapping holds."""
    fact = facts.get(name)
    if type(fact) is not Fact:
        return None, UnknownReason.NOT_ASKED if fact is None else UnknownReason.UNREADABLE, source
    if fact.missing is not None:
        return None, _reason(fact.missing), fact.source or source
    return _unless_blank(fact.value), None, fact.source or source


def look_in(item: Item, field: str) -> tuple[Any, UnknownReason | None]:
    """Return (value, reason) of a field of a list record; a field the record lacks was not asked."""
    value = item.get(field, UnknownReason.NOT_ASKED)
    if isinstance(value, UnknownReason):
        return None, value
    return _unless_blank(value), None


def default_source(name: str, spec: FieldSpec | None) -> Source | None:
    """Return the source to name when a fact is missing altogether."""
    if not isinstance(spec, FactSpec):
        return None
    return Source(spec.source_kind, name, spec.source_label or spec.label)


def _reason(missing: object) -> UnknownReason:
    return missing if isinstance(missing, UnknownReason) else UnknownReason.UNREADABLE


def _unless_blank(value: Any) -> Any:
    return None if type(value) is str and (not value or value.isspace()) else value
