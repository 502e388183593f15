"""A certificate's fields as a form: from the schema of its type, each box read back as the schema wants it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from portal.web.forms.widgets import DateBoxes
from rules import FactSpec, FactType
from rules.language.raw import Unreadable, value_of

LONGEST = 500
PREFIX = "field_"
_YES_NO = (("", "不填"), ("yes", "是"), ("no", "否"))


class FieldBox(forms.CharField):
    """One field of a certificate; its words are read as its specification says."""

    def __init__(self, spec: FactSpec, *, required: bool = False) -> None:
        self.spec, self.optional = spec, not required
        super().__init__(
            label=spec.label,
            required=required,
            max_length=LONGEST,
            widget=_widget(spec),
            error_messages={"required": f"请填写{spec.label}。"},
        )
        self.hint = f"单位：{spec.unit}" if spec.unit else ""

    def clean(self, value: Any) -> Any:
        """Return the value as the store keeps it, None for an empty box."""
        text = super().clean(value)
        if not text:
            return None
        raw = _raw(text, self.spec)
        try:
            value_of(raw, spec=self.spec)
        except Unreadable as error:
            raise ValidationError(_FAULTS.get(self.spec.type, "请核对内容。"), code="unreadable") from error
        return raw


_FAULTS = {
    FactType.DATE: "日期不存在，请核对年、月、日。",
    FactType.INTEGER: "请填写整数。",
    FactType.MONEY: "请填写金额，只用数字和小数点。",
    FactType.CODE: "请从列出的选项里选。",
}


class FieldsForm(forms.Form):
    """The fields of a type's current schema. Lists are not filled in here: they come with an import."""

    def __init__(
        self,
        *args: Any,
        specs: Mapping[str, FactSpec],
        required: Collection[str] = (),
        without: Collection[str] = (),
        **told: Any,
    ) -> None:
        """Make one box for each field but those that follow from others (`without`)."""
        super().__init__(*args, **told)
        for name, spec in specs.items():
            if spec.type is not FactType.LIST and name not in without:
                self.fields[PREFIX + name] = FieldBox(spec, required=name in required)

    @property
    def values(self) -> dict[str, Any]:
        """Return what was filled in, by field; empty boxes are left out."""
        filled = self.cleaned_data.items()
        return {
            key.removeprefix(PREFIX): value
            for key, value in filled
            if key.startswith(PREFIX) and value is not None
        }


def _widget(spec: FactSpec) -> forms.Widget:
    if spec.codes:
        return forms.Select(choices=[("", "不填"), *spec.codes.items()])
    if spec.type is FactType.BOOLEAN:
        return forms.Select(choices=_YES_NO)
    return DateBoxes() if spec.type is FactType.DATE else forms.TextInput()


def _raw(text: str, spec: FactSpec) -> Any:
    if spec.type is FactType.BOOLEAN:
        return {"yes": True, "no": False}.get(text)
    if spec.type is FactType.INTEGER:
        return int(text) if text.isascii() and text.lstrip("-").isdecimal() and len(text) < 16 else text
    if spec.type is FactType.DATE:
        return _day(text)
    return text


def _day(text: str) -> str:
    """Return three boxes as a day; what is none stays as it was typed."""
    try:
        year, month, day = (int(part) for part in text.split("-"))
        return date(year, month, day).isoformat()
    except ValueError:
        return text
