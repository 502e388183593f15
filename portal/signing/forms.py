"""Codes of the moment, recovery codes, and a new password."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.http import HttpRequest

from accounts.models import User
from accounts.signing import lockouts

WRONG = "口令不对，或者已经用过。请等手机上换出新的一组数字，再输一次。"
WRONG_NEW = "口令不对。请确认手机时间是自动设置的，等换出新的一组数字再输一次。"


# What Django's validators (settings.AUTH_PASSWORD_VALIDATORS) find → our words
WEAK = {
    "password_too_short": "新密码太短了，至少要 {min_length} 个字符。可以用几个不相干的词连起来，好记又难猜。",
    "password_too_common": "这个密码用的人太多，容易被猜到。请换一个。",
}
WEAK_SOMEHOW = "这个密码不够安全，请换一个。"


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


def _password(label: str, *, kind: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=200, strip=False, widget=forms.PasswordInput({"autocomplete": kind})
    )


def _weak(fault: forms.ValidationError) -> str:
    return WEAK.get(str(fault.code), WEAK_SOMEHOW).format_map(fault.params or {})


class PasswordForm(forms.Form):
    """The old password, and the new one twice. A wrong old one is counted by django-axes like a sign-in."""

    old = _password("现在的密码", kind="current-password")
    new = _password("新密码", kind="new-password")
    again = _password("再输一次新密码", kind="new-password")

    def __init__(self, request: HttpRequest, user: User, *args: Any) -> None:
        """Keep whose it is."""
        self.request, self.user = request, user
        super().__init__(*args)
        least = next(
            one.min_length for one in get_default_password_validators() if hasattr(one, "min_length")
        )
        self.fields["new"].hint = f"至少 {least} 个字符，不要和别的网站一样。"  # type: ignore[attr-defined]

    def clean_old(self) -> str:
        """Refuse who does not know it."""
        old: str = self.cleaned_data["old"]
        if authenticate(self.request, username=self.user.get_username(), password=old) is None:
            raise forms.ValidationError("现在的密码不对，请再输一次。")
        lockouts.was_right(self.request)  # also where the new one is refused
        return old

    def clean_new(self) -> str:
        """Refuse a weak one, and the old one again."""
        new: str = self.cleaned_data["new"]
        try:
            validate_password(new, self.user)
        except forms.ValidationError as error:
            raise forms.ValidationError([_weak(one) for one in error.error_list]) from error
        if new == self.cleaned_data.get("old"):
            raise forms.ValidationError("新密码和现在的一样，请换一个。")
        return new

    def clean(self) -> dict[str, Any]:
        """Twice the same, or it was mistyped."""
        given = super().clean() or {}
        if "new" in given and "again" in given and given["new"] != given["again"]:
            self.add_error("again", "两次输入的新密码不一样，请再输一次。")
        return given
