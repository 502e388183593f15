from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict

from matters.editions import Compiled
from matters.forms import AnswerForm, build
from matters.forms.answers import prefill
from matters.forms.building import NOT_AVAILABLE
from matters.lint.trying import given_facts, try_examples
from rules import Fact, Facts
from tests.matters.documents import ALLOWANCE, DATA, TEST_MADE, changed, compiled, read

ON = date(2026, 11, 20)
KINDS = ["text", "long_text", "mobile", "resident_id", "date", "integer", "money", "boolean", "business_name"]


@pytest.fixture(scope="module")
def allowance() -> Compiled:
    return compiled(read(ALLOWANCE))


@pytest.fixture(scope="module")
def known(allowance: Compiled) -> Facts:
    return given_facts(
        allowance, {**dict(read(ALLOWANCE)["examples"][0]["facts"]), "applicant.mobile": "13800138000"}
    )


def form(edition: Compiled, facts: Facts, data: dict[str, Any] | None = None, **given: Any) -> AnswerForm:
    settings: dict[str, Any] = {"page": 0, "answers": {}, "on": ON} | given
    return build(edition, prefilled=prefill(edition, facts), data=data, facts=facts, **settings)


def box(built: AnswerForm, name: str) -> str:
    return str(getattr(built.fields[name], "read_only", ""))


def dressed(built: AnswerForm, name: str) -> Any:
    """The field with the attributes the template reads."""
    return built.fields[name]


def test_nothing_has_to_be_typed(allowance, known):
    shown = form(allowance, known)
    posted = {
        name: shown[name].value() for name in shown.fields if not box(shown, name) and shown[name].value()
    }
    assert posted == {"account": "social_card"}
    done = form(allowance, known, posted)
    assert done.is_valid(), done.errors
    assert done.answers_json() == {"contact_mobile": None, "account": "social_card"}


def test_prefilled_boxes_show_value_and_source_masked(allowance, known):
    shown = form(allowance, known)
    assert {name: box(shown, name) for name in shown.fields if box(shown, name)} == {
        "name": "陈秀英",
        "id_number": "440507********9944",
        "birth_date": "1940年8月20日",
        "address": "示例市龙湖区珠池街道长平路演示号",
        "mobile": "138****8000",
    }
    assert dressed(shown, "address").source_tag == "来自居民户口簿"
    assert dressed(shown, "mobile").correctable
    assert not dressed(shown, "name").correctable


def test_house_numbers_are_masked(allowance, known):
    facts = {**known, "cert.household_register.address": Fact.known("龙湖区珠池街道长平路 12 号 301 房")}
    assert box(form(allowance, facts), "address") == "龙湖区珠池街道长平路 ** 号 ** 房"


def test_hints_of_options_name_the_account_or_say_nothing(allowance, known):
    assert dressed(form(allowance, known), "account").option_notes["social_card"] == "示例农商银行，尾号 6218"
    assert "social_card" not in dressed(form(allowance, {}), "account").option_notes


def test_what_could_not_be_prefilled_and_not_corrected_is_left_to_a_person(allowance):
    shown = form(allowance, {})
    assert box(shown, "name") == NOT_AVAILABLE
    assert box(shown, "address") == ""  # correctable: may be typed, need not
    assert form(allowance, {}, {"account": "social_card"}).is_valid()


def test_a_correction_is_kept_and_taken_back_by_emptying_it(allowance, known):
    opened = form(allowance, known, correcting=["address"])
    assert opened["address"].value() == "示例市龙湖区珠池街道长平路演示号"
    corrected = form(allowance, known, {"account": "social_card", "address": "新址"})
    assert corrected.is_valid()
    answers = corrected.answers_json()
    assert answers["address"] == "新址"
    again = form(allowance, known, answers=answers)
    assert again["address"].value() == "新址"
    back = form(allowance, known, {"account": "social_card", "address": ""}, answers=answers)
    assert back.is_valid()
    assert "address" not in back.answers_json()


def test_a_correction_to_the_same_value_stays_a_reference(allowance, known):
    same = form(allowance, known, {"account": "social_card", "mobile": "138 0013 8000"})
    assert same.is_valid()
    assert "mobile" not in same.answers_json()


