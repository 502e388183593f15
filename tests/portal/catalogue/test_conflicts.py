"""Two admins at one draft: no words are lost, nobody lands among the citizens' pages, nothing goes at one press."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from matters.models import EditionDraft, InstantStop
from matters.writing import drafts, reviewing, stopping
from tests.factories import district
from tests.factories.editions import TESTED
from tests.portal.catalogue.test_builder_pages import Form, form_of


@pytest.fixture
def other(second: User) -> Client:
    """The second person's browser."""
    client = Client()
    client.force_login(second)
    return client


def at(draft: EditionDraft, act: str) -> str:
    return f"/catalogue/drafts/{draft.pk}/{act}"


def fresh(draft: EditionDraft) -> EditionDraft:
    return EditionDraft.objects.get(pk=draft.pk)


def filled(browser: Client, address: str, **written: str) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in form_of(browser, address).fields:
        values.setdefault(name, []).append(value)
    return values | {name: [text] for name, text in written.items()} | {"act": ["save"]}


def test_a_save_that_came_second_is_shown_beside_the_first_and_can_be_saved_over(
    browser: Client, other: Client, draft: EditionDraft
) -> None:
    address = at(draft, "parts/checks.1")
    first = filled(browser, address, **{"checks[1].name": "年满八十"})
    later = filled(
        other, address, **{"checks[1].name": "够八十岁了", "checks[1].told.pass": "您够八十岁了。"}
    )
    assert browser.post(address, first).status_code == 302
    answer = other.post(address, later)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'class="deskbar' in page
    assert "回首页" not in page
    assert "李文杰" in page
    for words in ("年满八十", "您够八十岁了。", "现在存着的", "您写的"):
        assert words in page
    assert fresh(draft).content["checks"][1]["name"] == "年满八十"
    kept = {name: [value for key, value in fields_of(page) if key == name] for name, _ in fields_of(page)}
    assert other.post(address, kept | {"act": ["save"]}).status_code == 302
    assert fresh(draft).content["checks"][1]["name"] == "够八十岁了"
    assert fresh(draft).content["checks"][1]["told"]["pass"] == "您够八十岁了。"


def fields_of(page: str) -> list[tuple[str, str]]:
    inside = page[page.index("接下来") :].replace("<form", "<form data-builder", 1)
    return Form(inside).fields


def test_what_was_typed_into_a_check_that_is_gone_can_still_be_copied(
    browser: Client, other: Client, admin: User, draft: EditionDraft
) -> None:
    address = at(draft, "parts/checks.5")
    later = filled(other, address, **{"checks[5].name": "写了很久的名字"})
    drafts.save(
        admin,
        draft_id=draft.pk,
        revision=1,
        change=lambda content: content | {"checks": content["checks"][:2]},
    )
    answer = other.post(address, later)
    assert answer.status_code == 409
    assert "写了很久的名字" in answer.content.decode()


def test_what_was_typed_into_a_draft_that_was_handed_in_is_shown(
    browser: Client, other: Client, admin: User, draft: EditionDraft
) -> None:
    address = at(draft, "parts/about")
    later = filled(other, address, summary="写了很久的说明")
    saved = drafts.save(
        admin, draft_id=draft.pk, revision=1, change=lambda content: content | {"summary": "新的说明"}
    )
    reviewing.hand_in(admin, draft_id=draft.pk, revision=saved.revision)
    page = other.post(address, later).content.decode()
    assert "写了很久的说明" in page
    assert "用我写的保存" not in page
    assert "打开最新的草稿" in page


def test_a_page_that_was_saved_says_when(browser: Client, draft: EditionDraft) -> None:
    address = at(draft, "parts/about")
    answer = browser.post(address, filled(browser, address, summary="新的说明"))
    assert answer["Location"] == f"{address}?saved=1"
    assert "已保存 12:00:00" in browser.get(answer["Location"]).content.decode()
    assert "已保存" not in browser.get(address).content.decode()


@pytest.fixture
def handed_in(admin: User, draft: EditionDraft) -> EditionDraft:
    saved = drafts.save(
        admin, draft_id=draft.pk, revision=1, change=lambda content: content | {"summary": "新的说明"}
    )
    drafts.note_impact(draft_id=draft.pk, revision=saved.revision, impact=TESTED)
    return reviewing.hand_in(admin, draft_id=draft.pk, revision=saved.revision)


