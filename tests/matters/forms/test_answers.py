from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from matters.editions import Compiled
from matters.forms.answers import form_facts, is_visible, prefill
from matters.lint.trying import given_facts
from rules import Fact, Source, SourceKind, UnknownReason, VerdictKind
from tests.matters.documents import ALLOWANCE, compiled, read

ON = date(2026, 11, 20)
AT = datetime(2026, 11, 19, 16, 30, tzinfo=UTC)  # already the 20th in China


@pytest.fixture(scope="module")
def allowance() -> Compiled:
    return compiled(read(ALLOWANCE))


@pytest.fixture(scope="module")
def known(allowance: Compiled) -> dict[str, Fact]:
    raw = {k: v for k, v in read(ALLOWANCE)["examples"][0]["facts"].items() if not k.startswith("form.")}
    return given_facts(allowance, raw)


def test_what_was_not_corrected_is_the_fact_itself_with_its_source(allowance, known):
    source = Source(SourceKind.CERTIFICATE, "household_register", "居民户口簿", "H1", 2, "address", AT)
    known = {**known, "cert.household_register.address": Fact.known("甲地", source)}
    facts = form_facts(allowance, {"account": "social_card"}, facts=known, on=ON)
    assert facts["form.address"] == Fact.known("甲地", source)
    assert allowance.judge({**known, **facts}, on=ON).kind is VerdictKind.GRANT


def test_a_correction_is_the_applicants_own_word(allowance, known):
    facts = form_facts(allowance, {"account": "social_card", "address": "乙地"}, facts=known, on=ON)
    assert facts["form.address"].value == "乙地"
    assert (source := facts["form.address"].source) is not None
    assert source.kind is SourceKind.FORM
    assert allowance.judge({**known, **facts}, on=ON).kind is VerdictKind.REFER


def test_a_missing_fact_stays_missing_with_its_reason(allowance):
    known = {"cert.household_register.address": Fact.unknown(UnknownReason.EXPIRED)}
    assert form_facts(allowance, {}, facts=known, on=ON)["form.address"].missing is UnknownReason.EXPIRED


def test_hidden_unanswered_and_emptied_are_kept_apart(allowance, known):
    answers = {"account": "social_card", "other_bank": "没有问过", "contact_mobile": None}
    facts = form_facts(allowance, answers, facts=known, on=ON)
    assert facts["form.other_bank"].missing is UnknownReason.NOT_ASKED
    assert facts["form.contact_mobile"] == Fact.known(None, facts["form.contact_mobile"].source)
    assert form_facts(allowance, {}, facts=known, on=ON)["form.account"].missing is UnknownReason.NOT_ASKED


def test_a_kept_answer_of_the_wrong_type_is_unreadable_never_a_crash(allowance, known):
    wrongs: tuple[object, ...] = (5, [], {}, True, "cash")
    for wrong in wrongs:
        facts = form_facts(allowance, {"account": wrong}, facts=known, on=ON)
        assert facts["form.account"].missing is UnknownReason.UNREADABLE
        assert allowance.judge({**known, **facts}, on=ON).kind is VerdictKind.REFER


def test_visibility_needs_proof(allowance, known):
    question = allowance.questions["other_bank"]
    assert not is_visible(allowance, question, facts=known, on=ON)
    assert not is_visible(allowance, question, facts={"form.account": Fact.known("social_card")}, on=ON)
    assert is_visible(allowance, question, facts={"form.account": Fact.known("other")}, on=ON)


def test_prefill_carries_words_source_and_chinese_day(allowance):
    source = Source(SourceKind.CERTIFICATE, "resident_id", "居民身份证", "R1", 1, "birth_date", AT)
    found = prefill(allowance, {"cert.resident_id.birth_date": Fact.known(date(1946, 8, 20), source)})
    known = found["cert.resident_id.birth_date"]
    assert (known.display, known.source_label, known.source_date, known.source_kind) == (
        "1946年8月20日", "居民身份证", "2026-11-20", "certificate",
    )  # fmt: skip


def test_what_is_missing_empty_or_not_shown_is_not_prefilled(allowance):
    facts = {
        "cert.resident_id.name": Fact.unknown(UnknownReason.UNAUTHORISED),
        "applicant.mobile": Fact.known(""),
        "register.civil_status.dead": Fact.known(False),
    }
    assert prefill(allowance, facts) == {}


def test_materials_follow_the_situation(allowance, known):
    def codes(account: str | None) -> list[str]:
        facts = {} if account is None else {"form.account": Fact.known(account)}
        return [material.code for material in allowance.materials(facts, on=ON)]

    assert codes("social_card") == ["application", "id_card", "household", "bank_card"]
    assert codes("other") == ["application", "id_card", "household", "other_bank_card"]
    assert codes(None) == ["application", "id_card", "household"]
