"""What an admin fills in besides the package itself: a reason, a day, the code of a new matter."""

from __future__ import annotations

from typing import Any

from django import forms

from common.identifiers import InvalidIdentifier, matter_code, tidy
from matters.writing.errors import LONGEST_REASON


class ReasonForm(forms.Form):
    """Why: others must understand it later."""

    reason = forms.CharField(
        label="原因",
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "请写明原因：以后的人要看得明白。",
            "max_length": f"原因太长，请不超过 {LONGEST_REASON} 个字。",
        },
    )

    def __init__(self, *args: Any, hint: str = "", needed: bool = True, **more: Any) -> None:
        """Say who will read it."""
        super().__init__(*args, **more)
        self.fields["reason"].hint = hint  # type: ignore[attr-defined]  # read by portal.web.forms.fields
        self.fields["reason"].required = needed


class PublishForm(ReasonForm):
    """From which day the edition is in force, and why where so many cases would come out otherwise."""

    on = forms.DateField(
        label="从哪天起生效",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选生效日期。"},
    )
    field_order = ("on", "reason")


class LikeForm(forms.Form):
    """The code and the name of a matter to be written like another one."""

    name = forms.CharField(label="新事项的名称", max_length=60)
    code = forms.CharField(label="实施编码", max_length=60)

    def __init__(self, *args: Any, body: str, **more: Any) -> None:
        """Say how the code begins."""
        super().__init__(*args, **more)
        hint = f"31 位：本部门的统一社会信用代码 {body}（18 位），行使层级（1 位），基本编码（12 位）。"
        self.fields["code"].hint = hint  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        """Return the code without blanks; the arithmetic of the standard says what is wrong."""
        try:
            return matter_code(tidy(self.cleaned_data["code"])).text
        except InvalidIdentifier as error:
            raise forms.ValidationError(error.message) from error
