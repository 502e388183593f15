"""An expired session in the middle: a clear sentence, the same page again, nothing lost, nothing leaked."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.test import Client

from tests.factories import district
from tests.portal.citizen import walking
from tests.portal.citizen.walking import text_of

TYPED = {"account": "social_card", "contact_mobile": "13900001111"}


def expired(page: Client, address: str, data: dict[str, str]):
    """Post to the address after the session has gone, from the page at the same address."""
    page.logout()
    return page.post(address, data, headers={"referer": f"http://testserver{address}"})


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
