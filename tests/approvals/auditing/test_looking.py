from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from approvals.auditing import looking
from approvals.errors import NoSuchApplication, PurposeNamesPerson, PurposeRequired
from approvals.models import Application
from records.models import Event, JournalEntry
from tests.factories import district
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
WHY = "抽查自动审批是否准确"


@pytest.fixture
def application(city: Any) -> Application:
    return making.referred(district.citizen())


@pytest.fixture
def supervisor(city: Any) -> User:
    return district.supervisor()


def test_every_run_is_opened_and_comes_out_as_it_was(application: Application, supervisor: User) -> None:
    audit = looking.look(supervisor, reference=application.reference, reason=WHY)
    (run,) = audit.runs
    assert run.differences == ()
    assert run.sheet is not None
    assert [one.check_code for one in run.sheet.verdict.findings]


def test_the_look_is_proven_and_the_applicant_reads_why(application: Application, supervisor: User) -> None:
    looking.look(supervisor, reference=application.reference, reason=f"  {WHY} ")
    entry = JournalEntry.objects.get(stream=application.stream, act=looking.LOOKED)
    assert entry.actor == f"user:{supervisor.pk}"
    assert WHY in Event.objects.get(entry=entry).text


@pytest.mark.parametrize("reason", ["", "  看 看 ", "查" * 101])
def test_without_a_purpose_nothing_is_shown(application: Application, supervisor: User, reason: str) -> None:
    with pytest.raises(PurposeRequired):
        looking.look(supervisor, reference=application.reference, reason=reason)
    assert not JournalEntry.objects.filter(act=looking.LOOKED).exists()


def test_a_purpose_names_nobody(application: Application, supervisor: User) -> None:
    for reason in (f"复查{application.person.name}的件", "核对号码 440 507 的件"):
        with pytest.raises(PurposeNamesPerson):
            looking.look(supervisor, reference=application.reference, reason=reason)


def test_only_who_supervises_the_department_and_has_no_part_in_it(application: Application) -> None:
    own = district.supervisor()
    application.person.user_id = own.pk
    application.person.save(update_fields=["user_id"])
    others = district.supervisor(district.department_of(district.BUSINESS))
    for user in (own, others, district.officer(), district.admin()):
        with pytest.raises(NoSuchApplication):
            looking.look(user, reference=application.reference, reason=WHY)
    with pytest.raises(NoSuchApplication):
        looking.look(others, reference="44050720261120000000", reason=WHY)


def test_a_changed_record_is_said_and_not_shown(application: Application, supervisor: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_judgement SET record = 'v1:broken' || substr(record, 10)")
    (run,) = looking.look(supervisor, reference=application.reference, reason=WHY).runs
    assert run.differences
    assert run.sheet is None
