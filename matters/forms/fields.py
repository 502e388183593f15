"""One Django field for each question type; each carries what the page needs and speaks Chinese when it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from matters.editions import Compiled
from matters.format.questions import AskedQuestion, QuestionType
from matters.format.templates import filled
from matters.forms import reading

LENGTHS = {QuestionType.TEXT: 200, QuestionType.LONG_TEXT: 1000, QuestionType.BUSINESS_NAME: 60}
_NUMERIC = {QuestionType.MOBILE, QuestionType.BANK_ACCOUNT, QuestionType.INTEGER, QuestionType.DATE}
_YES, _NO = "yes", "no"
Reader = Callable[[str], Any]


class ReadField(forms.CharField):
    """A text box whose words are read by a function that raises `reading.Unreadable`."""

    def __init__(self, *, reader: Reader, **kwargs: Any) -> None:
        """Keep the reader."""
        self.reader = reader
        super().__init__(empty_value=None, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return the typed value, None for an empty optional box."""
        text = super().clean(value)
        if text is None:
            return None
        try:
            return self.reader(text)
        except reading.Unreadable as error:
            raise ValidationError(error.message, code="unreadable") from error


class NoControl(forms.Widget):
    """What is uploaded comes by its own way: nothing that is posted as text answers the question."""

    needs_multipart_form = True

    def value_from_datadict(self, *_posted: Any) -> None:
        """Take nothing."""


class UploadsField(forms.Field):
    """A question answered by files that are already attached; its value is their number."""

    widget = NoControl

    def __init__(self, *, most: int, accept: tuple[str, ...], **kwargs: Any) -> None:
        """Begin with no file; the form sets `count`."""
        self.count, self.most, self.accept = 0, most, accept
        super().__init__(**kwargs)

    def clean(self, value: Any) -> int | None:  # noqa: ARG002 -- nothing posted counts
        """Return how many files are attached, None for none."""
        if self.required and not self.count:
            raise ValidationError(self.error_messages["required"], code="required")
        return self.count or None


def build_field(
    question: AskedQuestion, *, compiled: Compiled, shown: Mapping[str, str], on: date
) -> forms.Field:
    """Return the field of a question; `shown` are prefilled displays by fact name, for hints of options."""
    field = _MAKERS.get(question.type, _text)(question, compiled, on)
    verb = "选择" if isinstance(field, forms.ChoiceField) else "上传" if question.is_file else "填写"
    field.label = question.label
    field.required = question.required
    field.widget.is_required = question.required
    field.error_messages["required"] = f"请{verb}{question.label}"
    field.error_messages["invalid_choice"] = f"{question.label}请从列出的选项里选"
    dress(field, hint=question.hint, why=question.why, optional=not question.required)
    if question.type is QuestionType.CHOICE:
        notes = {option.value: _note(option.hint, shown) for option in question.options}
        dress(field, option_notes={value: note for value, note in notes.items() if note}, question=True)
    return field


def dress(field: forms.Field, **attributes: Any) -> None:
    """Set what the field template reads (portal.web.forms.fields)."""
    for name, value in attributes.items():
        setattr(field, name, value)


def read_only(question: AskedQuestion, *, text: str) -> forms.Field:
    """Return a box that shows a value and takes none."""
    field = forms.CharField(label=question.label, required=False, disabled=True)
    dress(field, read_only=text, hint=question.hint, why=question.why, optional=False)
    return field


def to_json(value: Any) -> Any:
    """Return a cleaned value as answers keep it: dates and amounts as text."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def to_initial(question: AskedQuestion, value: Any) -> Any:
    """Return a kept or prefilled value as the control shows it."""
    if question.type is QuestionType.BOOLEAN and isinstance(value, bool):
        return _YES if value else _NO
    return to_json(value)


def _note(hint: str, shown: Mapping[str, str]) -> str:
    """Fill a hint; where a fact is missing the whole hint goes, rather than show half a sentence."""
    try:
        return filled(hint, value_of=shown.__getitem__)
    except KeyError:
        return ""


def _text(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    longest = question.max_length or LENGTHS.get(question.type, 200)
    long = question.type is QuestionType.LONG_TEXT
    widget = forms.Textarea(attrs={"rows": 4}) if long else forms.TextInput()
    field = forms.CharField(max_length=longest, widget=widget)
    field.error_messages["max_length"] = f"{question.label}最多 {longest} 个字，现在是 %(show_value)d 个"
    return field


def _read(question: AskedQuestion, reader: Reader) -> ReadField:
    attrs = {"inputmode": "numeric"} if question.type in _NUMERIC else {}
    if question.type is QuestionType.MONEY:
        attrs = {"inputmode": "decimal"}
    return ReadField(reader=reader, widget=forms.TextInput(attrs={**attrs, "autocomplete": "off"}))


def _date(question: AskedQuestion, _compiled: Compiled, on: date) -> forms.Field:
    latest = on if question.not_in_future else None
    return _read(question, lambda text: reading.read_date(text, label=question.label, not_after=latest))


def _integer(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    return _read(question, lambda text: reading.read_integer(text, label=question.label))


def _money(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    return _read(question, lambda text: reading.read_money(text, label=question.label))


def _mobile(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    return _read(question, lambda text: reading.read_mobile(text, label=question.label))


def _resident_id(question: AskedQuestion, _compiled: Compiled, on: date) -> forms.Field:
    return _read(question, lambda text: reading.read_resident_id(text, label=question.label, on=on))


def _bank_account(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    return _read(question, lambda text: reading.read_bank_account(text, label=question.label))


def _business_name(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    return _read(
        question,
        lambda text: reading.read_business_name(
            text, label=question.label, begins_with=question.begins_with, ends_with=question.ends_with
        ),
    )


def _choice(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    choices = [(option.value, option.label) for option in question.options]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect())


def _boolean(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    choices = [(_YES, question.yes or "是"), (_NO, question.no or "否")]
    field = forms.TypedChoiceField(
        choices=choices, coerce=lambda value: value == _YES, empty_value=None, widget=forms.RadioSelect()
    )
    dress(field, question=True, columns=1)
    return field


def _division(question: AskedQuestion, compiled: Compiled, _on: date) -> forms.Field:
    area = question.within or ""
    names = compiled.vocabulary.divisions
    inside = [(code, name) for code, name in sorted(names.items()) if code.startswith(area) and code != area]
    return forms.ChoiceField(choices=[("", "请选择"), *inside], widget=forms.Select())


def _file(question: AskedQuestion, _compiled: Compiled, _on: date) -> forms.Field:
    field = UploadsField(most=question.max_files, accept=question.accept)
    dress(field, question=True)
    return field


_MAKERS: Mapping[QuestionType, Callable[[AskedQuestion, Compiled, date], forms.Field]] = {
    QuestionType.DATE: _date,
    QuestionType.INTEGER: _integer,
    QuestionType.MONEY: _money,
    QuestionType.MOBILE: _mobile,
    QuestionType.RESIDENT_ID: _resident_id,
    QuestionType.BANK_ACCOUNT: _bank_account,
    QuestionType.BUSINESS_NAME: _business_name,
    QuestionType.CHOICE: _choice,
    QuestionType.BOOLEAN: _boolean,
    QuestionType.DIVISION: _division,
    QuestionType.FILE: _file,
}
