"""Every address for every role: guests sign in, others' things are as if they did not exist, staff are told."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Message
from approvals import reviewing
from approvals.models import Application, Draft
from certificates.models import Authorisation, Certificate
from tests.factories import district
from tests.portal.citizen import walking
from tests.portal.citizen.conftest import only_case
from tests.portal.citizen.test_applications import DEFECT
from tests.portal.citizen.walking import text_of

LISTS = ["applications", "wallet", "uses", "authorisations", "inbox", "me"]
OF_A_DRAFT = ["draft", "questions", "review", "discard"]
OF_A_CASE = ["application", "print", "supplement", "withdraw"]
POSTS = ["save", "submit", "rate", "revoke"]


@pytest.fixture
def addresses(page, decide) -> dict[str, str]:
    """Every address of the area about things of one citizen: a referred case, a draft, a certificate, a message."""
    reference = walking.submit(page, yes=False)
    decide()
    reviewing.ask_for_more(district.officer(), application=only_case(), defects=[DEFECT])
    business = f"/matters/{district.BUSINESS}/start"
    walking.consent(page, start=business)
    draft = Draft.objects.get().reference
    found = {name: reverse(f"citizen:{name}") for name in LISTS}
    found |= {name: reverse(f"citizen:{name}", args=[draft]) for name in ("draft", "review", "discard")}
    found |= {name: reverse(f"citizen:{name}", args=[draft, 1]) for name in ("questions", "save")}
    names = (*OF_A_CASE, "progress", "rate")
    found |= {name: reverse(f"citizen:{name}", args=[reference]) for name in names}
    found["submit"] = reverse("citizen:submit", args=[draft])
    found["certificate"] = reverse("citizen:certificate", args=[Certificate.objects.order_by("pk")[0].pk])
    found["revoke"] = reverse("citizen:revoke", args=[Authorisation.objects.order_by("given_at")[0].pk])
    found["message"] = reverse("citizen:message", args=[Message.objects.order_by("created_at")[0].pk])
    found["consent"] = reverse("citizen:consent", args=[district.BUSINESS])
    return found


def ask(client: Client, addresses: dict[str, str], name: str) -> Any:
    return client.post(addresses[name]) if name in POSTS else client.get(addresses[name])


def test_a_guest_is_asked_to_sign_in_everywhere(addresses) -> None:
    for name, address in addresses.items():
        response = ask(Client(), addresses, name)
        assert response.status_code == 302, name
        assert response.url.startswith("/sign-in?next="), (name, address)


def test_the_owner_sees_everything(page, addresses) -> None:
    for name in addresses:
        if name not in POSTS and name != "progress":
            response = page.get(addresses[name], follow=True)
            assert response.status_code == 200, name
    assert page.get(addresses["progress"], headers={"X-Requested-With": "fetch"}).status_code == 200


def test_for_another_citizen_nothing_of_it_exists(addresses, city, browser) -> None:
    other = browser(district.citizen(city, name="林文彬"))
    for name in addresses:
        if name in {*LISTS, "consent"}:
            continue
        response = ask(other, addresses, name)
        if name == "progress":
            response = other.get(addresses[name], headers={"X-Requested-With": "fetch"})
        assert response.status_code == 404, name
        assert "陈秀英" not in text_of(response), name


@pytest.mark.parametrize("name", [*OF_A_CASE, "draft", "review", "discard"])
def test_unknown_and_foreign_references_answer_alike(addresses, city, browser, name) -> None:
    other = browser(district.citizen(city, name="林文彬"))
    foreign = other.get(addresses[name])
    unknown = other.get(reverse(f"citizen:{name}", args=["44050720261120999999"]))
    assert text_of(foreign) == text_of(unknown).replace("44050720261120999999", addresses[name].split("/")[2])


def test_lists_of_another_citizen_are_their_own(addresses, city, browser) -> None:
    other = browser(district.citizen(city, name="林文彬"))
    for name in LISTS:
        response = other.get(addresses[name])
        assert response.status_code == 200
        assert only_case_reference() not in text_of(response).replace(" ", "")


def only_case_reference() -> str:
    return Application.objects.get().reference


def test_an_account_of_staff_alone_is_told_what_to_do(addresses) -> None:
    client = Client()
    client.force_login(district.officer())
    for name in addresses:
        response = ask(client, addresses, name)
        if name == "progress":
            response = client.get(addresses[name], headers={"X-Requested-With": "fetch"})
        assert response.status_code == 403, name
        assert "工作人员账号" in text_of(response), name


def test_acts_need_a_post(page, addresses) -> None:
    for name in POSTS:
        assert page.get(addresses[name]).status_code == 405, name


def test_reading_a_message_is_an_act_of_its_own(page, addresses) -> None:
    message = Message.objects.order_by("created_at")[0]
    page.get(addresses["message"])
    message.refresh_from_db()
    assert message.read_at is None
    page.post(addresses["message"])
    message.refresh_from_db()
    assert message.read_at is not None


def test_an_unknown_matter_is_not_found(page) -> None:
    assert page.get(f"/matters/{'0' * 31}/start").status_code == 404
    assert page.get(reverse("citizen:message", args=[uuid4()])).status_code == 404
