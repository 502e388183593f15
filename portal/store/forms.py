"""What a keeper fills in beside a certificate's fields: a reason, a decision, days, whose certificates to look for."""

from __future__ import annotations

from typing import Any

from django import forms

from certificates.keeping import moving
from certificates.keeping.keepers import LONGEST, SHORTEST
from certificates.keeping.moving import Decision
from certificates.sealing import seals
from certificates.states import ENDED, CertificateStatus
from portal.web.forms.widgets import DateBoxes

_WORDS = {
    "required": "请写明理由。",
    "min_length": f"请写明理由，至少 {SHORTEST} 个字。",
    "max_length": f"理由太长，请不超过 {LONGEST} 个字。",
}
_ENDINGS = {
    CertificateStatus.ANNULLED: "撤销：当初就不该发（《行政许可法》第六十九条）",
    CertificateStatus.WITHDRAWN: "撤回：依据或者客观情况变了（《行政许可法》第八条）",
    CertificateStatus.REVOKED: "吊销：对违法行为的处罚",
    CertificateStatus.CANCELLED: "注销：到期不延续、死亡、终止等（《行政许可法》第七十条）",
}


def _dressed(field: forms.Field, **attributes: Any) -> forms.Field:
    for name, value in attributes.items():
        setattr(field, name, value)  # read by portal.web.forms.fields
    return field


def _reason(*, label: str, hint: str) -> forms.Field:
    field = forms.CharField(
        label=label,
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3}),
        error_messages=_WORDS,
    )
    return _dressed(field, hint=hint)


class ReasonForm(forms.Form):
    """Why; the holder reads it."""

    reason = _reason(label="理由", hint="持证人会看到这句话，不写姓名和号码。")


class EndForm(ReasonForm):
    """Which of the four endings, by which decision and law."""

    to = _dressed(
        forms.ChoiceField(
            label="怎么处理",
            choices=[(str(to), words) for to, words in _ENDINGS.items()],
            widget=forms.RadioSelect,
            error_messages={"required": "请选择怎么处理。", "invalid_choice": "请从列出的几种里选。"},
        ),
        columns=1,
    )
    document = forms.CharField(
        label="决定文号", max_length=moving.LONGEST_DOCUMENT, error_messages={"required": "请填写决定文号。"}
    )
    basis = _dressed(
        forms.CharField(
            label="法律依据", max_length=moving.LONGEST_BASIS, error_messages={"required": "请填写法律依据。"}
        ),
        hint="写到条款，例如：《行政许可法》第六十九条第一款第一项。",
    )
    field_order = ("to", "document", "basis", "reason")

    @property
    def decision(self) -> Decision:
        """Return what was filled in."""
        told = self.cleaned_data
        to = CertificateStatus(told["to"])
        assert to in ENDED
        return Decision(to, told["reason"], told["document"], told["basis"])


class ChangeForm(ReasonForm):
    """Correct or renew, and until when."""

    how = _dressed(
        forms.ChoiceField(
            label="换发新版本是为了",
            choices=[("correct", "更正内容，有效期不变"), ("renew", "延续有效期")],
            widget=forms.RadioSelect,
            error_messages={"required": "请选择是更正还是延续。", "invalid_choice": "请从列出的几种里选。"},
        ),
        columns=1,
    )
    until = _dressed(
        forms.DateField(
            label="延续到哪一天",
            widget=DateBoxes,
            required=False,
            error_messages={"invalid": "日期不存在，请核对年、月、日。"},
        ),
        optional=True,
        hint="更正不用填；期限由规定定死的、长期有效的也不用填。",
    )
    field_order = ("how", "until", "reason")


class IssueForm(ReasonForm):
    """Whose certificate, its number and days."""

    holder = _dressed(
        forms.CharField(
            label="持证人的公民身份号码或者统一社会信用代码",
            max_length=30,
            error_messages={"required": "请填写持证人的号码。"},
        ),
    )
    number = forms.CharField(label="证照编号", max_length=60, error_messages={"required": "请填写证照编号。"})
    begins = forms.DateField(
        label="从哪天起有效",
        widget=DateBoxes,
        error_messages={"required": "请填写日期。", "invalid": "日期不存在，请核对年、月、日。"},
    )
    until = _dressed(
        forms.DateField(
            label="有效到哪一天",
            widget=DateBoxes,
            required=False,
            error_messages={"invalid": "日期不存在，请核对年、月、日。"},
        ),
        optional=True,
        hint="长期有效的、期限由规定定死的不用填。",
    )
    field_order = ("holder", "number", "begins", "until", "reason")

    def clean(self) -> dict[str, Any]:
        """The last valid day is none before the first."""
        told = super().clean() or {}
        begins, until = told.get("begins"), told.get("until")
        if begins and until and until < begins:
            self.add_error("until", "到期日不能早于开始的那天。")
        return told


class HolderForm(ReasonForm):
    """Whose certificates to look for, and why."""

    reason = _reason(label="为什么查", hint="会和您的名字一起记下来，不写姓名和号码。")

    holder = forms.CharField(
        label="公民身份号码或者统一社会信用代码",
        max_length=30,
        error_messages={"required": "请填写号码。"},
    )
    field_order = ("holder", "reason")


class SealReasonForm(forms.Form):
    """Why a seal is put out of use, back into use, or ended."""

    reason = forms.CharField(
        label="理由",
        min_length=seals.MIN_REASON,
        max_length=200,
        widget=forms.Textarea({"rows": 3}),
        error_messages={
            "required": "请写明理由。",
            "min_length": f"请写明理由，至少 {seals.MIN_REASON} 个字。",
            "max_length": "理由太长，请不超过 200 个字。",
        },
    )


class AnswerForm(forms.Form):
    """What the authority sent back: the seal's certificate, and those above it."""

    answer = forms.CharField(
        label="认证机构发来的数字证书（PEM）",
        max_length=40_000,
        widget=forms.Textarea({"rows": 8, "spellcheck": "false"}),
        error_messages={"required": "请粘贴认证机构发来的数字证书。"},
    )
