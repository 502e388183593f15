"""An expired session in the middle: a clear sentence, the same page again, nothing lost, nothing leaked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from evaluations.models import Rating
from portal.web import unsaved
from tests.factories import district
from tests.portal.citizen import walking
from tests.portal.citizen.walking import text_of

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TYPED = {"account": "social_card", "contact_mobile": "13900001111"}


def expired(page: Client, address: str, data: Mapping[str, object], *, on: str = ""):
    """Post to the address after the session has ended, from the page at the same address or another one."""
    Session.objects.filter(session_key=page.cookies["sessionid"].value).update(expire_date=LONG_AGO)
    return page.post(address, data, headers={"referer": f"http://testserver{on or address}"})


def said(page: Client, response) -> str:
    return text_of(page.get(response.url))


def test_what_was_typed_comes_back_after_signing_in(page, chen) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    response = expired(page, address, TYPED)
    assert response.status_code == 302
    assert response.url == f"/sign-in?next={address}"
    signing_in = page.get(response.url)
    assert "已自动退出" in text_of(signing_in)
    assert "没有丢" in text_of(signing_in)
    page.force_login(chen.user)
    back = page.get(address)
    assert 'value="13900001111"' in back.content.decode()
    assert "还没有保存" in text_of(back)
    assert 'value="13900001111"' not in page.get(address).content.decode()  # once


def test_the_session_row_holds_nothing_readable(page) -> None:
    draft = walking.draft_of(page)
    expired(page, f"/drafts/{draft.reference}/1", TYPED)
    stored = [Session.objects.get(pk=row.pk).get_decoded() for row in Session.objects.all()]
    assert any("unsaved" in one for one in stored)
    assert "13900001111" not in str(stored)


def test_somebody_else_at_the_same_browser_sees_none_of_it(page, city) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    expired(page, address, TYPED)
    page.force_login(district.citizen(city, name="王美珍").user)
    response = page.get(address)
    assert response.status_code == 404
    assert "13900001111" not in response.content.decode()


@pytest.mark.parametrize("address", ["/me/family/give", "/me/family/guard"])
def test_nor_at_an_address_that_is_everybodys(page, chen, city, address) -> None:
    """A relative's ID number, typed before the session ended, is not for who signs in next at the same browser."""
    number = "110101199003074514"
    for back_again in (False, True):
        page.force_login(chen.user)
        assert page.get(address).status_code == 200
        expired(page, address, {"name": "王美珍", "number": number})
        page.force_login(chen.user if back_again else district.citizen(city, name="王美珍").user)
        assert (number in page.get(address).content.decode()) is back_again
        if not back_again:
            page.force_login(chen.user)
            assert number not in page.get(address).content.decode(), "thrown away"


def test_a_button_that_only_posts_leads_back_to_its_page(page) -> None:
    draft = walking.draft_of(page)
    page.logout()
    check = f"/drafts/{draft.reference}/check"
    response = page.post(
        f"/applications/{draft.reference}/submit",
        {"key": "k"},
        headers={"referer": f"http://testserver{check}"},
    )
    assert response.url == f"/sign-in?next={check}"


def test_a_foreign_referrer_is_not_followed(page) -> None:
    draft = walking.draft_of(page)
    page.logout()
    response = page.post(
        f"/drafts/{draft.reference}/1", TYPED, headers={"referer": "https://elsewhere.invalid/drafts"}
    )
    assert response.url == "/sign-in?next=/"


@pytest.mark.parametrize("act", ["submit", "withdraw", "consent", "discard"])
def test_what_cannot_be_given_back_is_not_called_kept(page, act) -> None:
    draft = walking.draft_of(page)
    address = {
        "submit": f"/applications/{draft.reference}/submit",
        "withdraw": f"/applications/{draft.reference}/withdraw",
        "consent": walking.START,
        "discard": f"/drafts/{draft.reference}/discard",
    }[act]
    text = said(page, expired(page, address, {"key": "k", "consent": "yes"}))
    assert "没有留下" in text
    assert "没有丢" not in text
    assert all(unsaved.SESSION_KEY not in row.get_decoded() for row in Session.objects.all())


def test_what_is_too_long_is_not_called_kept(page) -> None:
    draft = walking.draft_of(page)
    long = {"contact_mobile": "长" * unsaved.LONGEST}
    assert "没有留下" in said(page, expired(page, f"/drafts/{draft.reference}/1", long))


