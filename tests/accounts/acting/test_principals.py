"""For whom one acts, who signs in, what posts allow, what the inbox holds."""

from __future__ import annotations

from datetime import date

import pytest

from accounts import permissions
from accounts.acting import principals
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import ActingRight, Department, Message, Organisation, Post
from accounts.signing.identity import PasswordBackend
from accounts.telling import inbox
from common import clock
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def test_oneself_and_ones_organisation(city: Standin) -> None:
    owner = district.business(city)
    assert owner.organisation is not None
    alone = principals.principal(owner.person)
    acting = principals.principal(owner.person, whom=f"organisation:{owner.organisation.pk}")
    assert (alone.name, alone.kind) == (owner.person.name, "person")
    assert (acting.name, acting.kind) == (owner.organisation.name, "organisation")
    assert alone == Principal(owner.person)


@pytest.mark.parametrize("change", ["stranger", "ended", "later", "cancelled", "nonsense"])
def test_without_a_right_today_nobody_acts(city: Standin, change: str) -> None:
    owner = district.business(city)
    assert owner.organisation is not None
    person, whom = owner.person, f"organisation:{owner.organisation.pk}"
    rights = ActingRight.objects.filter(person=person)
    match change:
        case "stranger":
            person = district.citizen(city).person
        case "ended":
            rights.update(valid_to=date(2026, 11, 19))
        case "later":
            rights.update(valid_from=date(2026, 11, 21))
        case "cancelled":
            Organisation.objects.update(status=Organisation.Status.CANCELLED)
        case "nonsense":
            whom = "organisation:not-an-id"
    with pytest.raises(MayNotAct) as caught:
        principals.principal(person, whom=whom)
    assert caught.value.status == 403


@pytest.mark.parametrize(
    ("username", "password", "active", "found"),
    [
        ("citizen", "a long test password", True, True),
        ("citizen", "a wrong password", True, False),
        ("nobody", "a long test password", True, False),
        ("citizen", "a long test password", False, False),
        ("", "", True, False),
    ],
)
def test_signing_in_by_password(
    city: Standin, username: str, password: str, active: bool, found: bool
) -> None:
    user = district.citizen(city).user
    user.is_active = active
    user.save()
    name = user.username if username == "citizen" else username
    answer = PasswordBackend().authenticate(None, username=name, password=password)
    assert (answer == user) is found
    assert (PasswordBackend().get_user(user.pk) == user) is active


def test_posts_count_only_while_held(city: Standin) -> None:
    officer = district.officer()
    department = Department.objects.get(credit_code="11440507MB2X00012R")
    assert permissions.is_staff(officer)
    assert permissions.post_in(officer, role=Post.Role.OFFICER, department=department)
    assert not permissions.post_in(officer, role=Post.Role.CLERK, department=department)
    Post.objects.update(valid_from=date(2026, 11, 21))
    assert not permissions.is_staff(officer)
    assert not permissions.post_in(officer, role=Post.Role.OFFICER, department=department)


def test_a_message_is_read_by_its_person_only(city: Standin) -> None:
    owner, other = district.citizen(city).person, district.citizen(city).person
    inbox.send(
        [
            inbox.message(
                owner.pk, kind="email_changed", occasion="x", values={"change": "登记"}, at=clock.now()
            )
        ]
    )
    sent = Message.objects.get()
    inbox.mark_read(other, message_id=sent.pk)
    assert Message.objects.get().read_at is None
    inbox.mark_read(owner, message_id=sent.pk)
    assert Message.objects.get().read_at is not None
