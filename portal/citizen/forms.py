"""Forms of mandates: whom, for what, until when. The verbs hold the same limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from accounts.acting import agents, delegating, naming
from accounts.acting.naming import NobodyFound
from accounts.models import Guardianship, Person
from common import clock
from matters import selectors as catalogue
from matters.forms.fields import UploadsField
from matters.models import Matter

SHOWN = 30  # matters listed at once; the rest is found by searching
SCOPES = (("all", "全部事项"), ("some", "只办选中的事项"))


def matters_shown(q: str, *, applicant: str, ticked: Sequence[str]) -> list[Matter]:
    """Return the matters to tick: what is ticked already, then what the search finds."""
    known = catalogue.in_force().filter(applicant=applicant)
    kept = list(known.filter(code__in=ticked))
    found = [one for one in catalogue.search(q, applicant=applicant) if one not in kept]
    return kept + found[:SHOWN]


class NamingForm(forms.Form):
    """Somebody named by name and number together: found once all else is right, for each look counts."""

    asked_by: Person
    found: Person | None = None

    def find(self, given: Mapping[str, Any]) -> None:
        """Keep who was found, or say that nobody was."""
        if self.errors:
            return
        try:
            self.found = naming.named(given["name"], number=given["number"], asked_by=self.asked_by)
        except NobodyFound as error:
            self.add_error("name", error.message)


class MandateForm(NamingForm):
    """Whom a mandate is for (found by name and number together), for which matters, until when."""

    applicant = str(Matter.Applicant.PERSON)
    usual_days = delegating.USUAL_DAYS
    longest = staticmethod(delegating.limit)
    name = forms.CharField(label="对方的姓名", max_length=60)
    number = forms.CharField(label="对方的公民身份号码或手机号码", max_length=24)
    scope = forms.ChoiceField(label="可以办哪些事", choices=SCOPES, widget=forms.RadioSelect)
    matters = forms.MultipleChoiceField(label="选事项", required=False, widget=forms.CheckboxSelectMultiple)
    until = forms.DateField(label="到哪天为止", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, data: Mapping[str, Any] | None, *, asked_by: Person, q: str = "", **more: Any) -> None:
        """Lay out the matters found by `q`; those ticked before stay in the list."""
        super().__init__(data, **more)
        self.asked_by = asked_by
        today = clock.today()
        last = self.longest(today)
        given: Any = data if data is not None else self.initial
        ticked = given.getlist("matters") if hasattr(given, "getlist") else given.get("matters", [])
        shown = matters_shown(q, applicant=self.applicant, ticked=ticked)
        matters: Any = self.fields["matters"]
        matters.choices = [(one.code, one.name) for one in shown]
        matters.hint = "选“只办选中的事项”时，在这里打勾。"
        number, until = self.fields["number"], self.fields["until"]
        number.hint = "要与姓名一致。对方要先在本平台实名登记。"  # type: ignore[attr-defined]
        until.hint = f"最晚 {last:%Y-%m-%d}。随时可以提前撤回。"  # type: ignore[attr-defined]
        until.widget.attrs |= {"min": today.isoformat(), "max": last.isoformat()}
        self.initial.setdefault("until", min(last, today + timedelta(days=self.usual_days)))

    @property
    def names(self) -> list[str]:
        """Return the names of the matters that were chosen."""
        field: Any = self.fields["matters"]
        labels = dict(field.choices)
        return [labels[code] for code in self.codes]

    @property
    def codes(self) -> list[str]:
        """Return the codes of the matters that were chosen; empty for all."""
        return list(self.cleaned_data["matters"]) if self.cleaned_data["scope"] == "some" else []

    def clean_until(self) -> date:
        """Refuse a day that has passed or is too far."""
        until: date = self.cleaned_data["until"]
        today = clock.today()
        if not today <= until <= self.longest(today):
            raise forms.ValidationError(
                f"请选择 {today:%Y-%m-%d} 到 {self.longest(today):%Y-%m-%d} 之间的日期。"
            )
        return until

    def clean(self) -> dict[str, Any]:
        """Find the person, once everything else is right: each look counts."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("scope") == "some" and not given.get("matters") and "matters" not in self.errors:
            self.add_error("matters", "请至少选一个事项；全部都可以办的，请选“全部事项”。")
        self.find(given)
        return given


class AgentForm(MandateForm):
    """The same for an organisation's agent (经办人)."""

    applicant = str(Matter.Applicant.ORGANISATION)
    usual_days = 365
    longest = staticmethod(agents.limit)
    sees_certificates = forms.BooleanField(label="可以查看、出示单位的电子证照，查看用证记录", required=False)


DOCUMENT = "document_file"


class GuardianshipForm(NamingForm):
    """Whose guardian one is, and the document that shows it."""

    name = forms.CharField(label="被监护人的姓名", max_length=60)
    number = forms.CharField(label="被监护人的公民身份号码", max_length=24)
    kind = forms.ChoiceField(label="被监护人是", choices=Guardianship.Ward.choices, widget=forms.RadioSelect)
    document = forms.ChoiceField(label="证明监护关系的文书", choices=Guardianship.Document.choices)
    document_number = forms.CharField(label="文书编号", max_length=60)
    document_file = UploadsField(label="文书的照片或 PDF", most=1, accept=())

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, asked_by: Person, refused: str = "", **more: Any
    ) -> None:
        """Keep who asks: looking people up is counted. And why the file that was sent was not taken."""
        super().__init__(data, **more)
        self.asked_by, self.refused = asked_by, refused
        document = self.fields[DOCUMENT]
        document.required = not refused
        document.error_messages["required"] = "请上传文书的照片或 PDF"
        hints = {
            "number": "要与姓名一致。还没有在本平台登记的孩子，请带文书到政务服务中心窗口办理。",
            "document": "成年人要有人民法院判决书，或者指定监护人的文书。",
            "document_number": "照文书上写的填，例如判决书的案号、出生医学证明的编号。",
            DOCUMENT: "拍清楚写有双方姓名和编号的那一页；有几页的，合成一个 PDF。只给核实的工作人员看，打开有留痕。",
        }
        for field, hint in hints.items():
            self.fields[field].hint = hint  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Find the ward by name and number, once the document is there."""
        given: dict[str, Any] = super().clean() or {}
        if self.refused:
            self.add_error(DOCUMENT, self.refused)
        self.find(given)
        return given
