"""亮码 on the phone: what is shown is what was chosen."""

from __future__ import annotations

import pytest
from django.test import Client

from certificates.models import Presentation
from tests.factories.district import Citizen
from tests.portal.citizen.walking import text_of

pytestmark = pytest.mark.django_db
CODE, PICK = "/certificates/code", "/certificates/code/pick"


def test_none_chosen_shows_nothing_and_says_so(page: Client, chen: Citizen) -> None:
    """Ticking nothing is a slip, and a slip must not show everything."""
    shown = page.get(PICK).content.decode()
    assert ('name="picked"' in shown, 'name="all"' in shown) == (True, True)
    answer = page.post(CODE, {"whom": "", "picked": "yes"}, follow=True)
    assert answer.request["PATH_INFO"] == PICK
    assert "一本也没有选" in text_of(answer)
    assert not Presentation.objects.exists()


@pytest.mark.parametrize(
    ("pressed", "types"),
    [
        ({"picked": "yes", "types": ["social_card"]}, ["social_card"]),
        ({"all": "yes", "types": ["social_card"]}, []),
        ({"types": ["social_card"]}, ["social_card"]),
        ({}, []),
    ],
)
def test_a_button_shows_what_it_says(
    page: Client, chen: Citizen, pressed: dict[str, object], types: list[str]
) -> None:
    assert page.post(CODE, {"whom": "", **pressed})["Location"] == CODE
    assert Presentation.objects.get().types == types
