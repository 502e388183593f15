"""The form of a look at somebody's certificate, and what came of it in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from accounts.models import Organisation, Person, Post
from approvals.auditing import grounds
from certificates import selectors as store
from certificates.holding import looking
from certificates.holding.looking import Duty, Holder, Looked
from certificates.models import Authorisation, CertificateType
from certificates.selectors import CardLine
from certificates.states import UseOutcome
from common import clock
from common.identifiers import mask_id, mask_name
from matters import selectors as catalogue
from portal.store.access import Looker
from portal.store.showing.typing import TypeChoice
from portal.web.components.uses import OUTCOMES, PILLS
from portal.web.components.wording import iso_dt

DUTY, CONSENT = "duty", "consent"
_ADVICE = {
    UseOutcome.NOT_HELD: "证照库里没有有效的这种证照。请按事项的规定请申请人提供，或者查其他来源。",
    UseOutcome.EXPIRED: "证照已过期，内容不再给出。",
    UseOutcome.REVOKED: "证照已失效，内容不再给出。",
    UseOutcome.AMBIGUOUS: "名下有多本有效的。请填写证照编号，再查一次。",
    UseOutcome.UNREADABLE: "内容与签发时不一致，不能使用。请联系发证机关和系统管理员。",
    UseOutcome.UNAUTHORISED: "持证人没有给本单位有效的授权，不能查看。请持证人在“授权管理”里授权，或者当面亮码。",
    UseOutcome.NOT_ALLOWED: (
        "您的岗位不能依职能查验这种证照，或者这件办件与持证人无关，或者这个事项用不到它，"
        "或者持证人与您有利害关系。请核对件号和证照；确需查看的，请持证人授权，或者由同事办理。"
    ),
}
_CASE_HINTS = {
    True: "依职能查验要写明是您收的哪件办件，只能查它的申请人。",
    False: "依职能查验要写明办件或者事项，写一个就行。写办件的，只能查它的申请人。",
}


class LookForm(forms.Form):
    """Whose certificate of which type, on what ground, for what."""

    number = forms.CharField(
        label="持证人的号码", max_length=24, error_messages={"required": "请填写持证人的号码。"}
    )
    type = TypeChoice(
        label="哪种证照",
        queryset=CertificateType.objects.none(),
        to_field_name="slug",
        empty_label="请选择证照",
        error_messages={"required": "请选择证照。", "invalid_choice": "请从列出的证照里选。"},
    )
    ground = forms.ChoiceField(
        label="凭什么查看",
        choices=((DUTY, "依职能查验"), (CONSENT, "持证人授权给本单位")),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择凭什么查看。", "invalid_choice": "请从列出的里面选。"},
    )
    reference = forms.CharField(label="为哪件办件", max_length=40, required=False)
    matter = forms.ModelChoiceField(
        label="或者为哪个事项",
        queryset=catalogue.in_force(),
        to_field_name="code",
        required=False,
        empty_label="没有办件的，请选事项",
        error_messages={"invalid_choice": "请从列出的事项里选。"},
    )
    reason = forms.CharField(
        label="为什么查看",
        required=False,
        max_length=looking.LONGEST,
        widget=forms.Textarea,
        error_messages={"max_length": f"理由太长，请不超过 {looking.LONGEST} 个字。"},
    )
    card = forms.CharField(label="证照编号", max_length=60, required=False)
    authorisation = forms.ModelChoiceField(
        label="用哪一份授权",
        queryset=Authorisation.objects.none(),
        required=False,
        empty_label=None,
        widget=forms.RadioSelect,
    )
    holder: Holder | None = None
    duty: Duty | None = None

    def __init__(self, *args: Any, looker: Looker, **told: Any) -> None:
        """Offer the matters of the post's department; consents only once they are known."""
        super().__init__(*args, **told)
        self.looker = looker
        hints = {
            "number": "公民身份号码，或者统一社会信用代码。",
            "reference": _CASE_HINTS[looker.post.role == Post.Role.CLERK],
            "reason": f"依职能查验必填，最多 {looking.LONGEST} 个字。持证人会看到这句话，不写姓名和号码。",
            "card": "名下有多本时才填。",
        }
        for name, hint in hints.items():
            self.fields[name].hint = hint  # type: ignore[attr-defined]  # read by portal.web.forms
        for name in ("reference", "matter", "reason"):
            self.fields[name].optional = False  # type: ignore[attr-defined]  # needed on one of the two grounds
        types: Any = self.fields["type"]
        types.offer(CertificateType.objects.all(), first=looker.post.department)
        if looker.post.department_id is None or looker.post.role == Post.Role.CLERK:
            del self.fields["matter"]
        else:
            matters: Any = self.fields["matter"]
            matters.queryset = matters.queryset.filter(department=looker.post.department_id)
        self.consents = self.fields.pop("authorisation")
        self.order_fields(["number", "type", "ground", "card"])

    def clean(self) -> dict[str, Any]:
        """Find whose number it is, and what the look is for."""
        given: dict[str, Any] = super().clean() or {}
        if "number" in given:
            self.holder = looking.named(given["number"], asked_by=self.looker.user)
            if self.holder is None:
                self.add_error("number", "没有找到这个号码的持证人。请逐位核对。")
        if given.get("ground") == DUTY:
            self.duty = self._duty(given)
        elif self.holder is not None and given.get("type"):
            self._choose(given)
        return given

    def _duty(self, given: dict[str, Any]) -> Duty:
        """Return the case or matter and the reason, or say at the field what is wrong."""
        reference, matter = "".join(given.get("reference", "").split()), given.get("matter")
        user, on, ground = self.looker.user, clock.today(), None
        if reference:
            ground = grounds.of_case(user, reference=reference, on=on) if reference.isalnum() else None
            if ground is None:
                self.add_error(
                    "reference", "没有找到这件办件，或者它不归您办理，或者已经办结很久。请核对件号。"
                )
        elif matter is not None:
            ground = grounds.of_matter(user, code=matter.code, on=on)
        elif "matter" not in self.errors:
            either = "，或者选一个事项" if "matter" in self.fields else ""
            self.add_error("reference", f"请写明为哪件办件{either}。")
        reason = " ".join(given.get("reason", "").split())
        if len(reason) < looking.SHORTEST and "reason" not in self.errors:
            self.add_error("reason", f"请写明为什么查看，至少 {looking.SHORTEST} 个字。")
        return Duty(reason, ground)

    def _choose(self, given: dict[str, Any]) -> None:
        """Keep which consent is used; of several, somebody has to say which, for each has a purpose of its own."""
        assert self.holder is not None
        post, slug = self.looker.post, given["type"].slug
        found = looking.consents_for(post, holder=self.holder, slug=slug, on=clock.today())
        given["authorisation"] = found[0] if len(found) == 1 else None
        if len(found) < 2:
            return
        field: Any = self.consents
        field.queryset = found
        field.label_from_instance = _consent_words
        self.fields["authorisation"] = field
        chosen = self.data.get("authorisation", "")
        given["authorisation"] = next((one for one in found if str(one.pk) == chosen), None)
        if given["authorisation"] is None:
            self.add_error("authorisation", "持证人给了本单位几份授权，请选这次用哪一份。")


