"""Forms of a consent for a purpose and of a report. The verbs hold the same limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.models import Department
from certificates import schemas
from certificates.holding import authorising, reporting
from certificates.models import Certificate
from common import clock

ONCE, UNTIL = "once", "until"
USUAL_DAYS = 30


class GiveForm(forms.Form):
    """Which body may see which fields of one certificate, what for, and how long. Nothing is ticked beforehand."""

    fields_seen = forms.MultipleChoiceField(
        label="给对方看哪些内容",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选一项内容。", "invalid_choice": "请从列出的内容里选。"},
    )
    department = forms.ModelChoiceField(
        label="给谁看",
        queryset=Department.objects.order_by("name"),
        empty_label="请选择单位",
        error_messages={"required": "请选择单位。", "invalid_choice": "请从列出的单位里选。"},
    )
    purpose = forms.CharField(
        label="用来做什么",
        widget=forms.Textarea,
        min_length=authorising.SHORTEST,
        max_length=authorising.LONGEST,
        error_messages={
            "required": "请写明用来做什么。",
            "min_length": f"请写清楚一些，至少 {authorising.SHORTEST} 个字。",
            "max_length": f"太长了，请不超过 {authorising.LONGEST} 个字。",
        },
    )
    how_long = forms.ChoiceField(
        label="可以看多久",
        widget=forms.RadioSelect,
        error_messages={"required": "请选择可以看多久。", "invalid_choice": "请从列出的里面选。"},
    )
    until = forms.DateField(
        label="到哪天为止",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期不存在，请核对年、月、日。"},
    )
    agree = forms.BooleanField(
        label="我看清楚了，同意这个单位为这个用途看这些内容。",
        error_messages={"required": "还没有打勾。同意的请先打勾；不同意的，离开这一页就行。"},
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, certificate: Certificate, **more: Any
    ) -> None:
        """Lay out the fields of the certificate's type; what identifies a person is marked."""
        super().__init__(data, **more)
        kind, today = certificate.type, clock.today()
        specs = schemas.of_version(kind, kind.current_schema)
        seen: Any = self.fields["fields_seen"]
        seen.choices = [(name, spec.label) for name, spec in specs.items()]
        seen.option_notes = {name: "敏感个人信息" for name, spec in specs.items() if spec.personal}
        seen.columns = 2
        seen.hint = f"只给对方看打勾的内容，不给整本{kind.name}。"
        how: Any = self.fields["how_long"]
        how.choices = [(ONCE, "只看一次"), (UNTIL, "到一个日期为止")]
        how.option_notes = {
            ONCE: f"看过一次就用完；{authorising.ONCE_DAYS} 天没有看，也自动作废",
            UNTIL: "期间可以看多次，每次都留下记录",
        }
        purpose: Any = self.fields["purpose"]
        purpose.hint = "例如：办理住房公积金贷款。不要写姓名和号码。"
        last = today + timedelta(days=authorising.LONGEST_DAYS)
        until: Any = self.fields["until"]
        until.hint = f"选“到一个日期为止”时填，最晚 {last:%Y-%m-%d}。随时可以提前撤回。"
        until.optional = False
        until.widget.attrs |= {"min": today.isoformat(), "max": last.isoformat()}

    @property
    def last_day(self) -> date | None:
        """Return the last day, None for a single look."""
        chosen: date | None = self.cleaned_data["until"]
        return chosen if self.cleaned_data["how_long"] == UNTIL else None

    def clean(self) -> dict[str, Any]:
        """Ask for a day where one is needed, and keep it within a year."""
        given: dict[str, Any] = super().clean() or {}
        until, today = given.get("until"), clock.today()
        last = today + timedelta(days=authorising.LONGEST_DAYS)
        if given.get("how_long") == UNTIL and "until" not in self.errors:
            if until is None:
                self.add_error("until", "请选择到哪天为止。")
            elif not today <= until <= last:
                self.add_error("until", f"请选择 {today:%Y-%m-%d} 到 {last:%Y-%m-%d} 之间的日期。")
        return given


class ReportForm(forms.Form):
    """What is wrong with a look, in the holder's words."""

    text = forms.CharField(
        label="哪里不对",
        widget=forms.Textarea,
        min_length=reporting.SHORTEST,
        max_length=reporting.LONGEST,
        error_messages={
            "required": "请写明哪里不对。",
            "min_length": f"请写清楚一些，至少 {reporting.SHORTEST} 个字。",
            "max_length": f"太长了，请不超过 {reporting.LONGEST} 个字。",
        },
    )

    def __init__(self, *args: Any, **told: Any) -> None:
        """Say who reads it."""
        super().__init__(*args, **told)
        text: Any = self.fields["text"]
        text.hint = "例如：我没有在这个单位办过事。只有监督人员看得到您写的话。"
