"""Seeing what identifies an applicant: who may, with which purpose, and the trace that the applicant reads."""

from __future__ import annotations

import pytest

from approvals import reviewing
from approvals.errors import NotAllowed, NotYours, PurposeNamesPerson, PurposeRequired
from approvals.models import Application
from approvals.states import ApplicationState as S
from common import clock
from records.models import Event, JournalEntry
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.standin import Standin
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
PURPOSE = "电话核对收款账户"


def traces(application: Application) -> int:
    told = Event.objects.filter(stream=application.stream, kind="revealed").count()
    assert told == JournalEntry.objects.filter(stream=application.stream, act="revealed").count()
    return told


@pytest.fixture
def chen(city: Standin) -> Citizen:
    return district.citizen(city, without=("household_register",))


@pytest.fixture
def waiting(chen: Citizen) -> Application:
    return making.referred(chen)


def test_it_shows_the_numbers_and_leaves_a_trace(waiting: Application) -> None:
    officer = district.officer()
    seen = reviewing.reveal(officer, application=waiting, reason=f"  {PURPOSE}\n")
    person = waiting.person
    assert (seen.name, seen.id_number, seen.mobile) == (person.name, person.id_number, person.mobile)
    entry = JournalEntry.objects.get(stream=waiting.stream, act="revealed")
    assert entry.actor == f"user:{officer.pk}"
    event = Event.objects.get(entry=entry)
    assert event.text == f"工作人员因“{PURPOSE}”查看了您的联系方式和证件号码。"
    for secret in (person.id_number, person.mobile, person.name):
        assert secret not in f"{event.text} {entry.details} {entry.subject}"
    assert person.id_number not in repr(seen)
    assert person.mobile not in repr(seen)


def test_each_look_is_a_trace_of_its_own(waiting: Application) -> None:
    officer = district.officer()
    for _ in range(2):
        reviewing.reveal(officer, application=waiting, reason=PURPOSE)
    assert traces(waiting) == 2


@pytest.mark.parametrize("reason", ["", "    ", "核对", "核  对 ", "长" * 101])
def test_no_purpose_no_look(waiting: Application, reason: str) -> None:
    with pytest.raises(PurposeRequired):
        reviewing.reveal(district.officer(), application=waiting, reason=reason)
    assert traces(waiting) == 0


@pytest.mark.parametrize(
    "reason", ["联系陈秀英核对", "拨打 138 0013 8000 核对", "核对号码４４０５０７", "核对 4405-07 的户籍"]
)
def test_the_purpose_names_nobody(waiting: Application, reason: str) -> None:
    with pytest.raises(PurposeNamesPerson):
        reviewing.reveal(district.officer(), application=waiting, reason=reason)
    assert traces(waiting) == 0


def test_only_the_departments_officers_and_never_in_their_own_case(
    chen: Citizen, waiting: Application
) -> None:
    strangers = [
        district.officer("11440507MB2X00020L"),
        district.citizen().user,
        district.officer(user=chen.user),
    ]
    for user in strangers:
        with pytest.raises(NotYours):
            reviewing.reveal(user, application=waiting, reason=PURPOSE)
    assert traces(waiting) == 0


@pytest.mark.parametrize("state", list(S))
def test_only_while_the_case_is_with_a_person(waiting: Application, state: S) -> None:
    closed = clock.now() if state in {S.GRANTED, S.REFUSED, S.WITHDRAWN} else None
    Application.objects.filter(pk=waiting.pk).update(state=state, closed_at=closed)
    if state in {S.IN_REVIEW, S.SUPPLEMENTING}:
        reviewing.reveal(district.officer(), application=waiting, reason=PURPOSE)
    else:
        with pytest.raises(NotAllowed):
            reviewing.reveal(district.officer(), application=waiting, reason=PURPOSE)
    assert traces(waiting) == (state in {S.IN_REVIEW, S.SUPPLEMENTING})
