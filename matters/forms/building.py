"""The form of an edition: built from its questions, prefilled from facts, conditions judged on the server."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from common import clock
from matters.editions import Compiled
from matters.format.questions import AskedQuestion
from matters.forms.answers import Answers, Prefill, form_source, is_visible
from matters.forms.fields import UploadsField, build_field, dress, read_only, to_initial, to_json
from rules import Fact, Facts, UnknownReason
from rules.language.raw import Unreadable, value_of

NOT_AVAILABLE = "未取得，由工作人员核对"
TECHNICAL = frozenset({"csrfmiddlewaretoken"})
SOURCE_ICONS = {"certificate": "id", "register": "database", "applicant": "user-check"}


@dataclass(frozen=True, slots=True)
class _Given:
    """What a form is built from."""

    compiled: Compiled
    prefilled: Mapping[str, Prefill]
    answers: Answers
    facts: Facts
    only: frozenset[str] | None
    without: frozenset[str]
    correcting: frozenset[str]
    controls: frozenset[str]
    on: date
    shown: Mapping[str, str] = field(default_factory=dict)


def build(
    compiled: Compiled,
    *,
    page: int | None = None,
    prefilled: Mapping[str, Prefill],
    answers: Answers,
    data: Mapping[str, Any] | None = None,
    only: Collection[str] | None = None,
    without: Collection[str] = (),
    correcting: Collection[str] = (),
    controls: Collection[str] = (),
    facts: Facts | None = None,
    on: date | None = None,
) -> AnswerForm:
    """Return the form of one page (counted from 0; None: all pages), bound when `data` is given.

    `prefilled` is keyed by fact name; `only` (“form.x” or “x”) opens exactly these questions, as a supplement does;
    `without` leaves some out; `correcting` opens prefilled boxes; `controls` are names of buttons the page posts;
    `facts` decide visibility.
    """
    given = _Given(
        compiled,
        prefilled,
        answers,
        {**_prefilled_facts(prefilled), **(facts or {})},
        None if only is None else frozenset(name.removeprefix("form.") for name in only),
        frozenset(without),
        frozenset(correcting),
        frozenset(controls) | TECHNICAL,
        on or clock.today(),
        {name: known.display for name, known in prefilled.items()},
    )
    questions = compiled.package.questions if page is None else compiled.pages[page].questions
    return AnswerForm(given, questions=questions, data=data)


class AnswerForm(forms.Form):
    """The questions asked in this situation. `answers_json()` is what to keep after `is_valid()`."""

    def __init__(
        self, given: _Given, *, questions: Collection[AskedQuestion], data: Mapping[str, Any] | None
    ) -> None:
        """Lay the questions out in order, so that one may depend on an earlier one."""
        super().__init__(data=None if data is None else data)
        self._given = given
        self._open: dict[str, AskedQuestion] = {}
        self._hidden: set[str] = set()
        self._acceptable: set[str] = set()
        known = dict(given.facts)
        page = {question.name for question in questions}
        for question in given.compiled.package.questions:
            visible = is_visible(given.compiled, question, facts=known, on=given.on)
            if question.name in page and self._wanted(question):
                self._place(question, visible=visible)
            known[question.fact] = self._fact(question, visible=visible)

    @property
    def open_names(self) -> tuple[str, ...]:
        """Return the questions that take an answer here, in order; a page hands them back as `asked`."""
        return tuple(self._open)

    def answers_json(self) -> dict[str, Any]:
        """Return the answers to keep: the earlier ones, with this form's in their place, hidden ones dropped."""
        kept = {name: value for name, value in self._given.answers.items() if name not in self._hidden}
        for name, question in self._open.items():
            value = self.cleaned_data.get(name)
            if self._as_prefilled(question, value):
                kept.pop(name, None)
            else:
                kept[name] = to_json(value)
        return kept

    def clean(self) -> dict[str, Any]:
        """Refuse what this page does not ask: nothing that is not in the form is ever kept."""
        unexpected = sorted(set(self.data) - self._acceptable - self._given.controls)
        if unexpected:
            names = "、".join(name[:40] for name in unexpected[:5])
            raise ValidationError(
                f"提交的内容里有这一页不能填写的项目（{names}），没有保存。请只填写页面上的项目后再提交。",
                code="unexpected_field",
            )
        return self.cleaned_data

    def _wanted(self, question: AskedQuestion) -> bool:
        if question.name in self._given.without:
            return False
        return self._given.only is None or question.name in self._given.only

    def _place(self, question: AskedQuestion, *, visible: bool) -> None:
        boxed = self._is_box(question)
        # Files come by their own way; of a control left empty browsers send an empty text.
        if not boxed and not (question.is_file and self.data.get(question.name)):
            self._acceptable.add(question.name)
        if not visible:
            self._hidden.add(question.name)
        elif boxed:
            self.fields[question.name] = self._box(question)
            if question.correctable:
                self._acceptable.add(question.name)
        else:
            self._open[question.name] = question
            self.fields[question.name] = self._control(question)

    def _is_box(self, question: AskedQuestion) -> bool:
        """Tell whether a question shows a known value and takes none."""
        if question.prefill is None or self._given.only is not None:
            return False
        if not question.correctable:
            return True
        if question.name in self._given.answers or question.name in self._given.correcting:
            return False
        return question.prefill in self._given.prefilled and question.name not in self.data

    def _box(self, question: AskedQuestion) -> forms.Field:
        known = self._given.prefilled.get(question.prefill or "")
        box = read_only(question, text=known.display if known else NOT_AVAILABLE)
        dress(box, correctable=question.correctable)
        return self._tagged(box, known)

    def _control(self, question: AskedQuestion) -> forms.Field:
        given = self._given
        control = build_field(question, compiled=given.compiled, shown=given.shown, on=given.on)
        if isinstance(control, UploadsField):
            control.count = int(given.answers.get(question.name) or 0)
        known = given.prefilled.get(question.prefill or "")
        if given.only is not None:
            control.required = control.widget.is_required = True  # what a notice opens is to be answered
            dress(control, hint="", optional=False)
        elif known is not None:
            control.required = control.widget.is_required = False
            dress(
                control,
                hint=question.hint or f"清空后保存，恢复为{known.source_label}上的内容",
                optional=False,
            )
        control.initial = self._initial(question, known)
        return self._tagged(control, known)

    def _tagged(self, field_: forms.Field, known: Prefill | None) -> forms.Field:
        if known is not None:
            date_text = f"，{known.source_date}" if known.source_date else ""
            tag = f"来自{known.source_label}{date_text}"
            dress(field_, source_tag=tag, source_icon=SOURCE_ICONS.get(known.source_kind, "id"))
        return field_

    def _initial(self, question: AskedQuestion, known: Prefill | None) -> Any:
        if question.name in self._given.answers:
            return to_initial(question, _typed(self._given, question))
        if known is not None:
            return to_initial(question, known.value)
        return question.default

    def _as_prefilled(self, question: AskedQuestion, value: Any) -> bool:
        known = self._given.prefilled.get(question.prefill or "")
        emptied = question.prefill is not None and value in (None, "")
        return emptied or (known is not None and value == known.value)

    def _fact(self, question: AskedQuestion, *, visible: bool) -> Fact:
        """Return what this question says while the form is laid out: posted, kept, prefilled or preset."""
        given, source = self._given, form_source(self._given.compiled, question)
        if not visible:
            return Fact.unknown(UnknownReason.NOT_ASKED, source)
        if self.is_bound and question.name in self._open:
            value = self._posted(question.name)
        elif question.name in given.answers:
            value = _typed(given, question)
        elif question.prefill is not None:
            return given.facts.get(question.prefill) or Fact.unknown(UnknownReason.NOT_ASKED, source)
        else:
            value = question.default
        return Fact.unknown(UnknownReason.NOT_ASKED, source) if value is None else Fact.known(value, source)

    def _posted(self, name: str) -> Any:
        control = self.fields[name]
        raw = control.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
        try:
            return control.clean(raw)
        except ValidationError:
            return None


def _typed(given: _Given, question: AskedQuestion) -> Any:
    try:
        return value_of(given.answers[question.name], spec=given.compiled.specs[question.fact])
    except Unreadable:
        return None


def _prefilled_facts(prefilled: Mapping[str, Prefill]) -> dict[str, Fact]:
    return {name: Fact.known(known.value) for name, known in prefilled.items()}
