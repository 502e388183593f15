"""Check your answers: every question that is asked with its value and source, every material with how it is met."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.urls import reverse

from accounts.acting.principals import Principal
from approvals.models import Draft
from certificates.states import AuthorisationStatus
from matters.format.questions import AskedQuestion, Material, Page, Replacement
from portal.citizen.showing.consent import register_name, states, type_name
from portal.web.components.parts import Row
from portal.web.drafting.filling import Known
from rules.language.values import Fact, SourceKind
from rules.wording.showing import reason_text, shower

NOT_AVAILABLE = "未取得，由工作人员核对"
NOT_NEEDED = "未取得（选填），不填也能办"


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one question page."""

    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Met:
    """One material and how it is met; `free` means that the applicant hands in nothing."""

    name: str
    how: str
    words: str
    free: bool


def sections(draft: Draft, given: Known) -> list[Section]:
    """Return the answers page by page; questions not asked in this situation are left out."""
    return [
        Section(
            page.title,
            tuple(_row(draft, given, number, each) for each in page.questions if given.is_asked(each)),
        )
        for number, page in enumerate(given.compiled.pages)
        if number in given.asked_pages
    ]


def hint(draft: Draft, given: Known, page: Page) -> str:
    """Return what stands above a page's questions: the matter's own words, unless not all could be filled in."""
    lacking = [one for one in page.questions if _lacks(given, one)]
    if not lacking:
        return page.hint
    allowed = draft.authorisation.status == AuthorisationStatus.GRANTED
    why = "有的内容没有取得。" if allowed else "您没有同意看证照，系统没有带入证照上的内容。"
    return f"{why}写着“未取得”的，您不用填。"


def _lacks(given: Known, question: AskedQuestion) -> bool:
    """Return whether a question stands there for a certificate's words and has none."""
    fixed = question.prefill is not None and not question.correctable
    return fixed and question.prefill not in given.prefilled and given.is_asked(question)


def _row(draft: Draft, given: Known, page: int, question: AskedQuestion) -> Row:
    fact = given.answered[question.fact]
    typed = fact.source is not None and fact.source.kind == SourceKind.FORM
    value, source = _typed_row(given, question, fact) if typed else _known_row(given, question, fact)
    return Row(question.label, value, source, _change_url(draft, page, question, typed=typed))


def _typed_row(given: Known, question: AskedQuestion, fact: Fact) -> tuple[str, str]:
    """Return what the applicant wrote, in full: they are asked to check it."""
    if fact.missing is not None:
        return (reason_text(fact.missing), "")
    if fact.value in {None, ""}:
        return ("没有填（选填）", "")
    known = given.prefilled.get(question.prefill or "")
    note = (
        f"您更正过，{known.source_label}上是：{known.display}"
        if known
        else _option_note(given, question, fact)
    )
    return shower(given.compiled.specs[question.fact], vocabulary=given.compiled.vocabulary, mask=False)(
        fact.value
    ), note


def _option_note(given: Known, question: AskedQuestion, fact: Fact) -> str:
    chosen = next((option for option in question.options if option.value == fact.value), None)
    if chosen is None or not chosen.hint:
        return ""
    text = chosen.hint
    for name, prefill in given.prefilled.items():
        text = text.replace(f"{{{name}}}", prefill.display)
    return "" if "{" in text else text


def _known_row(given: Known, question: AskedQuestion, fact: Fact) -> tuple[str, str]:
    known = given.prefilled.get(question.prefill or "")
    if known is None:
        return unavailable(question, given.compiled.needed), ""
    dated = f"，{known.source_date}" if known.source_date else ""
    return known.display, f"来自{known.source_label}{dated}"


def unavailable(question: AskedQuestion, needed: Collection[str]) -> str:
    """Return what stands where nothing is known: nobody looks into what is optional and judged by no check."""
    judged = question.fact in needed or question.prefill in needed
    optional = question.correctable and not question.required and not judged
    return NOT_NEEDED if optional else NOT_AVAILABLE


def _change_url(draft: Draft, page: int, question: AskedQuestion, *, typed: bool) -> str:
    """Return where the answer is changed; what only the certificate can say has no such place."""
    if question.prefill is not None and not question.correctable:
        return ""
    address = reverse("citizen:questions", args=[draft.reference, page + 1])
    correcting = "" if typed or question.prefill is None else f"&correct={question.name}"
    anchor = f"id_{question.name}_0" if question.options or question.yes else f"id_{question.name}"
    return f"{address}?back=check{correcting}#{anchor}"


def materials(draft: Draft, given: Known, *, principal: Principal) -> list[Met]:
    """Return the materials this situation asks for and how each is met, as it will be recorded on submission."""
    wanted = given.compiled.materials(given.answered, on=given.on)
    slugs = [one.certificate for material in wanted for one in material.replaced_by if one.certificate]
    held = states(principal, slugs=slugs, on=given.on)
    allowed = draft.authorisation.status == AuthorisationStatus.GRANTED
    return [_met(given, material, held if allowed else {}) for material in wanted]


def _met(given: Known, material: Material, held: Mapping[str, tuple[str, str]]) -> Met:
    for replacement in material.replaced_by:
        if (how := _how(given, replacement, held)) is not None:
            return Met(material.name, how, "免交", free=True)
    uploaded = given.answered.get(material.upload) if material.upload else None
    if uploaded is not None and uploaded.missing is None and uploaded.value:
        return Met(material.name, f"您上传的文件，共 {uploaded.value} 个", "已上传", free=True)
    if uploaded is not None and given.is_asked(given.compiled.questions[str(material.upload)[5:]]):
        return Met(material.name, "在“填写”里上传；不传的，由工作人员核对", "还没有上传", free=False)
    return Met(material.name, "您现在不用交，由工作人员核对", "工作人员核对", free=False)


def _how(given: Known, replacement: Replacement, held: Mapping[str, tuple[str, str]]) -> str | None:
    if replacement.certificate is not None:
        usable = held.get(replacement.certificate, ("", ""))[0] == "valid"
        return f"用电子证照核对：{type_name(given.compiled, replacement.certificate)}" if usable else None
    if replacement.register_ is not None:
        return f"向{register_name(given.compiled, replacement.register_)}核对"
    if replacement.given is not None:
        fact = given.answered.get(replacement.given)
        return f"告知承诺：{replacement.commitment}" if fact and fact.value is True else None
    return "就是这份申请，提交时自动生成"
