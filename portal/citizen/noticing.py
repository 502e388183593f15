"""Forms of 通知设置: what to hear by which channel, and an e-mail address with the code that was sent there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django import forms

from accounts.states import Channel
from accounts.telling import addresses, preferring
from accounts.telling.preferring import Choice

ALWAYS = "其中的补正告知一定会发，不能关闭"


class NoticesForm(forms.Form):
    """The topics one wants to hear of, a set of boxes a channel; what is necessary has none."""

    def __init__(
        self, data: Mapping[str, Any] | None, *, channels: Collection[Channel], out: Collection[Choice]
    ) -> None:
        """Lay out a field for each channel that can be used."""
        super().__init__(data)
        topics = preferring.optional_topics()
        necessary = set(preferring.necessary_topics())
        for channel in channels:
            field: Any = forms.MultipleChoiceField(
                label=f"用{channel.label}通知我",
                choices=[(str(topic), str(topic.label)) for topic in topics],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                initial=[str(topic) for topic in topics if (str(channel), str(topic)) not in out],
            )
            field.option_notes = {str(topic): ALWAYS for topic in topics if topic in necessary}
            field.optional = False
            self.fields[str(channel)] = field

    @property
    def wanted(self) -> set[Choice]:
        """Return what was ticked; of a channel that cannot be used nothing changes."""
        return {(name, topic) for name in self.fields for topic in self.cleaned_data[name]}


class EmailForm(forms.Form):
    """An address, to which a code is sent."""

    email = forms.EmailField(
        label="电子邮箱",
        max_length=200,
        widget=forms.EmailInput({"autocomplete": "email"}),
        error_messages={"invalid": addresses.InvalidAddress.message},
    )


class CodeForm(forms.Form):
    """The code that arrived."""

    code = forms.CharField(
        label="邮件里的 6 位验证码",
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