def look(looker: Looker, form: LookForm, *, at: datetime) -> Looked:
    """Make the look a valid form asks for. Raises what the verbs raise."""
    given, holder = form.cleaned_data, form.holder
    assert holder is not None
    told: dict[str, Any] = {
        "holder": holder,
        "slug": given["type"].slug,
        "at": at,
        "number": given["card"].strip(),
    }
    if form.duty is not None:
        return looking.by_duty(looker.user, duty=form.duty, **told)
    consent = given["authorisation"]
    return looking.by_consent(looker.user, authorisation_id=consent.pk if consent else None, **told)


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a look, as the page shows it once."""

    looked: Looked
    holder: str
    pill: str
    words: str
    advice: str
    lines: tuple[CardLine, ...]
    mark: str
    until: str


def shown(looked: Looked, holder: Holder) -> Shown:
    """Return a look in words, with the line that stands across what was handed out."""
    copy, outcome = looked.copy, looked.outcome
    lines = store.lines(looked.type, copy.values, version=copy.schema_version, mask=False) if copy else ()
    consent = looked.record.authorisation
    used_up = consent is not None and consent.once and copy is not None
    return Shown(
        looked,
        _holder_words(holder),
        PILLS.get(outcome, "unknown"),
        "已查到" if copy else OUTCOMES[outcome].replace("您", "持证人"),
        "这份授权只能用一次，现在已经用完。" if used_up else _ADVICE.get(outcome, ""),
        lines,
        f"{copy.purpose} · {copy.body} {copy.post} {copy.by} · {iso_dt(copy.at)}" if copy else "",
        _until(looked),
    )


def _until(looked: Looked) -> str:
    if looked.copy is None:
        return ""
    until = looked.copy.until
    return (
        f"这份内容最晚用到 {until:%Y-%m-%d}，只用于上面的用途。"
        if until
        else "只供当场查看，不能留存、转给别人。"
    )


def _holder_words(holder: Holder) -> str:
    if isinstance(holder, Person):
        return f"{mask_name(holder.name)}（{mask_id(holder.id_number)}）"
    assert isinstance(holder, Organisation)
    return f"{holder.name}（{holder.credit_code}）"


def _consent_words(given: Authorisation) -> str:
    return f"{given.purpose}（到 {given.until:%Y-%m-%d}{'，只能看一次' if given.once else ''}）"
