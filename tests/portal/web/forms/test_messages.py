"""Whatever Django finds wrong is said in our words; a form's own words stay."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django import forms
from django.core.validators import MinLengthValidator, RegexValidator

from portal.public.forms import SignInForm
from portal.web.forms import fields
from portal.web.forms.messages import messages
from portal.web.forms.widgets import DateBoxes

STOCK = re.compile(r"变量|字符数|该字段|这个字段|确保|输入一个有效|选择一个有效|[A-Za-z]{3}|\{")


def said(field: forms.Field, value: Any) -> str:
    field.label = "金额"
    form = forms.Form({"it": value})
    form.fields["it"] = field
    assert not form.is_valid()
    shown = messages(form["it"])
    assert len(shown) == 1
    assert [error.message for error in fields.summary(form)] == list(shown)
    return shown[0]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (forms.CharField(), "", "请填写：金额"),
        (forms.ChoiceField(choices=[("a", "甲")]), "", "请选择：金额"),
        (forms.BooleanField(), "", "请确认：金额"),
        (forms.CharField(max_length=60), "x" * 100_000, "金额太长了，最多 60 个字，现在是 100000 个。"),
        (forms.CharField(min_length=5), "好", "金额太短了，至少 5 个字，现在是 1 个。"),
        (forms.CharField(), "a\x00b", "金额里有看不见的特殊字符"),
        (forms.IntegerField(), "十二", "金额请填数字，例如 12"),
        (forms.IntegerField(), "9" * 5000, "金额请填数字"),
        (forms.IntegerField(min_value=1), "0", "金额不能小于 1"),
        (forms.IntegerField(max_value=9), "10", "金额不能大于 9"),
        (forms.DecimalField(max_digits=4, decimal_places=2), "1.234", "金额最多写 2 位小数"),
        (forms.DecimalField(max_digits=4), "12345", "金额的数字太长"),
        (forms.DecimalField(max_digits=4, decimal_places=2), "1234", "金额的数字太长"),
        (forms.DecimalField(), "一元", "金额请填数字"),
        (forms.DateField(), "昨天", "金额请写成“年-月-日”"),
        (forms.ChoiceField(choices=[("a", "甲")]), "乙", "金额：请从列出的选项里选择"),
        (forms.MultipleChoiceField(choices=[("a", "甲")]), ["乙"], "金额：请从列出的选项里选择"),
        (forms.EmailField(), "nobody", "金额填得不对"),
        (forms.CharField(validators=[RegexValidator("^a$")]), "b", "金额填得不对"),
        (forms.UUIDField(), "b", "金额填得不对"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, forms.Field) else None,
)
def test_djangos_words_are_replaced(field: forms.Field, value: Any, words: str) -> None:
    told = said(field, value)
    assert told.startswith(words)
    assert not STOCK.search(told)


def test_an_impossible_day_is_told() -> None:
    form = forms.Form({"it_year": "2026", "it_month": "13", "it_day": "1"})
    form.fields["it"] = forms.DateField(label="出生日期", widget=DateBoxes)
    assert messages(form["it"]) == ("出生日期请写成“年-月-日”，例如 2026-01-05",)


@pytest.mark.parametrize(
    "field",
    [
        forms.CharField(max_length=2, error_messages={"max_length": "最多 %(limit_value)d 个字，不多。"}),
        forms.CharField(validators=[MinLengthValidator(9, "最多 2 个字，不多。")]),
    ],
)
def test_a_forms_own_words_stay(field: forms.Field) -> None:
    assert said(field, "很长的话") == "最多 2 个字，不多。"


def test_the_sign_in_form_speaks_so_too(rf) -> None:
    form = SignInForm(rf.post("/sign-in"), {"username": "x" * 100_000, "password": "y" * 300})
    assert not form.is_valid()
    assert messages(form["username"]) == ("账号太长了，最多 60 个字，现在是 100000 个。请缩短后再提交",)
    assert messages(form["password"])[0].startswith("密码太长了，最多 200 个字")
