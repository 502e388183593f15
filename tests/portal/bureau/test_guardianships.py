"""监护核实: who sees what waits, and that nobody confirms their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts import registering
from accounts.acting import documents, guarding
from accounts.models import Guardianship, Post, User
from records.models import JournalEntry, StoredFile
from tests.factories import district, uploads
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
    uploads.document(mother.person)
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
        district.known(account)
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


@pytest.fixture
def paper(mother: Citizen, tmp_path: Path, settings: Any) -> StoredFile:
    """What the mother uploads, really there."""
    settings.FILES_DIR = tmp_path / "files"
    return documents.keep(mother.person, incoming=uploads.received(uploads.pdf(2)))


@pytest.fixture
def shown_by(paper: StoredFile, mother: Citizen) -> Guardianship:
    child = district.citizen(name="林小宝", born=date(2015, 3, 3))
    return guarding.request(
        mother.person,
        ward=child.person,
        kind=Guardianship.Ward.CHILD,
        document=Guardianship.Document.BIRTH_CERTIFICATE,
        document_number=NUMBER,
    )


@pytest.mark.parametrize("role", [Post.Role.CLERK, Post.Role.OFFICER])
def test_who_confirms_sees_the_document_and_leaves_a_trace(
    at_the_desk: Desk, paper: StoredFile, shown_by: Guardianship, role: Post.Role
) -> None:
    desk = at_the_desk(role)
    page = desk.get(f"{QUEUE}/{shown_by.pk}")
    assert "每次打开都有留痕" in text_of(page)
    assert not JournalEntry.objects.filter(act="guardianship_document_looked_at").exists()
    for part in ("small", "pages/1", "pages/2"):
        address = f"/office/files/{paper.pk}/{part}"
        assert address in page.content.decode()
        assert desk.get(address)["Content-Type"] == "image/jpeg"
    assert desk.get(f"/office/files/{paper.pk}").status_code == 409, "the original waits for the scan"
    assert (
        JournalEntry.objects.get(act="guardianship_document_looked_at").stream == f"person:{shown_by.ward_id}"
    )
    desk.post(f"{QUEUE}/{shown_by.pk}/confirm")
    assert desk.get(f"/office/files/{paper.pk}/small").status_code == 404


def test_nobody_else_in_the_office_sees_the_document(
    at_the_desk: Desk, paper: StoredFile, mother: Citizen, shown_by: Guardianship
) -> None:
    for role, user, status in (
        (Post.Role.ADMIN, None, 403),
        (Post.Role.SUPERVISOR, None, 403),
        (Post.Role.CLERK, mother.user, 404),
    ):
        desk = at_the_desk(role, user=user)
        assert desk.get(f"/office/files/{paper.pk}/small").status_code == status, role
    assert not JournalEntry.objects.filter(act="guardianship_document_looked_at").exists()


def test_a_document_no_request_has_taken_is_nobodys_business(at_the_desk: Desk, paper: StoredFile) -> None:
    assert at_the_desk(Post.Role.CLERK).get(f"/office/files/{paper.pk}/small").status_code == 404


def test_a_request_of_before_says_that_there_is_no_document(at_the_desk: Desk, asked: Guardianship) -> None:
    Guardianship.objects.update(document_file=None)
    assert "没有上传文书" in text_of(at_the_desk(Post.Role.CLERK).get(f"{QUEUE}/{asked.pk}"))
