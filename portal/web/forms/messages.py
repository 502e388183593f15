"""What a form says when it refuses: what is wrong and what to do, in the words of the page.

A form's own messages are plain texts and stay. Django's are lazy translations that speak of 变量 and 字符: they are
replaced here, so that no form has to remember it.
"""

from __future__ import annotations

from collections import defaultdict

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise

# Django's code of the fault → our words
WORDS = {
    "max_length": "{label}太长了，最多 {limit_value} 个字，现在是 {show_value} 个。请缩短后再提交",
    "min_length": "{label}太短了，至少 {limit_value} 个字，现在是 {show_value} 个。请补充后再提交",
    "min_value": "{label}不能小于 {limit_value}，请核对后重填",
    "max_value": "{label}不能大于 {limit_value}，请核对后重填",
    "max_digits": "{label}的数字太长，请核对后重填",
    "max_whole_digits": "{label}的数字太长，请核对后重填",
    "max_decimal_places": "{label}最多写 {max} 位小数，请核对后重填",
    "null_characters_not_allowed": "{label}里有看不见的特殊字符，请删掉后重新输入，不要粘贴",
    "invalid_choice": "{label}：请从列出的选项里选择",
    "invalid_list": "{label}：请从列出的选项里选择",
    "invalid_date": "{label}请写成“年-月-日”，例如 2026-01-05",
    "invalid_number": "{label}请填数字，例如 12",
}
OTHERWISE = "{label}填得不对，请核对后重填"
_INVALID = (
    ((forms.DateField, forms.DateTimeField), "invalid_date"),
    ((forms.IntegerField,), "invalid_number"),  # parent of decimal and float fields
)


def messages(bound: BoundField) -> tuple[str, ...]:
    """Return the errors of a field in the words of the page."""
    return tuple(message for error in bound.errors.as_data() for message in _texts(bound, error))


def _texts(bound: BoundField, error: ValidationError) -> list[str]:
    if not isinstance(error.message, Promise):
        return [str(message) for message in error.messages]
    if error.code == "required":
        return [f"{_verb(bound)}：{bound.label}"]
    known = defaultdict(str, {**(error.params or {}), "label": str(bound.label)})
    return [WORDS.get(_code(bound, error), OTHERWISE).format_map(known)]


def _verb(bound: BoundField) -> str:
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "请确认"
    return "请选择" if isinstance(bound.field.widget, forms.Select | forms.RadioSelect) else "请填写"


def _code(bound: BoundField, error: ValidationError) -> str:
    if error.code != "invalid":
        return str(error.code)
    return next((code for classes, code in _INVALID if isinstance(bound.field, classes)), "invalid")
