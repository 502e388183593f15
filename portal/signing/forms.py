"""Codes of the moment, and recovery codes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts.models import User

WRONG = "口令不对，或者已经用过。请等手机上换出新的一组数字，再输一次。"
WRONG_NEW = "口令不对。请确认手机时间是自动设置的，等换出新的一组数字再输一次。"


class _CodeForm(forms.Form):
    """One field for six digits; also takes a recovery code of eight."""

    code = forms.CharField(
        label="动态口令",
        max_length=20,
        widget=forms.TextInput(
            {"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false"}
        ),
    )


class CodeForm(_CodeForm):
    """A code of somebody whose password was right; counted by django-axes like a password."""

    def __init__(self, request: HttpRequest, user: User, *args: Any) -> None:
        """Keep who is to prove themselves."""
        self.request, self.user = request, user
        super().__init__(*args)
        self.fields["code"].hint = "打开手机上的验证器，输入 6 位数字。手机不在身边，输入一个 8 位备用码。"  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """Use the code up."""
        code: str = self.cleaned_data["code"]
        if authenticate(self.request, username=self.user.get_username(), code=code) is None:
            raise forms.ValidationError(WRONG)
        return code

    @property
    def kind(self) -> str:
        """Return which kind of code it was."""
        return str(self.request.second_factor)  # type: ignore[attr-defined]  # accounts.signing.identity


class NewCodeForm(_CodeForm):
    """The first code of a phone that has just read the picture."""

    def __init__(self, *args: Any) -> None:
        """Say what to enter."""
        super().__init__(*args)
        self.fields["code"].hint = "验证器里现在显示的 6 位数字"  # type: ignore[attr-defined]
