"""What the demo's pages are told."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from accounts.states import Channel
from portal.demo.gateway.desk import FaultKind
from portal.demo.shifting import FURTHEST

FAULTS = {
    FaultKind.NONE: "正常接收",
    FaultKind.ERROR: "返回错误（会再试）",
    FaultKind.REFUSE: "拒收（不再试）",
    FaultKind.DROP: "收下，但断开连接（会再发，同一编号只收一次）",
    FaultKind.SILENCE: "不回答（超时，会再试）",
}


class ShiftForm(forms.Form):
    """How many days to move the clock forward."""

    days = forms.IntegerField(label="往后拨几天", min_value=1, max_value=FURTHEST, localize=False)


class FaultForm(forms.Form):
    """How one channel of the stand-in behaves from now on."""

    channel = forms.ChoiceField(choices=Channel.choices, widget=forms.HiddenInput)
    fault = forms.ChoiceField(label="现在", choices=list(FAULTS.items()))

    @classmethod
    def each(cls, faults: Mapping[str, str]) -> list[FaultForm]:
        """Return one form a channel, as it behaves now."""
        return [
            cls(
                initial={"channel": channel.value, "fault": faults.get(channel, FaultKind.NONE)},
                auto_id=f"{channel}_%s",
            )
            for channel in Channel
        ]

    @property
    def heading(self) -> str:
        """Return the channel's name."""
        return str(Channel(self.initial["channel"]).label)