@pytest.mark.parametrize("cookie", ["", "made-up-by-a-script"])
def test_who_never_signed_in_leaves_no_row(db, cookie) -> None:
    guest = Client()
    if cookie:
        guest.cookies["sessionid"] = cookie
    address = "/drafts/44050720261120000000/1"
    response = guest.post(address, TYPED, headers={"referer": f"http://testserver{address}"})
    assert not Session.objects.exists()
    text = said(guest, response)
    assert "请先登录" in text
    assert "没有留下" in text
    assert "已自动退出" not in text


def test_one_ended_session_leaves_one_row_however_often_it_is_sent(page) -> None:
    draft = walking.draft_of(page)
    old = page.cookies["sessionid"].value
    for _ in range(3):
        page.cookies["sessionid"] = old
        expired(page, f"/drafts/{draft.reference}/1", TYPED)
    assert Session.objects.count() == 1


@pytest.mark.parametrize("on", ["", "rating"])
def test_a_rating_comes_back_on_the_result_page(page, chen, decide, on) -> None:
    reference = walking.submit(page)
    decide()
    result = f"/applications/{reference}"
    sent = {"level": "1", "tags_1": ["101"], "comment": "等了很久", "anonymous": "on"}
    response = expired(page, f"{result}/rating", sent, on=f"{result}/{on}".rstrip("/"))
    assert response.url == f"/sign-in?next={result}"
    assert "没有丢" in said(page, response)
    page.force_login(chen.user)
    back = page.get(result)
    assert "等了很久" in text_of(back)
    assert "还没有提交" in text_of(back)
    assert not Rating.objects.exists()
    assert "等了很久" not in text_of(page.get(result))  # once


SCRIPT = {"X-Requested-With": "fetch"}


def test_saving_as_one_types_after_the_end_loses_neither_its_own_words_nor_the_forms(page, chen) -> None:
    """The page says so: 登录已过期。按“保存并继续”，登录后接着填，内容不会丢."""
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    Session.objects.filter(session_key=page.cookies["sessionid"].value).update(expire_date=LONG_AGO)
    typed = f"/drafts/{draft.reference}/save/1"
    assert page.post(typed, {**TYPED, "contact_mobile": "13900002222"}, headers=SCRIPT).status_code == 302
    page.force_login(chen.user)  # without pressing the button
    assert 'value="13900002222"' in page.get(address).content.decode()


def test_the_form_that_follows_the_script_is_kept(page, chen) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    Session.objects.filter(session_key=page.cookies["sessionid"].value).update(expire_date=LONG_AGO)
    older = {**TYPED, "contact_mobile": "13900002222"}
    page.post(f"/drafts/{draft.reference}/save/1", older, headers=SCRIPT)
    page.post(address, TYPED, headers={"referer": f"http://testserver{address}"})
    page.force_login(chen.user)
    assert 'value="13900001111"' in page.get(address).content.decode()


@pytest.mark.parametrize("script_first", [True, False])
def test_script_and_form_at_the_same_moment(page, chen, script_first) -> None:
    """Both carry the old cookie; whichever answer's cookie the browser keeps, the words are there."""
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    old = page.cookies["sessionid"].value
    Session.objects.filter(session_key=old).update(expire_date=LONG_AGO)
    sent = [
        (f"/drafts/{draft.reference}/save/1", SCRIPT),
        (address, {"referer": f"http://testserver{address}"}),
    ]
    for where, headers in sent if script_first else reversed(sent):
        page.cookies["sessionid"] = old
        page.post(where, TYPED, headers=headers)
    page.force_login(chen.user)
    assert 'value="13900001111"' in page.get(address).content.decode()


def test_a_script_that_keeps_nothing_does_not_use_the_end_up(page, chen) -> None:
    draft = walking.draft_of(page)
    address = f"/drafts/{draft.reference}/1"
    Session.objects.filter(session_key=page.cookies["sessionid"].value).update(expire_date=LONG_AGO)
    page.post("/messages/read", headers=SCRIPT)
    text = said(page, page.post(address, TYPED, headers={"referer": f"http://testserver{address}"}))
    assert "没有丢" in text
    assert text.count("已自动退出") == 1
