"""What an officer types in because no source had it: the gaps of the certificate a grant would issue."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django import forms
from django.db.models import F

from approvals import reviewing
from approvals.models import Application
from certificates import schemas
from certificates.models import TypeSchema
from matters import editions
from matters.editions import Compiled
from rules.language.vocabulary import FactSpec, FactType

PREFIX = "field_"


def gaps(application: Application) -> dict[str, forms.Field]:
    """Return name → form field for each certificate field that could not be read."""
    names = reviewing.missing_fields(application)
    if not names:
        return {}
    compiled = editions.compiled(application.edition)
    schema = TypeSchema.objects.select_related("type").get(
        type__slug=compiled.package.result.certificate.type, version=F("type__current_schema")
    )
    specs = schemas.of(schema)
    return {f"{PREFIX}{name}": _field(specs[name], compiled) for name in specs if name in names}


def supplied(cleaned: dict[str, object]) -> dict[str, object]:
    """Return the typed fields as the certificate's JSON holds them."""
    given = {name.removeprefix(PREFIX): value for name, value in cleaned.items() if name.startswith(PREFIX)}
    return {name: _plain(value) for name, value in given.items()}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _field(spec: FactSpec, compiled: Compiled) -> forms.Field:
    field = _control(spec, compiled)
    field.label = spec.label
    field.error_messages["required"] = f"请填写{spec.label}：系统没有取得，证照上要有。"
    field.hint = "系统没有取得，请按核实的情况填写。"  # type: ignore[attr-defined]  # read by portal.web.forms.fields
    return field


def _control(spec: FactSpec, compiled: Compiled) -> forms.Field:
    match spec.type:
        case FactType.DIVISION:
            return _choice(sorted(compiled.vocabulary.divisions.items()))
        case FactType.CODE:
            return _choice(list((spec.codes or {}).items()))
        case FactType.BOOLEAN:
            words = [("true", spec.true_text or "是"), ("", spec.false_text or "否")]
            return forms.TypedChoiceField(choices=words, coerce=bool, required=False)
    return _TYPED.get(spec.type, forms.CharField)()


_TYPED: dict[FactType, type[forms.Field]] = {
    FactType.DATE: forms.DateField,
    FactType.INTEGER: forms.IntegerField,
    FactType.MONEY: forms.DecimalField,
}


def _choice(known: list[tuple[str, str]]) -> forms.Field:
    return forms.ChoiceField(choices=[("", "请选择"), *known])