def test_a_wrong_correction_is_refused_and_shown_again(allowance, known):
    wrong = form(allowance, known, {"account": "social_card", "mobile": "1380013"})
    assert wrong.errors["mobile"] == ["手机号码应为 11 位，现在是 7 位"]
    assert wrong["mobile"].value() == "1380013"


@pytest.mark.parametrize("name", ["name", "id_number", "birth_date"])
def test_what_may_not_be_corrected_is_refused_with_a_message(allowance, known, name):
    posted = form(allowance, known, {"account": "social_card", name: "别人"})
    assert not posted.is_valid()
    assert name in posted.non_field_errors()[0]
    assert "没有保存" in posted.non_field_errors()[0]
    assert box(posted, name)


@pytest.mark.parametrize(
    "name", ["monthly_amount", "applicant.id_number", "cert.resident_id.birth_date", "account2", "on"]
)
def test_fields_that_are_not_in_the_form_are_refused(allowance, known, name):
    posted = form(allowance, known, {"account": "social_card", name: "1"})
    assert not posted.is_valid()
    assert name[:40] in posted.non_field_errors()[0]


def test_buttons_and_the_token_are_no_answers(allowance, known):
    data = {"account": "social_card", "csrfmiddlewaretoken": "x", "go": "on"}
    assert form(allowance, known, data, controls=["go"]).is_valid()
    assert not form(allowance, known, data).is_valid()


def test_a_hidden_question_appears_by_its_condition_and_its_answer_is_dropped_with_it(allowance, known):
    assert "other_bank" not in form(allowance, known).fields
    asked = form(allowance, known, {"account": "other"})
    assert asked.errors == {"other_bank": ["请填写开户银行"], "other_account": ["请填写银行账号"]}
    told = form(
        allowance, known, {"account": "other", "other_bank": "示例银行", "other_account": "6222000011112222"}
    )
    assert told.is_valid()
    answers = told.answers_json()
    assert answers["other_account"] == "6222000011112222"
    back = form(
        allowance,
        known,
        {"account": "social_card", "other_bank": "示例银行", "other_account": "6222"},
        answers=answers,
    )
    assert back.is_valid()
    assert back.answers_json() == {"contact_mobile": None, "account": "social_card"}


def test_answers_of_other_pages_stay(allowance, known):
    done = form(allowance, known, {"account": "social_card"}, answers={"elsewhere": 1})
    assert done.is_valid()
    assert done.answers_json()["elsewhere"] == 1


@pytest.mark.parametrize("value", ["cash", "", "社会保障卡", "SOCIAL_CARD"])
def test_a_choice_is_one_of_those_listed(allowance, known, value):
    posted = form(allowance, known, {"account": value})
    assert list(posted.errors) == ["account"]
    assert str(posted.errors["account"][0]).startswith(("请选择津贴发到哪里", "津贴发到哪里？请从列出"))


def test_a_supplement_opens_exactly_the_named_questions(allowance, known):
    answers = {"account": "other", "other_bank": "甲", "other_account": "6217000123456789"}
    only = ["form.other_account", "form.address"]
    opened = form(allowance, known, answers=answers, only=only, page=None)
    assert set(opened.fields) == {"other_account", "address"}
    assert not any(box(opened, name) for name in opened.fields)
    refused = form(
        allowance,
        known,
        {"account": "social_card", "other_account": "6217000123456789"},
        answers=answers,
        only=only,
        page=None,
    )
    assert not refused.is_valid()
    done = form(
        allowance,
        known,
        {"other_account": "6217000123456789", "address": "新址"},
        answers=answers,
        only=only,
        page=None,
    )
    assert done.is_valid()
    assert done.answers_json() == {
        "account": "other",
        "other_bank": "甲",
        "other_account": "6217000123456789",
        "address": "新址",
    }


def test_a_query_dict_is_taken_as_browsers_send_it(allowance, known):
    data = QueryDict("account=social_card&contact_mobile=138+0013+8000")
    done = form(allowance, known, data)
    assert done.is_valid()
    assert done.answers_json()["contact_mobile"] == "13800138000"


def one_question(kind: str, **more: Any) -> Compiled:
    question = {"name": "asked", "type": kind, "label": "所问", **more}
    document = read(TEST_MADE)
    return compiled(changed(document, "form.pages[0].questions[2]", question))


