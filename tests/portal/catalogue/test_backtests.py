"""A back-test in the browser: asked for, watched without JavaScript, called off, read and narrowed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from approvals.backtesting import working
from approvals.models import BackTest, Judgement
from approvals.states import BackTestState
from matters.models import EditionDraft
from matters.writing import drafts
from tests.approvals.backtesting import past
from tests.factories import district
from tests.factories.standin import Standin


@pytest.fixture
def judged(city: Any, registers: Standin) -> Judgement:
    return past.first(registers)


@pytest.fixture
def address(draft: EditionDraft) -> str:
    return f"/catalogue/drafts/{draft.pk}/backtests"


def text(answer: Any) -> str:
    return str(answer.content.decode())


def asked(browser: Client, address: str, wanted: str = "200") -> str:
    answer = browser.post(address, {"wanted": wanted})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_it_is_asked_for_watched_and_read(
    browser: Client, admin: User, judged: Judgement, draft: EditionDraft, address: str
) -> None:
    past.like(judged, 3, change=past.born(1950))
    past.age(admin, draft, 75)
    result = asked(browser, address)
    page = text(browser.get(result))
    assert 'http-equiv="refresh"' in page
    assert "data-poll=" in page
    assert "取消回测" in page
    working.run(BackTest.objects.get().pk)
    page = text(browser.get(result))
    assert 'http-equiv="refresh"' not in page
    for words in (
        "最近 4 件",
        "<b>4</b> 原 1",
        "<b>100.0%</b> 原 25.0%",
        "年龄达到要求",
        "不通过 → 通过",
        "复核的人要写明理由",
    ):
        assert words in page, words
    assert "100 元" in page
    assert "+300 元" in page
    assert "已完成" in text(browser.get(address))


def test_it_is_narrowed_to_one_change(
    browser: Client, admin: User, judged: Judgement, draft: EditionDraft, address: str
) -> None:
    past.like(judged, 2, change=past.born(1950))

    def change(content: dict[str, Any]) -> dict[str, Any]:
        content["outcome"]["rows"][-1]["values"]["monthly_amount"] = "120"
        return content

    drafts.save(admin, draft_id=draft.pk, revision=past.age(admin, draft, 75).revision, change=change)
    result = asked(browser, address)
    working.run(BackTest.objects.get().pk)
    page = text(browser.get(result))
    assert "转人工改自动通过 2" in page
    assert "只改批准内容 1" in page
    assert text(browser.get(result, {"change": "others"})).count('scope="row"') < page.count('scope="row"')
    assert text(browser.get(result, {"change": "?"})).count('scope="row"') == page.count('scope="row"')


def test_without_a_case_it_says_so(browser: Client, address: str) -> None:
    result = asked(browser, address)
    working.run(BackTest.objects.get().pk)
    assert "还没有核验过的件" in text(browser.get(result))


def test_what_was_never_asked_is_said_plainly(
    browser: Client, admin: User, judged: Judgement, draft: EditionDraft, address: str
) -> None:
    def change(content: dict[str, Any]) -> dict[str, Any]:
        content["checks"][2]["condition"] = {"fact": "cert.social_card.bank", "op": "present"}
        return content

    def unread(_at: int, facts: dict[str, Any]) -> None:
        del facts["cert.social_card.bank"]

    past.like(judged, 2, change=unread)
    drafts.save(admin, draft_id=draft.pk, revision=1, change=change)
    result = asked(browser, address)
    working.run(BackTest.objects.get().pk)
    assert "无法回测：当时没有查询社会保障卡“发卡银行”（2 件）" in text(browser.get(result))


@pytest.mark.parametrize("wanted", ["", "0", "5001", "x", "9" * 500, "-1"])
def test_not_any_number_will_do(browser: Client, address: str, wanted: str) -> None:
    answer = browser.post(address, {"wanted": wanted})
    assert answer.status_code == 422
    assert "一次最多回测 5000 件" in text(answer)


def test_it_is_called_off(browser: Client, address: str) -> None:
    result = asked(browser, address)
    assert browser.post(f"{result}/cancel").status_code == 302
    assert BackTest.objects.get().state == BackTestState.CANCELLED
    assert "这次回测已取消" in text(browser.get(result))


def test_rules_with_errors_are_not_tested(
    browser: Client, admin: User, draft: EditionDraft, address: str
) -> None:
    def change(content: dict[str, Any]) -> dict[str, Any]:
        content["checks"][1]["condition"] = {"fact": "cert.no_such.thing", "op": "present"}
        return content

    drafts.save(admin, draft_id=draft.pk, revision=1, change=change)
    answer = browser.post(address, {"wanted": "10"})
    assert answer.status_code == 409
    assert "规则还有错误" in text(answer)


def test_a_new_matter_has_nothing_to_be_held_against(browser: Client, admin: User) -> None:
    like = district.matter(district.ALLOWANCE)
    new = drafts.begin_like(admin, matter=like, code=like.code[:-3] + "009", name="新事项")
    page = text(browser.get(f"/catalogue/drafts/{new.pk}/backtests"))
    assert "不用回测" in page
    assert browser.post(f"/catalogue/drafts/{new.pk}/backtests", {"wanted": "1"}).status_code == 409


def test_an_admin_of_another_department_finds_nothing(client: Client, browser: Client, address: str) -> None:
    result = asked(browser, address)
    client.force_login(district.admin("11440507MB2X00020L"))
    for place in (address, result):
        assert client.get(place).status_code == 404
    assert client.post(f"{result}/cancel").status_code == 404