def test_a_return_that_came_too_late_keeps_its_reason(
    other: Client, second: User, handed_in: EditionDraft
) -> None:
    reviewing.send_back(second, draft_id=handed_in.pk, reason="先来的原因")
    answer = other.post(at(handed_in, "send-back"), {"back-reason": "后来的原因"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "后来的原因" in page
    assert "先来的原因" in page
    assert 'class="deskbar' in page


def test_handing_in_what_changed_leads_back_to_its_page(browser: Client, draft: EditionDraft) -> None:
    answer = browser.post(at(draft, "hand-in"), {"revision": 7}, follow=True)
    assert answer.redirect_chain[-1][0] == at(draft, "review")
    assert "刚刚被别的页面或同事改过" in answer.content.decode()


def test_a_second_stop_says_who_was_first(browser: Client, second: User) -> None:
    matter = district.matter()
    stopping.stop(second, matter=matter, reason="金额算错")
    answer = browser.post(f"/catalogue/matters/{matter.code}/stop", {"reason": "我也发现了"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "黄秀珍" in page
    assert "金额算错" in page
    assert "我也发现了" in page
    assert InstantStop.objects.count() == 1


def test_other_errors_of_the_catalogue_keep_its_frame(browser: Client) -> None:
    page = browser.get("/catalogue/matters/unknown").content.decode()
    assert "回事项管理" in page
    assert 'class="deskbar' in page


@pytest.mark.parametrize(
    ("address", "act", "words"),
    [
        ("checks", "remove:checks[1]", "删去“年龄达到要求”吗"),
        ("outcome", "drop:outcome", "删去这 3 项吗"),
        ("tables/examples", "drop:examples", "项吗"),
        ("tables/examples", "remove:examples[0]", "删去“"),
        ("tables/questions", "remove:form.pages[0]", "收款账户"),
        ("tables/materials", "remove:materials[0]", "删去“"),
    ],
)
def test_taking_away_is_asked_first(
    browser: Client, draft: EditionDraft, address: str, act: str, words: str
) -> None:
    told = {"revision": draft.revision, "act": act}
    page = browser.post(at(draft, address), told)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert fresh(draft).content == draft.content
    assert browser.post(at(draft, address), told | {"sure": "yes"}).status_code == 302
    assert fresh(draft).content != draft.content


def test_deleting_an_example_is_asked_first(browser: Client, draft: EditionDraft) -> None:
    name = draft.content["examples"][0]["name"]
    told: dict[str, Any] = {"revision": draft.revision, "name": name}
    assert f"删除样例“{name}”吗" in browser.post(at(draft, "examples/remove"), told).content.decode()
    assert fresh(draft).content == draft.content
    browser.post(at(draft, "examples/remove"), told | {"sure": "yes"})
    assert name not in [one["name"] for one in fresh(draft).content["examples"]]


def test_giving_up_says_what_is_lost_and_asks_a_stranger_why(
    browser: Client, other: Client, handed_in: EditionDraft
) -> None:
    address = at(handed_in, "drop")
    page = other.get(address).content.decode()
    assert "会丢掉 1 处改动" in page
    assert "李文杰" in page
    assert other.post(address, {"sure": "yes", "reason": " "}).status_code == 422
    assert fresh(handed_in).state == "checked"
    assert other.post(address, {"sure": "yes", "reason": "换一个办法"}).status_code == 302
    assert fresh(handed_in).state == "dropped"
    assert "放弃的原因：换一个办法" in browser.get(at(handed_in, "review")).content.decode()


def test_giving_up_ones_own_needs_no_reason(browser: Client, draft: EditionDraft) -> None:
    assert browser.post(at(draft, "drop")).status_code != 302
    assert fresh(draft).state == "writing"
    assert browser.post(at(draft, "drop"), {"sure": "yes"}).status_code == 302
    assert fresh(draft).state == "dropped"


def test_a_check_that_was_just_added_is_not_red(browser: Client, draft: EditionDraft) -> None:
    told = {"revision": draft.revision, "act": "add:checks"}
    opened = browser.post(at(draft, "checks"), told)["Location"]
    page = browser.get(opened).content.decode()
    assert "还没有填" in page
    assert "field__error" not in page
    assert "处要看" not in page
    assert "还没有填" in browser.get(at(draft, "checks")).content.decode()
    answer = browser.post(opened, filled(browser, opened))
    page = browser.get(answer["Location"]).content.decode()
    assert "field__error" in page
    assert "还没有填" not in page


def test_the_usual_choice_is_offered_once(browser: Client, draft: EditionDraft) -> None:
    page = browser.get(at(draft, "parts/checks.1")).content.decode()
    select = page[page.index('name="checks[1].on_fail"') :]
    select = select[: select.index("</select>")]
    assert select.count("转人工") == 1
    assert "转人工（通常）" in select
