"""For whom one acts, who signs in, what posts allow, what the inbox holds."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from accounts import organising, permissions
from accounts.acting import principals
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import ActingRight, Department, Message, Organisation, Post
from accounts.organising import OrganisationClosed
from accounts.signing.identity import PasswordBackend
from accounts.telling import inbox
from approvals.applying import drafting
from approvals.permissions import may_apply
from common import clock
from records.models import JournalEntry
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


@pytest.mark.parametrize("change", ["stranger", "ended", "later", "nonsense"])
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
        case "nonsense":
            whom = "organisation:not-an-id"
    with pytest.raises(MayNotAct) as caught:
        principals.principal(person, whom=whom)
    assert caught.value.status == 403


def test_the_head_of_a_closed_organisation_looks_at_it_and_files_nothing(city: Standin) -> None:
    owner = district.business(city)
    assert owner.organisation is not None
    on = clock.today()
    organising.close(owner.organisation, source="decision:1", actor="system", on=on)
    with pytest.raises(OrganisationClosed):
        organising.close(owner.organisation, source="decision:2", actor="system", on=on)
    found = principals.principal(owner.person, whom=f"organisation:{owner.organisation.pk}")
    assert found.closed
    assert [one.whom for one in principals.choices(owner.person, on=on)] == [found.whom]
    assert principals.choices_of_organisations(owner.person, on=on) == []
    assert not may_apply(found, district.matter(district.FILING))
    with pytest.raises(OrganisationClosed):
        drafting.start(found, matter=district.matter(district.FILING), consent=True)
    closed = Organisation.objects.get()
    assert (closed.closed_on, closed.closed_by) == (on, "decision:1")
    assert JournalEntry.objects.filter(act="organisation_closed", subject=str(closed.pk)).count() == 1


@pytest.mark.parametrize("broken", [{"closed_on": None}, {"closed_by": ""}, {"status": "active"}])
def test_the_database_wants_the_day_and_the_decision_of_an_end(
    city: Standin, broken: dict[str, object]
) -> None:
    district.business(city)
    told = {"status": "cancelled", "closed_on": clock.today(), "closed_by": "decision:1"} | broken
    with pytest.raises(IntegrityError, match="closed_organisation_names"), transaction.atomic():
        Organisation.objects.update(**told)


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
