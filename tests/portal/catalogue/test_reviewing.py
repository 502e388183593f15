"""The page of the second person: what is to be mended, what changes, handing in, sending back, publishing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from matters.models import EditionDraft
from matters.writing import drafts
from tests.factories import district
from tests.factories.editions import TESTED, changed


@pytest.fixture
def written(admin: User) -> EditionDraft:
    """A draft with one change, tried on past cases."""
    draft = changed(admin)
    drafts.note_impact(draft_id=draft.pk, revision=draft.revision, impact=TESTED)
    return EditionDraft.objects.get(pk=draft.pk)


@pytest.fixture
def other(second: User) -> Client:
    """The second person's browser."""
    client = Client()
    client.force_login(second)
    return client


def at(draft: EditionDraft, act: str = "review") -> str:
    return f"/catalogue/drafts/{draft.pk}/{act}"


def send(browser: Client, draft: EditionDraft, act: str = "review", **told: Any) -> Any:
    return browser.post(at(draft, act), {"revision": draft.revision} | told)


def state(draft: EditionDraft) -> str:
    return EditionDraft.objects.get(pk=draft.pk).state


def test_the_page_says_what_changed_and_who_may_go_on(
    browser: Client, other: Client, written: EditionDraft
) -> None:
    shown = browser.get(at(written)).content.decode()
    assert "没有待改的地方" in shown
    assert "写过这份草稿的人：李文杰。" in shown
    assert "1 处不同" in shown
    assert "<b>一句话说明</b>（改了）" in shown
    assert "结论改变 1 件" in shown
    assert send(browser, written, "hand-in").status_code == 302
    assert "不能由您发布" in browser.get(at(written)).content.decode()
    assert "复核通过并发布" in other.get(at(written)).content.decode()


def test_faults_are_listed_by_tab_and_bar_handing_in(
    browser: Client, admin: User, written: EditionDraft
) -> None:
    saved = drafts.save(
        admin, draft_id=written.pk, revision=written.revision, change=lambda c: c | {"summary": ""}
    )
    shown = browser.get(at(saved)).content.decode()
    assert "还有 1 处待改" in shown
    assert "待改的地方都改好以后" in shown
    assert send(browser, saved, "hand-in").status_code == 422
    assert state(saved) == "writing"


def test_it_is_sent_back_with_a_reason(browser: Client, other: Client, written: EditionDraft) -> None:
    send(browser, written, "hand-in")
    assert send(other, written, "send-back", **{"back-reason": " "}).status_code == 422
    assert send(other, written, "send-back", **{"back-reason": "请补依据"}).status_code == 302
    assert "请补依据" in browser.get(at(written)).content.decode()
    assert state(written) == "writing"


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"on": ""}, "请选生效日期"),
        ({"on": "2026-11-19"}, "生效日期要在今天到一年以内"),
        ({"on": "x"}, "年-月-日"),
        ({"on": "2026-11-21", "reason": "长" * 201}, "原因太长"),
    ],
)
def test_what_is_wrong_is_told_at_the_field(
    browser: Client, other: Client, written: EditionDraft, told: dict[str, str], words: str
) -> None:
    send(browser, written, "hand-in")
    answer = send(other, written, **told)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert state(written) == "checked"


def test_many_flips_ask_for_a_reason(browser: Client, other: Client, written: EditionDraft) -> None:
    send(browser, written, "hand-in")
    many = TESTED | {"needs_reason": True}
    drafts.note_impact(draft_id=written.pk, revision=written.revision, impact=many)
    assert "请写明原因" in send(other, written, on="2026-11-21").content.decode()
    assert send(other, written, on="2026-11-21", reason="区里已定").status_code == 302
    assert "区里已定" in other.get(f"/catalogue/matters/{district.ALLOWANCE}").content.decode()


def test_the_writer_cannot_publish_by_sending_the_form(browser: Client, written: EditionDraft) -> None:
    send(browser, written, "hand-in")
    answer = send(browser, written, on="2026-11-21")
    assert answer.status_code == 403
    assert "请让另一位事项管理员" in answer.content.decode()
    assert state(written) == "checked"


def test_another_departments_draft_is_not_there(written: EditionDraft) -> None:
    client = Client()
    client.force_login(district.admin("11440507MB2X00020L"))
    for act in ("review", "compare"):
        assert client.get(at(written, act)).status_code == 404
    for act in ("hand-in", "send-back", "drop"):
        assert send(client, written, act).status_code in {404, 422}
    assert state(written) == "writing"


def test_it_is_given_up(browser: Client, written: EditionDraft) -> None:
    assert send(browser, written, "drop", sure="yes").status_code == 302
    assert state(written) == "dropped"
    assert "不再使用" in browser.get(at(written)).content.decode()


def test_texts_that_still_name_the_old_age_are_listed_for_both(
    browser: Client, other: Client, admin: User, written: EditionDraft
) -> None:
    def younger(content: dict[str, Any]) -> dict[str, Any]:
        content["checks"][1]["condition"]["value"] = 75
        return content

    saved = drafts.save(admin, draft_id=written.pk, revision=written.revision, change=younger)
    for one in (browser, other):
        shown = one.get(at(saved)).content.decode()
        assert "这些地方还写着原来的要求" in shown
        assert "“年龄达到要求”由80周岁改成75周岁" in shown
        assert f'href="{at(saved, "parts/guide")}#guide.conditions[1]"' in shown
        assert f'href="{at(saved, "parts/checks.1")}#checks[1].told.fail"' in shown
        assert f'href="{at(saved, "parts/outcome.rows.2")}#' in shown
    checked = browser.get(at(saved, "parts/checks.1")).content.decode()
    assert "还写着“80 周岁”" in checked
    assert "field__reminder" in checked
    assert "field__error" not in checked
    assert "还写着" not in browser.get(at(saved, "parts/checks.0")).content.decode()
    assert "处提醒" in browser.get(at(saved, "checks")).content.decode()


def test_what_changed_is_said_in_words_on_both_sides(
    browser: Client, admin: User, draft: EditionDraft
) -> None:
    def younger(content: dict[str, Any]) -> dict[str, Any]:
        content["checks"][1]["condition"]["value"] = 75
        return content

    saved = drafts.save(admin, draft_id=draft.pk, revision=1, change=younger)
    shown = browser.get(at(saved)).content.decode()
    assert "<del>年满80周岁</del>" in shown
    assert "<ins>年满75周岁</ins>" in shown


def test_handing_in_without_a_back_test_is_said(browser: Client, admin: User, written: EditionDraft) -> None:
    assert "还没有用历史办件回测过" not in browser.get(at(written)).content.decode()
    again = drafts.save(
        admin, draft_id=written.pk, revision=written.revision, change=lambda c: c | {"summary": "再改"}
    )
    shown = browser.get(at(again)).content.decode()
    assert "这一稿还没有用历史办件回测过" in shown
    assert f'<a href="{at(again, "backtests")}">先去回测</a>' in shown
