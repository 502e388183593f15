"""The forms of the three acts. Errors are told at the field; the verbs hold the same limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from accounts.acting import guarding
from approvals.auditing import purposes
from approvals.reviewing import MIN_REASON, MIN_SENTENCE, Defect
from matters.format.questions import AskedQuestion

LONGEST = 2000
TOO_SHORT = "理由太短，请至少写 {} 个字，让申请人看得明白。"
LICENCE_WHY = "会写进决定书。行政许可法第三十八条：不予许可应当说明理由，并告知复议、诉讼的权利。"
REFUSAL_WHY = "会写进决定书。请写明理由，让申请人看得明白；决定书会告知复议、诉讼的权利。"


def reasons_field(label: str, *, hint: str, why: str, least: int = MIN_REASON) -> forms.CharField:
    """Return the field of reasons every decision needs; `least` is its shortest length in characters."""
    field = forms.CharField(
        label=label,
        min_length=least,
        max_length=LONGEST,
        widget=forms.Textarea,
        error_messages={
            "required": "请写明理由：作出决定必须说明理由。",
            "min_length": TOO_SHORT.format(least),
            "max_length": f"理由太长，请不超过 {LONGEST} 个字。",
        },
    )
    field.hint, field.why = hint, why  # type: ignore[attr-defined]  # read by portal.web.forms.fields
    return field


class GrantForm(forms.Form):
    """Reasons, the row of the outcome table where the machine could not choose one, and what no source had."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        rows: Sequence[tuple[str, str, str]] = (),
        gaps: Mapping[str, forms.Field] | None = None,
        failed: Sequence[str] = (),
        **more: Any,
    ) -> None:
        """Lay out: rows (value, label, note) of the outcome table, the fields to supply, the names of failed checks."""
        super().__init__(data, **more)
        self.fields.update(gaps or {})
        if rows:
            choice = forms.ChoiceField(
                label="适用的标准",
                choices=[(value, label) for value, label, _ in rows],
                widget=forms.RadioSelect,
                error_messages={
                    "required": "请选择适用的标准：系统没能确定批准内容。",
                    "invalid_choice": "请从列出的标准里选择。",
                },
            )
            choice.hint = "系统没能确定批准内容，由您按核实的情况选择。"  # type: ignore[attr-defined]
            choice.option_notes = {value: note for value, _, note in rows}  # type: ignore[attr-defined]
            self.fields["outcome_row"] = choice
        self.fields["reasons"] = reasons_field(
            "准予的理由",
            hint="写明核实了什么、依据什么。",
            why="会写进决定书，申请人能看到；未能核实的核验项，请写清是怎么查清的。",
            least=MIN_SENTENCE if failed else MIN_REASON,
        )
        if failed:
            self.fields["over_failed"] = forms.BooleanField(
                label="我已核实，以上不通过的项目另有依据",
                error_messages={"required": f"{'、'.join(failed)}没有通过核验：仍要准予的，请勾选确认。"},
            )

    @property
    def outcome_row(self) -> int | None:
        """Return the chosen row, None when there was nothing to choose."""
        chosen = self.cleaned_data.get("outcome_row")
        return int(chosen) if chosen else None


class RefuseForm(forms.Form):
    """Reasons of a refusal; only of a licence does the law on licences speak."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, licence: bool, **more: Any) -> None:
        """Lay out; `licence` says whether the matter is one (行政许可)."""
        super().__init__(data, **more)
        self.fields["reasons"] = reasons_field(
            "不予批准的理由",
            hint="写明哪一项条件不符合、查到的事实、依据的条文。",
            why=LICENCE_WHY if licence else REFUSAL_WHY,
        )


class RevealForm(forms.Form):
    """Why what identifies the applicant has to be seen."""

    reason = forms.CharField(
        label="为什么要查看",
        min_length=MIN_REASON,
        max_length=purposes.LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "请写明为什么要查看。",
            "min_length": TOO_SHORT.format(MIN_REASON),
            "max_length": f"理由太长，请不超过 {purposes.LONGEST} 个字。",
        },
    )
    reason.hint = "例如：电话联系申请人核对收款账户。不要写姓名和号码。"  # type: ignore[attr-defined]
    reason.why = "这句话会写进办理过程，申请人能看到；每查看一次记一次。"  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """A checklist of what the applicant may change, each with what is wrong; all told at once."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        questions: Sequence[AskedQuestion],
        advice: Mapping[str, str],
        **more: Any,
    ) -> None:
        """Lay out one pair a question; `advice` is what the machine found, by question."""
        super().__init__(data, **more)
        self.questions = tuple(questions)
        for question in questions:
            self.fields[f"open_{question.name}"] = forms.BooleanField(label=question.label, required=False)
            self.fields[f"text_{question.name}"] = _text_field(question, advice.get(question.name, ""))

    def pairs(self) -> list[tuple[Any, Any]]:
        """Return the tick and the text of each question, for the template."""
        return [(self[f"open_{one.name}"], self[f"text_{one.name}"]) for one in self.questions]

    def clean(self) -> dict[str, Any]:
        """Refuse ticks without words, words without a tick, and an empty notice."""
        for question in self.questions:
            opened, text = self._of(question)
            if opened and len(text) < MIN_REASON and f"text_{question.name}" not in self.errors:
                self.add_error(
                    f"text_{question.name}", f"请写明“{question.label}”要怎么补正，至少 {MIN_REASON} 个字。"
                )
            if text and not opened:
                message = f"写了“{question.label}”的补正要求，但没有勾选。请勾选，或清空文字。"
                self.add_error(f"open_{question.name}", message)
        if not self.errors and not any(self._of(question)[0] for question in self.questions):
            raise forms.ValidationError("请至少勾选一处要补正的内容。", code="nothing_opened")
        return self.cleaned_data

    def defects(self) -> list[Defect]:
        """Return what was ticked as the points of the notice."""
        return [
            Defect(question.label, self._of(question)[1], (question.fact,))
            for question in self.questions
            if self._of(question)[0]
        ]

    def _of(self, question: AskedQuestion) -> tuple[bool, str]:
        text = str(self.cleaned_data.get(f"text_{question.name}") or "")
        return bool(self.cleaned_data.get(f"open_{question.name}")), text


def _text_field(question: AskedQuestion, advice: str) -> forms.CharField:
    field = forms.CharField(
        label=f"“{question.label}”要怎么补正",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "补正要求请不超过 300 个字。"},
    )
    field.hint, field.optional = advice, False  # type: ignore[attr-defined]
    return field


class TurnDownForm(forms.Form):
    """Why a guardian is not confirmed."""

    reason = forms.CharField(
        label="不予确认的理由",
        min_length=guarding.MIN_REASON,
        max_length=guarding.LONGEST_REASON,
        widget=forms.Textarea,
        error_messages={
            "required": "请写明理由，让申请人知道差什么。",
            "min_length": TOO_SHORT,
            "max_length": f"理由太长，请不超过 {guarding.LONGEST_REASON} 个字。",
        },
    )
