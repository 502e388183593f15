"""Widgets Django lacks: a date in three boxes, easier than a calendar for a day of birth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict


class DateBoxes(forms.MultiWidget):
    """Year, month, day as three text boxes; hands one `2026-08-20` to a DateField."""

    template_name = "components/form/dateboxes.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        """Make three boxes that bring up the number keys of a phone."""
        box = {"inputmode": "numeric", "autocomplete": "off"}
        widgets: dict[str, forms.Widget | type[forms.Widget]] = {
            "year": forms.TextInput({**box, "class": "input input--year", "maxlength": 4}),
            "month": forms.TextInput({**box, "class": "input input--pair", "maxlength": 2}),
            "day": forms.TextInput({**box, "class": "input input--pair", "maxlength": 2}),
        }
        super().__init__(widgets, attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Split a date, or a text that did not become one, into three."""
        if isinstance(value, date):
            return [value.year, value.month, value.day]
        parts = str(value).split("-") if value else []
        return [*parts, "", "", ""][:3]

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        """Join the boxes; all empty is nothing, anything else is for DateField to judge."""
        parts = [str(part or "").strip() for part in super().value_from_datadict(data, files, name)]
        return "-".join(parts) if any(parts) else ""
