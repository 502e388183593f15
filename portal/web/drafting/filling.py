"""One question page of a draft: what is asked, what is known already, what of the posted answers can be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.forms import Field

from accounts.acting.principals import Principal
from approvals.applying import attached, confirming, drafting, prefilling
from approvals.models import Application, Draft
from matters import editions, forms
from matters.editions import Compiled
from matters.format.questions import AskedQuestion
from matters.forms import AnswerForm
from matters.forms.answers import Prefill, form_facts, is_visible
from portal.web.drafting import uploading
from rules.language.values import Facts

# The page's own buttons, and the questions it showed.
CONTROLS = ("act", "correct", "asked", "stands", *uploading.CONTROLS)


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft or case already says: its edition, the facts behind its form, and what is shown prefilled."""

    compiled: Compiled
    facts: Facts
    prefilled: Mapping[str, Prefill]
    answered: Facts
    on: date

    @property
    def asked_pages(self) -> list[int]:
        """Return the pages (from 0) that ask something in this situation."""
        return [
            number
            for number, page in enumerate(self.compiled.pages)
            if any(map(self.is_asked, page.questions))
        ]

    def is_asked(self, question: AskedQuestion) -> bool:
        """Return whether a question is asked in this situation."""
        return is_visible(self.compiled, question, facts=self.answered, on=self.on)


def known(filed: Draft | Application, *, at: datetime) -> Known:
    """Read what is known; each certificate read for it leaves its use record, once an authorisation."""
    compiled = editions.compiled(filed.edition)
    given = prefilling.known(filed, at=at)
    answered = {**given, **form_facts(compiled, filed.answers, facts=given, on=at.date())}
    return Known(compiled, given, prefilling.prefills(filed, given=given), answered, at.date())


def page_form(
    draft: Draft,
    given: Known,
    *,
    page: int,
    data: Mapping[str, object] | None = None,
    correcting: Collection[str] = (),
) -> AnswerForm:
    """Return the form of a page (from 0)."""
    form = forms.build(
        given.compiled,
        page=page,
        prefilled=given.prefilled,
        answers=draft.answers,
        data=data,
        correcting=correcting,
        controls=CONTROLS,
        facts=given.facts,
    )
    return uploading.show(form, draft)


def supplement_form(
    application: Application, given: Known, *, only: Collection[str], data: Mapping[str, object] | None = None
) -> AnswerForm:
    """Return the form of exactly the fields a notice opens; files count that are uploaded in answer to it."""
    form = forms.build(
        given.compiled,
        prefilled=given.prefilled,
        answers={**application.answers, **attached.counts(application, among=only)},
        data=data,
        only=only,
        controls=CONTROLS,
        facts=given.facts,
    )
    return uploading.show(form, application)


def window_form(
    draft: Draft,
    given: Known,
    *,
    scan_id: UUID,
    data: Mapping[str, object] | None = None,
    correcting: Collection[str] = (),
) -> AnswerForm:
    """Return the form of a window: all pages in one, the questions by their short names: a clerk asks in her words.

    Promises are not on it: the holder gives them on the phone.
    """
    form = forms.build(
        given.compiled,
        without={one.name for one in confirming.promises(given.compiled)},
        prefilled=given.prefilled,
        answers=draft.answers,
        data=data,
        correcting=correcting,
        controls=(*CONTROLS, "key"),
        facts=given.facts,
    )
    for name, field in form.fields.items():
        if called := given.compiled.questions[name].called:
            required = field.error_messages["required"]
            field.error_messages["required"] = str(required).replace(str(field.label), called)
            field.label = called
        speak_of(field)
    return uploading.show(form, draft, room="counter", place=scan_id)


def speak_of(field: Field) -> None:
    """Turn what is said to an applicant (您) into what a clerk reads of the one who stands there (群众)."""
    for name in ("label", "hint", "why", "help_text"):
        if words := getattr(field, name, ""):
            setattr(field, name, str(words).replace("您", "群众"))


def keep(principal: Principal, draft: Draft, form: AnswerForm) -> Draft:
    """Keep what could be read of a posted page, valid or not; the rest is asked again."""
    kept = readable(form)
    return drafting.save(
        principal, reference=draft.reference, answers=kept, dropped=forgotten(form, draft, kept=kept)
    )


def readable(form: AnswerForm) -> dict[str, object]:
    """Return the answers worth keeping of a bound form, valid or not: what could not be read is asked again."""
    if form.is_valid():
        return form.answers_json()
    if form.non_field_errors():
        return {}
    return {name: value for name, value in form.answers_json().items() if name not in form.errors}


def asked_more(form: AnswerForm, *, shown: str | None) -> list[str]:
    """Return the questions an answer just given brings up and the page did not show, if they are all that lacks."""
    if shown is None:
        return []
    more = [name for name in form.open_names if name not in shown.split()]
    return more if set(form.errors) <= set(more) else []


def forgotten(form: AnswerForm, draft: Draft, *, kept: Collection[str]) -> set[str]:
    """Return answers to forget: no longer asked, or set back to what the certificate says."""
    files = {question.name for question in editions.compiled(draft.edition).file_questions} - set(form.fields)
    return set() if form.non_field_errors() else set(draft.answers) - set(kept) - set(form.errors) - files
