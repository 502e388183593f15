"""A holder reports a look; a supervisor of the body or of the district answers, and nobody who looked."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from accounts import registering
from accounts.acting.principals import Limits, Principal
from accounts.models import Department, Message, Person, Post, User
from certificates.errors import NothingToReport, NotYours, NotYoursToAnswer, WordsRequired
from certificates.holding import looking, reporting
from certificates.holding.grounds import Ground
from certificates.holding.looking import Duty
from certificates.models import CertificateType, MisuseReport, UseRecord
from certificates.states import MisuseFinding
from common import workdays
from records.models import JournalEntry
from tests.factories import offices, people
from tests.factories.certificates import AT, MATTER, TODAY, card_type, certificate

pytestmark = pytest.mark.django_db
TEXT = "我从来没有办过这件事，请查一查"
FOUND = "查过了，确实没有办件，已经批评教育"


@pytest.fixture
def who() -> Principal:
    return people.principal()


@pytest.fixture
def use(who: Principal) -> UseRecord:
    kind = card_type()
    CertificateType.objects.filter(pk=kind.pk).update(lookup={"roles": ["officer"], "fields": ["name"]})
    certificate(who.person)
    officer = offices.employee("officer")
    duty = Duty("核对补贴发放情况", Ground(officer.pk, MATTER, frozenset({"test_card"})))
    return looking.by_duty(officer, holder=who.person, slug="test_card", duty=duty, at=AT).record


def reported(who: Principal, use: UseRecord) -> MisuseReport:
    return reporting.report(who, use_id=use.pk, text=TEXT, at=AT)


def answered(user: User, told: MisuseReport, finding: MisuseFinding = MisuseFinding.IMPROPER) -> MisuseReport:
    return reporting.answer(user, report_id=told.pk, finding=finding, words=FOUND, at=AT)


def test_a_report_is_due_in_working_days_and_stands_nowhere_in_clear(who: Principal, use: UseRecord) -> None:
    told = reported(who, use)
    assert told.due_on == workdays.add_workdays(TODAY, 10)
    assert MisuseReport.objects.get().text == TEXT
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM certificates_misusereport r")
        assert TEXT not in cursor.fetchone()[0]
    entry = JournalEntry.objects.get(stream=f"misuse:{told.pk}")
    assert (entry.act, entry.details) == ("misuse_reported", {"use": str(use.pk)})


def test_a_record_is_reported_once(who: Principal, use: UseRecord) -> None:
    reported(who, use)
    with pytest.raises(NothingToReport):
        reported(who, use)


@pytest.mark.parametrize(
    "other",
    [
        lambda _who: people.principal(name="别人"),
        lambda who: Principal(
            who.person, agent=people.person(), mandate="m", limits=Limits(sees_certificates=False)
        ),
        lambda who: Principal(who.person, people.business(operator=who.person)),
    ],
    ids=["someone else", "blind agent", "own firm"],
)
def test_only_the_holders_side_reports(other: Any, who: Principal, use: UseRecord) -> None:
    with pytest.raises(NotYours):
        reported(other(who), use)
    with pytest.raises(NotYours):
        reporting.own_use(other(who), use_id=use.pk)
    assert reporting.own_use(who, use_id=use.pk) == use


@pytest.mark.parametrize("text", ["", "  ", "不是我", "长" * 1001])
def test_a_report_says_something(text: str, who: Principal, use: UseRecord) -> None:
    with pytest.raises(WordsRequired):
        reporting.report(who, use_id=use.pk, text=text, at=AT)


@pytest.mark.parametrize("code", [offices.OWN, None], ids=["of the body", "of the district"])
def test_a_supervisor_answers_once_and_the_holder_is_told(
    code: str | None, who: Principal, use: UseRecord
) -> None:
    told, supervisor = reported(who, use), offices.employee("supervisor", code=code)
    answered(supervisor, told)
    kept = MisuseReport.objects.get()
    assert (kept.finding, kept.answer, kept.answered_by, kept.answered_at) == (
        "improper",
        FOUND,
        supervisor,
        AT,
    )
    message = Message.objects.get(person=who.person, kind="misuse_answered")
    assert "属于不当使用" in message.title
    assert FOUND not in message.body
    assert (
        JournalEntry.objects.get(stream=f"misuse:{told.pk}", act="misuse_answered").details["finding"]
        == "improper"
    )
    with pytest.raises(NothingToReport):
        answered(supervisor, told, MisuseFinding.PROPER)


@pytest.mark.parametrize("role", ["other supervisor", "officer", "clerk", "admin", "keeper"])
def test_nobody_else_sees_or_answers(role: str, who: Principal, use: UseRecord) -> None:
    code = offices.OTHER if role.startswith("other") else offices.OWN
    told, user = reported(who, use), offices.employee(role.removeprefix("other "), code=code)
    assert not reporting.reports_for(user).exists()
    with pytest.raises(NotYoursToAnswer):
        answered(user, told)


def test_a_report_goes_to_the_body_that_looked_whatever_it_is_called(who: Principal, use: UseRecord) -> None:
    told = reported(who, use)
    own, other = offices.employee("supervisor"), offices.employee("supervisor", code=offices.OTHER)
    Department.objects.filter(credit_code=offices.OTHER).update(name=use.body)
    Department.objects.filter(credit_code=offices.OWN).update(name="改名后的局")
    assert list(reporting.reports_for(own)) == [told]
    assert not reporting.reports_for(other)


def test_who_looked_does_not_answer_for_it(who: Principal, use: UseRecord) -> None:
    told = reported(who, use)
    looker = User.objects.get(pk=use.actor.partition(":")[2])
    Post.objects.filter(user=looker).delete()
    where = Department.objects.get(credit_code=use.body_code)
    registering.appoint(looker, role=Post.Role.SUPERVISOR, department=where, on=TODAY.replace(year=2020))
    with pytest.raises(NotYoursToAnswer):
        answered(looker, told)


def test_a_holder_does_not_answer_themselves(who: Principal, use: UseRecord) -> None:
    told, supervisor = reported(who, use), offices.employee("supervisor")
    Person.objects.filter(pk=who.person.pk).update(user=supervisor)
    with pytest.raises(NotYoursToAnswer):
        answered(User.objects.get(pk=supervisor.pk), told)


def test_open_reports_stand_first_by_their_due_date(who: Principal, use: UseRecord) -> None:
    supervisor = offices.employee("supervisor")
    first = reported(who, use)
    answered(supervisor, first)
    officer = offices.employee("officer")
    duty = Duty("再核对一次发放情况", Ground(officer.pk, MATTER, frozenset({"test_card"})))
    again = looking.by_duty(officer, holder=who.person, slug="test_card", duty=duty, at=AT)
    second = reported(who, again.record)
    assert list(reporting.reports_for(supervisor)) == [second, first]
