"""What a clerk fills in at a window."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms

LAST_WINDOW = 999


class WindowForm(forms.Form):
    """Which window: digits as they were typed, full-width ones too."""

    number = forms.CharField(
        label="窗口号",
        max_length=8,
        help_text="就是窗口上方牌子上的号码，只填数字。",
        error_messages={"required": "请填写窗口号。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "autofocus": True}),
    )

    def clean_number(self) -> Any:
        """Return the number; a window has one from 1 on."""
        told = unicodedata.normalize("NFKC", self.cleaned_data["number"]).strip().removesuffix("号")
        if not (told.isascii() and told.isdecimal() and 1 <= int(told) <= LAST_WINDOW):
            raise forms.ValidationError(f"窗口号是 1 到 {LAST_WINDOW} 的数字，请核对。", code="invalid")
        return int(told)
