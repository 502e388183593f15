"""No page of the builder asks for a code where there is something to choose, and braces say what they give."""

from __future__ import annotations

import pytest
from django.test import Client

from certificates.issuance import numbering
from certificates.models import CertificateType, NumberSeries
from common import clock
from matters.models import EditionDraft
from tests.portal.catalogue.test_builder_pages import send


def at(draft: EditionDraft, act: str) -> str:
    return f"/catalogue/drafts/{draft.pk}/{act}"


def shown(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_what_a_source_is_asked_with_is_chosen(browser: Client, draft: EditionDraft) -> None:
    address = at(draft, "parts/uses")
    page = shown(browser, address)
    name = "uses.registers[0].key:pair:id_number"
    assert f'<select class="input" id="{name}"' in page
    assert "id_number = " not in page
    choice = page[page.index(f'id="{name}"') :]
    choice = choice[: choice.index("</select>")]
    assert '<option value="applicant.id_number" selected>' in choice
    assert 'value="derived.' not in choice
    assert 'value="register.' not in choice
    send(browser, address, act="save", fields={name: "applicant.name"})
    draft.refresh_from_db()
    assert draft.content["uses"]["registers"][0]["key"] == {"id_number": "applicant.name"}
    send(browser, address, act="save", fields={name: ""})
    draft.refresh_from_db()
    assert draft.content["uses"]["registers"][0]["key"] == {}
    assert name in shown(browser, address)


def test_what_stands_on_the_certificate_is_chosen(browser: Client, draft: EditionDraft) -> None:
    address = at(draft, "parts/result")
    page = shown(browser, address)
    assert "证照上的哪一项" in page
    choice = page[page.index('id="result.certificate.fields[0]:key"') :]
    choice = choice[: choice.index("</select>")]
    fields = CertificateType.objects.get(slug="senior_allowance").schemas.latest("version").fields
    assert choice.count("<option") == len(fields)
    send(browser, address, act="add:result.certificate.fields")
    assert '<option value="new_1">请选择</option>' in shown(browser, address)


def test_a_pattern_says_the_next_number_and_draws_none(browser: Client, draft: EditionDraft) -> None:
    code = CertificateType.objects.get(slug="senior_allowance").code
    before = NumberSeries.objects.count()
    assert "今天的下一个编号是 LH202600000001" in shown(browser, at(draft, "parts/result"))
    assert NumberSeries.objects.count() == before
    pattern = "LH{year}{serial:8}"
    assert numbering.numbers([(code, pattern)], on=clock.today()) == ["LH202600000001"]
    assert "今天的下一个编号是 LH202600000002" in shown(browser, at(draft, "parts/result"))


@pytest.mark.parametrize("pattern", ["", "LH", "LH{serial:0}", "{year}", "LH {serial:8}"])
def test_a_wrong_pattern_has_no_next_number(db: None, pattern: str) -> None:
    assert numbering.upcoming("x", pattern, on=clock.today()) == ""


def test_a_used_up_pattern_has_no_next_number(db: None) -> None:
    NumberSeries.objects.create(name="x/A{serial:1}", last=9)
    assert numbering.upcoming("x", "A{serial:1}", on=clock.today()) == ""


def test_a_sentence_says_what_it_can_name(browser: Client, draft: EditionDraft) -> None:
    assert "{outcome.monthly_amount} 是津贴标准" in shown(browser, at(draft, "parts/result"))


@pytest.mark.parametrize(
    ("address", "act", "key"),
    [
        ("checks", "checks", "code"),
        ("tables/materials", "materials", "code"),
        ("parts/derived", "derived", "name"),
    ],
)
def test_what_is_added_has_a_name_of_its_own(
    browser: Client, draft: EditionDraft, address: str, act: str, key: str
) -> None:
    for _ in range(2):
        send(browser, at(draft, address), act=f"add:{act}")
    draft.refresh_from_db()
    start = "derived.new" if act == "derived" else "new"
    assert [one[key] for one in draft.content[act][-2:]] == [f"{start}_1", f"{start}_2"]
