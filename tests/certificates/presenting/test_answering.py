"""The holder's answer: yes opens ten minutes at that window and the case, no opens nothing; both are kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from accounts.acting.principals import Limits, Principal
from accounts.models import Guardianship
from certificates import selectors
from certificates.errors import NotYours
from certificates.holding import authorising
from certificates.models import Authorisation, Scan, UseRecord
from certificates.presenting import answering
from certificates.presenting.errors import AlreadyAnswered, AnsweredTooLate, NoSuchScan
from certificates.presenting.stages import Stage, stage
from common.errors import DomainError
from records.models import JournalEntry
from tests.certificates.presenting.making import Meeting, clerk
from tests.factories import people
from tests.factories.certificates import AT, SCOPE, TODAY, card_type, consent
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    card_type()
    return Meeting(people.principal(), clerk())


def test_yes_is_a_consent_for_that_case_and_ten_minutes(meeting):
    found = Scan.objects.get(pk=meeting.agree().pk)
    given = found.authorisation
    assert given is not None
    assert (given.kind, given.case_reference, given.matter_name) == ("case", found.case_reference, "测试事项")
    assert given.body == "测试大厅 3 号窗口、测试局"
    assert (given.scope, given.until) == ({"test_card": ["name", "born"]}, TODAY + timedelta(days=30))
    assert (found.answered_by, found.access_until) == (meeting.shower.person, AT + timedelta(minutes=10))
    assert not UseRecord.objects.exists()  # saying yes is no look


def test_yes_to_a_purpose_lasts_as_long_as_the_look(meeting):
    found = meeting.agree(
        meeting.ask(matter_code="", case_reference="", matter_name="", purpose="开户 核对身份")
    )
    given = found.authorisation
    assert given is not None
    assert (given.kind, given.purpose, given.case_reference, given.until) == (
        "purpose",
        "开户 核对身份",
        "",
        TODAY,
    )


def test_yes_replaces_an_earlier_answer_for_the_same_case(meeting):
    scan = meeting.ask()
    earlier = consent(meeting.shower, scope=SCOPE, case=scan.case_reference)
    found = meeting.agree(scan)
    earlier.refresh_from_db()
    assert (earlier.status, Authorisation.objects.filter(status="granted").get()) == (
        "ended",
        found.authorisation,
    )


def test_a_second_click_changes_nothing(meeting):
    scan = meeting.ask()
    first, second = meeting.agree(scan), meeting.later(minutes=1).agree(scan)
    assert (first.answered_at, first.authorisation) == (second.answered_at, second.authorisation)
    with pytest.raises(AlreadyAnswered, match="同意"):
        answering.refuse(meeting.shower.person, scan_id=scan.pk, at=AT)


def test_no_is_recorded_for_each_type_and_opens_nothing(meeting):
    scan = meeting.ask()
    for _ in range(2):
        found = answering.refuse(meeting.shower.person, scan_id=scan.pk, at=AT)
    assert (found.status, found.authorisation, found.access_until) == ("refused", None, None)
    record = UseRecord.objects.get()
    assert (record.mode, record.outcome, record.fields, record.digest) == ("presented", "declined", [], "")
    assert (record.post, record.scan, record.body) == ("3 号窗口 窗口人员", found, "测试大厅")
    with pytest.raises(AlreadyAnswered, match="不同意"):
        meeting.agree(scan)


@pytest.mark.parametrize(
    ("asked", "kind"),
    [
        ({}, "case"),
        ({"matter_code": "", "case_reference": "", "matter_name": "", "purpose": "开户 核对身份"}, "purpose"),
    ],
)
def test_no_is_kept_beside_what_was_agreed_to(meeting, asked, kind):
    """授权管理 says that what one refused is there, too."""
    scan = meeting.ask(**asked)
    for _ in range(2):
        answering.refuse(meeting.shower.person, scan_id=scan.pk, at=AT)
    refused = selectors.authorisations_of(person=meeting.shower.person).get()
    assert (refused.status, refused.kind, refused.body) == ("refused", kind, "测试大厅 3 号窗口")
    assert (refused.scope, refused.given_by) == (scan.scope, meeting.shower.person)
    assert (refused.matter_name, refused.purpose) == (scan.matter_name, scan.purpose)


def test_no_before_the_question_ends_it(meeting):
    found = answering.refuse(meeting.shower.person, scan_id=meeting.scan().pk, at=AT)
    assert (found.status, UseRecord.objects.count()) == ("ended", 0)


@pytest.mark.parametrize(
    "answer", [answering.refuse, lambda who, **told: answering.agree(who, until_days=30, **told)]
)
def test_a_late_answer_counts_for_nothing(meeting, answer):
    scan = meeting.ask()
    late = AT + timedelta(minutes=5, seconds=1)
    with pytest.raises(AnsweredTooLate, match="换一个新码"):
        answer(meeting.shower.person, scan_id=scan.pk, at=late)
    scan.refresh_from_db()
    assert (scan.status, stage(scan, at=late)) == ("asked", Stage.LAPSED)
    assert not Authorisation.objects.exists()


def test_nobody_else_answers(meeting):
    scan = meeting.ask()
    for verb in (answering.refuse, answering.withdraw):
        with pytest.raises(NoSuchScan):
            verb(people.person(name="别人"), scan_id=scan.pk, at=AT)
    with pytest.raises(NoSuchScan):
        meeting.agree(scan, by=people.person(name="别人"))


def test_the_holder_may_answer_what_another_shows(meeting):
    ward, guardian = people.person(name="陈小宝", born=date(2016, 5, 1)), people.person()
    right = Guardianship.objects.create(
        ward=ward,
        guardian=guardian,
        kind="child",
        document="birth_certificate",
        state="confirmed",
        **_asked(),
    )
    acting = Principal(ward, agent=guardian, mandate=f"guardianship:{right.pk}", limits=Limits("监护人"))
    shown = Meeting(acting, meeting.user)
    found = shown.agree(shown.ask(), by=ward)
    assert found.authorisation is not None
    assert (found.answered_by, found.authorisation.given_by) == (ward, guardian)
    taken = answering.withdraw(ward, scan_id=found.pk, at=AT)
    assert stage(taken, at=AT) == Stage.WITHDRAWN


def _asked():
    return {"document_number": "O440000001", "requested_at": AT, "settled_at": AT}


def test_withdrawing_ends_the_look_at_that_moment(meeting):
    found = meeting.agree()
    for _ in range(2):
        taken = answering.withdraw(meeting.shower.person, scan_id=found.pk, at=AT)
        assert stage(taken, at=AT) == Stage.WITHDRAWN
    with pytest.raises(NotYours), transaction.atomic():
        authorising.revoke(people.principal(), authorisation_id=found.authorisation_id, at=AT)


def test_the_journal_tells_the_whole_of_it_without_a_name(meeting):
    found = meeting.agree()
    rows = JournalEntry.objects.filter(stream=f"presentation:{found.presentation_id}").order_by("sequence")
    assert [row.act for row in rows] == ["presentation_begun", "code_scanned", "asked", "agreed"]
    assert meeting.shower.person.name not in str(list(rows.values("details", "actor", "subject")))


@pytest.mark.django_db(transaction=True)
def test_yes_and_no_at_once_one_stands():
    card_type()
    meeting = Meeting(people.principal(), clerk())
    scan = meeting.ask()

    def attempt(number: int) -> str:
        try:
            if number:
                return str(answering.refuse(meeting.shower.person, scan_id=scan.pk, at=AT).status)
            return str(meeting.agree(scan).status)
        except DomainError as error:
            return type(error).__name__

    answers = sorted(in_threads(attempt, threads=2))
    assert answers in (["AlreadyAnswered", "agreed"], ["AlreadyAnswered", "refused"])


def test_the_database_lets_no_scan_go_back(meeting):
    found = meeting.agree()
    for change in ("status = 'asked'", "\"window\" = '9'", "clerk_id = clerk_id, slot = 9"):
        with (
            pytest.raises(Exception, match=r"no move|does not change"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE certificates_scan SET {change} WHERE id = %s", [str(found.pk)])
