"""Trying a draft by forms: examples, the demo's lives, a past case in made-up values; keeping examples."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from approvals.models import Application
from approvals.trying import looking
from matters.models import EditionDraft
from matters.writing import drafts
from records.journal import events_of
from records.models import JournalEntry
from tests.approvals.backtesting import past
from tests.factories import district
from tests.factories.standin import Standin
from tests.portal.bureau import making

SENIOR_CARD = "11440507MB2X00012R4442011002000"
FIRST = "86 周岁，全部符合"
BIRTH = "v.cert.resident_id.birth_date"


@pytest.fixture
def address(draft: EditionDraft) -> str:
    return f"/catalogue/drafts/{draft.pk}/try"


@pytest.fixture
def case(city: Any, registers: Standin) -> Application:
    """A case that was granted at once."""
    return making.referred(district.citizen(registers, name="欧阳月娥"))


def form(page: str) -> dict[str, str]:
    """Return what the facts' form would post, as a browser does."""
    inside = page[page.index('<input type="hidden" name="whose"') :]
    found = dict(
        re.findall(r'<input class="input field__control[^>]* name="([^"]+)" value="([^"]*)"', inside)
    )
    for name, options in re.findall(r'<select[^>]* name="([^"]+)">(.*?)</select>', inside, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    return found | {"revision": revision[1], "act": "judge"}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_example_is_tried_beside_what_is_in_force(
    browser: Client, admin: User, draft: EditionDraft, address: str
) -> None:
    past.age(admin, draft, 90)
    page = text(browser.get(address, {"with": f"example:{FIRST}"}))
    assert "两版不同" in page
    assert page.index("转人工") < page.index("在用的 V1") < page.index("自动通过")
    for words in ("年满90周岁", "年满80周岁", "86周岁", "居民身份证"):
        assert words in page, words


def test_facts_are_edited_and_tried_again(browser: Client, address: str) -> None:
    known = form(text(browser.get(address, {"with": f"example:{FIRST}"})))
    assert known[BIRTH] == "1940-08-20"
    page = text(browser.post(address, known | {BIRTH: "1990.1.5"}))
    assert form(page)[BIRTH] == "1990-01-05"
    assert page.count("转人工") >= 2
    page = text(browser.post(address, known | {"u.cert.resident_id.birth_date": "EXPIRED"}))
    assert "已过期" in page
    assert "未能核实" in page


def test_what_cannot_be_read_is_said_beside_the_field_and_nothing_is_judged(
    browser: Client, address: str
) -> None:
    known = form(text(browser.get(address, {"with": f"example:{FIRST}"})))
    page = text(browser.post(address, known | {BIRTH: "昨天"}))
    assert "请填日期，例如 1946-11-20" in page
    assert "试算结果" not in page


def test_a_life_of_the_demo_is_tried(browser: Client, address: str) -> None:
    page = text(browser.get(address, {"with": "life:huangguozhong"}))
    assert "转人工" in page
    assert "不通过" in page


def test_a_past_case_is_shown_in_made_up_values_alone(
    browser: Client, address: str, case: Application, draft: EditionDraft
) -> None:
    answer = browser.post(address, {"act": "case", "reference": case.reference})
    page = text(answer)
    person = case.person
    for secret in (
        person.name,
        person.id_number,
        person.id_number[-4:],
        person.mobile,
        "1940-03-08",
        "长平路",
    ):
        assert secret not in page, secret
    assert "某甲" in page
    assert "自动通过" in page
    looks = JournalEntry.objects.filter(stream=case.stream, act=looking.LOOKED)
    assert looks.get().subject == str(draft.pk)
    (told,) = [event.text for event in events_of(case.stream) if event.kind == looking.LOOKED]
    assert "试算" in told
    browser.post(address, {"act": "case", "reference": case.reference})
    assert looks.count() == 1


def test_whose_case_it_is_shown_their_record(
    client: Client, browser: Client, address: str, case: Application
) -> None:
    browser.post(address, {"act": "case", "reference": case.reference})
    assert case.person.user is not None
    client.force_login(case.person.user)
    assert "工作人员用这件办过的件试算了一次" in text(client.get(f"/applications/{case.reference}"))


@pytest.mark.parametrize("reference", ["", "x", "44050720261120999999"])
def test_a_case_that_is_not_there_is_not_found(browser: Client, address: str, reference: str) -> None:
    answer = browser.post(address, {"act": "case", "reference": reference})
    assert answer.status_code == 404
    assert "没有找到这件办过的件" in text(answer)


def test_a_case_of_another_matter_or_ones_own_is_not_found(
    browser: Client, admin: User, address: str, registers: Standin, case: Application
) -> None:
    other = making.referred(district.citizen(registers), matter=SENIOR_CARD)
    assert browser.post(address, {"act": "case", "reference": other.reference}).status_code == 404
    case.person.user = admin
    case.person.save(update_fields=["user"])
    assert browser.post(address, {"act": "case", "reference": case.reference}).status_code == 404
    assert not JournalEntry.objects.filter(act=looking.LOOKED).exists()


def test_what_came_out_is_kept_once_it_was_confirmed(
    browser: Client, draft: EditionDraft, address: str
) -> None:
    known = form(text(browser.get(address, {"with": f"example:{FIRST}"}))) | {BIRTH: "1936-11-20"}
    known |= {"act": "save", "name": "刚满 90 周岁当天"}
    answer = browser.post(address, known)
    assert answer.status_code == 422
    assert "请先核对结果" in text(answer)
    assert browser.post(address, known | {"sure": "yes"}).status_code == 302
    draft.refresh_from_db()
    example = draft.content["examples"][-1]
    assert example["name"] == "刚满 90 周岁当天"
    assert example["expect"]["verdict"] == "grant"
    assert example["expect"]["outcome"] == {"monthly_amount": "200", "age_group": "90—99 周岁"}
    page = text(browser.get(address))
    assert "刚满 90 周岁当天" in page
    assert "不符合" not in page
    again = browser.post(address, known | {"sure": "yes", "revision": "2"})
    assert "已经有叫这个名字的样例" in text(again)
    assert "刚刚被别的页面或同事改过" in text(
        browser.post(address, known | {"sure": "yes", "name": "又一个"})
    )


def test_a_case_can_be_kept_as_an_example_of_nobody(
    browser: Client, draft: EditionDraft, address: str, case: Application
) -> None:
    known = form(text(browser.post(address, {"act": "case", "reference": case.reference})))
    answer = browser.post(address, known | {"act": "save", "name": "来自办件", "sure": "yes"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    kept = str(draft.content["examples"][-1])
    for secret in (case.person.name, case.person.id_number, case.person.mobile, "1940", case.reference):
        assert secret not in kept


def test_the_number_of_a_real_person_is_refused(browser: Client, draft: EditionDraft, address: str) -> None:
    real = district.citizen().person
    type(real).objects.filter(pk=real.pk).update(is_demo=False)
    known = form(text(browser.get(address, {"with": "life:chenxiuying"})))
    known |= {"v.applicant.name": real.id_number.lower(), "act": "save", "name": "真人", "sure": "yes"}
    answer = browser.post(address, known)
    assert answer.status_code == 422
    assert "属于一位真实的用户" in text(answer)


def test_examples_are_renamed_and_deleted_with_what_is_based_on_them(
    browser: Client, draft: EditionDraft
) -> None:
    place = f"/catalogue/drafts/{draft.pk}/examples"
    browser.post(f"{place}/rename", {"name": FIRST, "new": "样样齐全", "revision": "1"})
    draft.refresh_from_db()
    examples = draft.content["examples"]
    assert examples[0]["name"] == "样样齐全"
    based = [one["name"] for one in examples if one.get("based_on") == "样样齐全"]
    assert based
    browser.post(f"{place}/remove", {"name": "样样齐全", "revision": "2", "sure": "yes"})
    draft.refresh_from_db()
    left = {one["name"]: one for one in draft.content["examples"]}
    assert "样样齐全" not in left
    assert all(left[name]["facts"]["applicant.id_number"] for name in based)
    page = text(browser.get(f"/catalogue/drafts/{draft.pk}/try"))
    assert "不符合" not in page
    gone = {"name": "样样齐全", "revision": "3", "sure": "yes"}
    assert browser.post(f"{place}/remove", gone).status_code == 404


def test_a_failing_example_says_what_comes_out_instead(
    browser: Client, admin: User, draft: EditionDraft, address: str
) -> None:
    past.age(admin, draft, 90)
    page = text(browser.get(address))
    assert "不符合" in page
    assert "现在是转人工" in page
    assert "“年龄达到要求”和预期不一样" in page


def test_a_draft_that_cannot_be_read_says_so(
    browser: Client, admin: User, draft: EditionDraft, address: str
) -> None:
    drafts.save(admin, draft_id=draft.pk, revision=1, change=lambda one: one | {"checks": "?"})
    answer = browser.get(address)
    assert answer.status_code == 200
    assert "现在还不能试算" in text(answer)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"on": "昨天"}, "核验日期请写成“年-月-日”"),
        ({"on": "2026-02-30"}, "没有 2026 年 2 月 30 日这一天"),
        ({BIRTH: "2030-01-05"}, "这一天在核验日期以后"),
    ],
)
def test_a_day_that_cannot_be_is_said_at_its_field(
    browser: Client, address: str, changed: dict[str, str], words: str
) -> None:
    known = form(text(browser.get(address, {"with": f"example:{FIRST}"})))
    page = text(browser.post(address, known | changed))
    assert words in page
    assert "试算结果" not in page
    assert next(iter(changed.values())) in page
    page = text(browser.post(address, known | changed | {"act": "save", "name": "新的", "sure": "yes"}))
    assert "没有存下样例" in page


def test_a_case_is_found_by_its_number_as_it_is_printed(
    browser: Client, address: str, case: Application
) -> None:
    grouped = " ".join(case.reference[at : at + 4] for at in range(0, 20, 4))
    page = text(browser.post(address, {"act": "case", "reference": grouped}))
    assert f"办件 {grouped}（编造值）" in page
