"""What a grant produces, worked out from the edition's `result`, the facts and the outcome: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from approvals.deciding.plain import plain
from matters.editions import Compiled
from matters.format.results import FieldSource, ResultCertificate
from matters.format.templates import filled, placeholders
from rules.language.derived import derive
from rules.language.values import Facts, Value
from rules.language.vocabulary import FactType
from rules.wording.showing import shower


@dataclass(frozen=True, slots=True)
class Granting:
    """What the fields of a result may draw on."""

    compiled: Compiled
    facts: Facts
    outcome: Mapping[str, Value]
    on: date
    organisation_name: str = ""
    credit_code: str = ""

    def fact(self, name: str) -> Value | None:
        """Return a fact's value, None when it is unknown: an officer may grant what the machine could not read."""
        if name.startswith("derived."):
            derivations = self.compiled.vocabulary.derived
            fact = derive(self.facts, derivations=derivations, on=self.on).get(name)
        else:
            fact = self.facts.get(name)
        return None if fact is None or fact.missing else fact.value

    def worded(self, name: str) -> Value | None:
        """Return a fact's value for a sentence: codes and divisions by their names."""
        value, spec = self.fact(name), self.compiled.specs.get(name)
        if spec is None or not isinstance(value, str):
            return value
        names = self.compiled.vocabulary.divisions if spec.type is FactType.DIVISION else spec.codes or {}
        return names.get(value, value)


def values(granting: Granting) -> dict[str, object]:
    """Return the JSON fields of the certificate; `number` fields are filled by issuing."""
    fields = granting.compiled.package.result.certificate.fields
    found = {name: _value(source, granting) for name, source in fields.items() if not source.number}
    return {name: plain(value) for name, value in found.items() if value is not None}


def missing(granting: Granting) -> tuple[str, ...]:
    """Return the certificate fields nobody has a value for: an officer who grants has to supply them."""
    fields = granting.compiled.package.result.certificate.fields
    asked = {name: source for name, source in fields.items() if source.fact is not None}
    return tuple(name for name, source in asked.items() if _value(source, granting) in (None, ""))


def number_fields(compiled: Compiled) -> tuple[str, ...]:
    """Return the fields that repeat the certificate's own number."""
    fields = compiled.package.result.certificate.fields
    return tuple(name for name, source in fields.items() if source.number)


def _value(source: FieldSource, granting: Granting) -> Value | None:
    match source:
        case FieldSource(fact=str()):
            value = _fact(source, granting)
        case FieldSource(outcome=str(column)):
            value = granting.outcome.get(column)
        case FieldSource(text=str(text)):
            value = sentence(text, granting) if _whole(text, granting) or not source.otherwise else None
        case FieldSource(today=True):
            value = granting.on
        case FieldSource(first_of_next_month=True):
            value = first_of_next_month(granting.on)
        case FieldSource(valid_until=True):
            value = valid_until(granting.compiled.package.result.certificate, on=granting.on)
        case FieldSource(organisation="name"):
            value = granting.organisation_name
        case FieldSource(organisation="credit_code"):
            value = granting.credit_code
        case _:
            value = source.value
    return granting.fact(source.otherwise) if source.otherwise and value in (None, "") else value


def _whole(text: str, granting: Granting) -> bool:
    """Tell whether every fact a text names has a value."""
    names = [name for name in placeholders(text) if name in granting.compiled.specs]
    return all(granting.fact(name) is not None for name in names)


def _fact(source: FieldSource, granting: Granting) -> Value | None:
    value = granting.fact(source.fact or "")
    spec = granting.compiled.vocabulary.by_name.get(source.fact or "")
    if source.label and spec is not None and spec.codes and isinstance(value, str):
        return spec.codes.get(value, value)
    return value


def valid_until(certificate: ResultCertificate, *, on: date) -> date | None:
    """Return the last valid day, None for 长期."""
    if certificate.valid_days is not None:
        return on + timedelta(days=certificate.valid_days - 1)
    if certificate.valid_years is not None:
        return _years_later(on, certificate.valid_years) - timedelta(days=1)
    return certificate.valid_until


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)


def first_of_next_month(on: date) -> date:
    """Return the day from which a monthly benefit is paid."""
    return date(on.year + on.month // 12, on.month % 12 + 1, 1)


def sentence(text: str, granting: Granting) -> str:
    """Fill `{first_of_next_month}`, `{outcome.<column>}`, `{<fact>}`; what is unknown reads （以决定书为准）."""

    def value_of(name: str) -> str:
        if name == "first_of_next_month":
            first = first_of_next_month(granting.on)
            return f" {first.year} 年 {first.month} 月"
        column = name.removeprefix("outcome.")
        value = granting.outcome.get(column) if column != name else granting.fact(name)
        if value is None:
            return "（以决定书为准）"
        spec = granting.compiled.specs.get(name)
        return (
            in_words(value)
            if spec is None
            else shower(spec, vocabulary=granting.compiled.vocabulary, mask=False)(value)
        )

    return filled(text, value_of=value_of).strip()


def in_words(value: Value) -> str:
    """Return a value as a sentence shows it: whole amounts without decimals, dates in Chinese."""
    if isinstance(value, Decimal):
        return f" {value:,.0f} " if value == value.to_integral_value() else f" {value:,.2f} "
    if isinstance(value, date):
        return f" {value.year} 年 {value.month} 月 {value.day} 日"
    return str(value)
