from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.template import engines

from portal.web.forms import fields, messages
from portal.web.forms.widgets import DateBoxes
from portal.web.showing.gallery import sample_form


class Small(forms.Form):
    name = forms.CharField(label="姓名", help_text="和身份证上一样")
    kind = forms.ChoiceField(
        label="种类", widget=forms.RadioSelect, choices=[("", "请选择"), ("a", "甲"), ("b", "乙")]
    )
    many = forms.MultipleChoiceField(label="几项", widget=forms.CheckboxSelectMultiple, choices=[("a", "甲")])
    agree = forms.BooleanField(label="同意")
    born = forms.DateField(label="出生日期", widget=DateBoxes)
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea)
    token = forms.CharField(widget=forms.HiddenInput)


def drawn(bound) -> str:
    return " ".join(bound.as_field_group().split())


@pytest.mark.parametrize(
    ("name", "kind", "anchor"),
    [
        ("name", "text", "id_name"),
        ("kind", "radio", "id_kind_1"),
        ("many", "checks", "id_many_0"),
        ("agree", "tick", "id_agree"),
        ("born", "dates", "id_born_0"),
        ("token", "hidden", "id_token"),
    ],
)
def test_kind_and_anchor(name: str, kind: str, anchor: str) -> None:
    view = fields.view(Small()[name])
    assert (view.kind, view.anchor) == (kind, anchor)


@pytest.mark.parametrize("name", ["name", "kind", "many", "agree", "born"])
def test_the_anchor_of_every_error_exists(name: str) -> None:
    bound = Small({})[name]
    assert f'id="{fields.view(bound).anchor}"' in drawn(bound)


def test_hint_and_error_are_read_out_with_the_control() -> None:
    html = drawn(Small({})["name"])
    assert 'aria-describedby="id_name_hint id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert html.index('id="id_name_hint"') < html.index('id="id_name_error"') < html.index("<input")


def test_groups_are_fieldsets_described_once() -> None:
    html = drawn(Small({})["kind"])
    assert html.startswith("<fieldset")
    assert 'aria-describedby="id_kind_error"' in html
    assert "请选择</span>" not in html
    assert html.count('type="radio"') == 2
    assert "checked" not in html


@pytest.mark.parametrize(
    ("name", "words"), [("name", "请填写：姓名"), ("kind", "请选择：种类"), ("agree", "请确认：同意")]
)
def test_required_says_what_is_missing_in_both_places(name: str, words: str) -> None:
    form = Small({})
    assert words in drawn(form[name])
    assert words in [error.message for error in fields.summary(form)]


def test_own_messages_stay() -> None:
    assert "请填写公民身份号码" in messages.messages(sample_form()["id_number"])


def test_whole_form_errors_come_first_without_a_link() -> None:
    form = Small({})
    form.add_error(None, "请重新登录。")
    assert fields.summary(form)[0] == fields.SummaryError("请重新登录。", "")


def test_a_read_only_field_posts_nothing() -> None:
    form = Small()
    form.fields["name"].read_only = "陈<英"  # type: ignore[attr-defined]
    form.fields["name"].source_tag = "来自居民身份证"  # type: ignore[attr-defined]
    form.fields["name"].correctable = True  # type: ignore[attr-defined]
    html = drawn(form["name"])
    assert "<input" not in html
    assert "陈&lt;英" in html
    assert "来自居民身份证" in html
    assert 'name="correct" value="name"' in html


def test_optional_is_marked_and_required_is_not() -> None:
    assert "选填" in drawn(Small()["note"])
    assert "选填" not in drawn(Small()["name"])


@pytest.mark.parametrize(
    ("boxes", "clean"),
    [
        (("1946", "8", "20"), date(1946, 8, 20)),
        ((" 1946", "08 ", "20"), date(1946, 8, 20)),
        (("1946", "13", "20"), None),
        (("1946", "", ""), None),
        (("", "", ""), None),
    ],
)
def test_date_boxes(boxes: tuple[str, str, str], clean: date | None) -> None:
    form = Small(dict(zip(("born_year", "born_month", "born_day"), boxes, strict=True)))
    form.is_valid()
    assert form.cleaned_data.get("born") == clean
    typed = drawn(form["born"])
    assert all(f'value="{box.strip()}"' in typed for box in boxes if box)


def test_error_prefix_of_the_title() -> None:
    template = engines["django"].from_string("{% load web %}{% error_prefix %}")
    assert template.render({"form": Small({})}) == "错误："
    assert template.render({"form": Small()}) == ""
    assert template.render({}) == ""
