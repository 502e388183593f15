"""Signing in by password: one form for citizens, one for staff."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from accounts.models import Person, User
from accounts.permissions import is_staff

WRONG = "账号或密码不对，请核对后再试。忘记密码请拨 12345。"


class SignInForm(forms.Form):
    """Account and password of a natural person. A wrong name and a wrong password get the same words."""

    username = forms.CharField(
        label="账号",
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="密码",
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        """Keep the request for the identity source."""
        self.request = request
        self.user: User | None = None
        super().__init__(*args)

    def clean(self) -> dict[str, Any]:
        """Find the account, then whether this is its door. One try too many is answered by django-axes."""
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        name = given["username"].strip()
        found = authenticate(self.request, username=name, password=given["password"])
        if not isinstance(found, User):
            self.add_error("username", WRONG)
        elif wrong_door := self.wrong_door(found):
            self.add_error("username", wrong_door)
        else:
            self.user = found
        return given

    def wrong_door(self, user: User) -> str:
        """Return why the account may not come in here, or an empty text. Told only after the right password."""
        known = Person.objects.filter(user=user).exists()
        return "" if known else "这是工作人员账号，请从下面的“工作人员登录”进入。"


class StaffSignInForm(SignInForm):
    """The same for someone who holds a post today."""

    def wrong_door(self, user: User) -> str:
        """Return why the account may not come in here."""
        return "" if is_staff(user) else "这个账号今天没有工作岗位。办自己的事，请用“个人登录”。"