def asked(edition: Compiled, value: str) -> AnswerForm:
    return form(edition, {}, {"branch": "east", "asked": value})


@pytest.mark.parametrize(
    ("kind", "text", "kept"),
    [
        ("date", "2026年1月5日", "2026-01-05"),
        ("date", "２０２６.1.5", "2026-01-05"),
        ("integer", "１２", 12),
        ("money", "￥1,200.50", "1200.50"),
        ("boolean", "yes", True),
        ("boolean", "no", False),
        ("mobile", "+86 138 0013 8000", "13800138000"),
        ("resident_id", "11010519491231002x", "11010519491231002X"),
        ("business_name", "阿强食品店", "阿强食品店"),
        ("text", "  两端空格  ", "两端空格"),
        ("long_text", "第一行\n第二行", "第一行\n第二行"),
    ],
)
def test_each_type_is_read_kept_as_json_and_shown_again(kind, text, kept):
    edition = one_question(kind)
    done = asked(edition, text)
    assert done.is_valid(), done.errors
    answers = done.answers_json()
    assert answers["asked"] == kept
    again = form(
        edition, {}, {"branch": "east", "asked": str(form(edition, {}, answers=answers)["asked"].value())}
    )
    assert again.is_valid(), again.errors
    assert again.answers_json() == answers


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "2026-02-30"),
        ("date", "明天"),
        ("integer", "1.5"),
        ("money", "一百"),
        ("boolean", "maybe"),
        ("mobile", "123"),
        ("resident_id", "11010519491231002"),
        ("business_name", "<b>"),
        ("text", "长" * 201),
        ("text", "\x00"),
    ],
)
def test_wrong_types_get_one_chinese_sentence_and_keep_what_was_typed(kind, text):
    refused = asked(one_question(kind), text)
    assert not refused.is_valid()
    (message,) = refused.errors["asked"]
    assert any("\u4e00" <= sign <= "\u9fff" for sign in str(message))
    assert refused["asked"].value() == text


@pytest.mark.parametrize("kind", KINDS)
def test_a_required_question_left_empty_says_so(kind):
    verb = "选择" if kind == "boolean" else "填写"
    assert asked(one_question(kind), "").errors == {"asked": [f"请{verb}所问"]}
    assert asked(one_question(kind, required=False), "").is_valid()


def test_a_birth_date_in_the_future_is_refused():
    edition = one_question("date", not_in_future=True)
    assert asked(edition, "2026-11-20").is_valid()
    assert "不能晚于今天" in asked(edition, "2026-11-21").errors["asked"][0]


def test_a_place_is_chosen_from_within_its_district():
    edition = one_question("division", within="440507")
    choices = dict(edition_choices(form(edition, {})))
    assert choices["440507003"] == "珠池街道"
    assert all(code.startswith("440507") and len(code) > 6 for code in choices if code)
    assert asked(edition, "440507003").is_valid()
    assert not asked(edition, "440511").is_valid()
    assert not asked(edition, "440507").is_valid()


def edition_choices(built: AnswerForm) -> list[tuple[str, str]]:
    assert isinstance(built.fields["asked"], forms.ChoiceField)
    return [(str(code), str(name)) for code, name in dressed(built, "asked").choices]


def test_every_page_of_every_package_can_be_filled(allowance):
    for path in sorted((DATA / "matters").glob("*.json")):
        edition = compiled(read(path))
        facts = try_examples(edition)[0].facts
        files = {question.name for question in edition.file_questions}
        answers: dict[str, Any] = {
            name: facts[f"form.{name}"].value for name in files if f"form.{name}" in facts
        }
        for page in range(len(edition.pages)):
            shown = form(edition, facts, page=page, answers=answers)
            data = {}
            for name in shown.fields:
                if (
                    name not in files
                    and not box(shown, name)
                    and (fact := facts.get(f"form.{name}")) is not None
                ):
                    data[name] = {"True": "yes", "False": "no"}.get(str(fact.value), fact.value)
            done = form(edition, facts, data, page=page, answers=answers)
            assert done.is_valid(), (path.name, page, done.errors)
            answers = done.answers_json()
