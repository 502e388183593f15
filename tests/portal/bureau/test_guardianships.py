"""监护核实: who sees what waits, and that nobody confirms their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client

from accounts import registering
from accounts.acting import guarding
from accounts.models import Guardianship, Post, User
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.portal.citizen.walking import text_of

QUEUE = "/office/guardianships"
NUMBER = "O440000001"
Desk = Callable[..., Client]


@pytest.fixture
def mother(city: datetime) -> Citizen:
    return district.citizen(name="林佳", born=date(1985, 5, 1))


@pytest.fixture
def asked(mother: Citizen) -> Guardianship:
    child = district.citizen(name="林小宝", born=date(2015, 3, 3))
    return guarding.request(
        mother.person,
        ward=child.person,
        kind=Guardianship.Ward.CHILD,
        document=Guardianship.Document.BIRTH_CERTIFICATE,
        document_number=NUMBER,
    )


@pytest.fixture
def at_the_desk(signed_in: Callable[[User], Client]) -> Callable[..., Client]:
    """Sign in with a post of a role."""

    def sign_in(role: Post.Role, *, user: User | None = None) -> Client:
        password = "a long test password"
        account = user or registering.account(f"staff-{role}", display_name="柜台", password=password)
        registering.appoint(account, role=role, department=None, on=NOON.date())
        return signed_in(account)

    return sign_in


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Post.Role.CLERK, True),
        (Post.Role.OFFICER, True),
        (Post.Role.ADMIN, False),
        (Post.Role.SUPERVISOR, False),
    ],
)
def test_clerks_and_officers_confirm(
    at_the_desk: Desk, asked: Guardianship, role: Post.Role, allowed: bool
) -> None:
    desk = at_the_desk(role)
    assert desk.get(QUEUE).status_code == (200 if allowed else 403)
    assert desk.get(f"{QUEUE}/{asked.pk}").status_code == (200 if allowed else 403)
    answer = desk.post(f"{QUEUE}/{asked.pk}/confirm")
    assert answer.status_code == (302 if allowed else 403)
    assert Guardianship.objects.get().state == ("confirmed" if allowed else "requested")


def test_the_list_masks_and_the_page_shows_the_document(at_the_desk: Desk, asked: Guardianship) -> None:
    desk = at_the_desk(Post.Role.CLERK)
    listed = text_of(desk.get(QUEUE))
    assert "林*宝" in listed
    assert "林小宝" not in listed
    assert NUMBER not in listed
    shown = text_of(desk.get(f"{QUEUE}/{asked.pk}"))
    assert NUMBER in shown
    assert "出生医学证明" in shown
    assert asked.ward.id_number not in shown


def test_nobody_confirms_their_own(at_the_desk: Desk, asked: Guardianship, mother: Citizen) -> None:
    desk = at_the_desk(Post.Role.CLERK, user=mother.user)
    assert "都核实完了" in text_of(desk.get(QUEUE))
    assert desk.get(f"{QUEUE}/{asked.pk}").status_code == 403
    assert desk.post(f"{QUEUE}/{asked.pk}/confirm").status_code == 403
    assert Guardianship.objects.get().state == "requested"


def test_turning_down_needs_a_reason(at_the_desk: Desk, asked: Guardianship) -> None:
    desk = at_the_desk(Post.Role.OFFICER)
    address = f"{QUEUE}/{asked.pk}"
    assert desk.post(address, {"reason": "不行"}).status_code == 422
    assert desk.post(address, {"reason": "编号与存根不一致"}).status_code == 302
    found = Guardianship.objects.get()
    assert (found.state, found.reason) == ("rejected", "编号与存根不一致")
    assert desk.post(f"{address}/confirm").status_code == 409
