"""Cases against certificates: what counts as really used, in which month, for whose matter; grants without one."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.measuring import covering
from approvals.measuring.covering import Share, Used
from approvals.models import Application, Decision
from approvals.states import ApplicationState, DecisionKind, Maker
from certificates.issuance import issuing
from certificates.models import CertificateType, UseRecord
from certificates.states import UseMode, UseOutcome
from common import clock
from matters.covering.gaps import Granted
from matters.models import Matter
from tests.factories import district
from tests.factories.certificates import consent
from tests.factories.fixtures import NOON

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 20), date(2025, 12, 1)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2025, 2, 1)),
    ],
)
def test_twelve_months_with_this_one(today: date, first: date) -> None:
    assert covering.since(today) == first


def test_shares_add_up() -> None:
    months = [Used("a", TODAY, 3, 1), Used("a", TODAY, 1, 1), Used("b", TODAY, 7, 0)]
    assert covering.by_matter(months) == {"a": Share(4, 2), "b": Share(7, 0)}
    assert (Share(3, 1).percent, Share(0, 0).percent, Share(2, 2).percent) == (33.3, 0.0, 100.0)


@pytest.fixture
def who(stocked: None, noon: object) -> district.Citizen:
    return district.citizen()


def case(
    who: district.Citizen, at: datetime, *, code: str = district.ALLOWANCE, granted: bool = False
) -> Application:
    matter = Matter.objects.select_related("current_edition").get(code=code)
    assert matter.current_edition is not None
    reference = f"4405072026{Application.objects.count():010d}"
    made = Application.objects.create(
        reference=reference, matter=matter, edition=matter.current_edition, person=who.person,
        authorisation=consent(who.principal, scope={"resident_id": ["name"]}, case=reference), answers={},
        state=ApplicationState.GRANTED, idempotency_key=reference, submitted_at=at, waiting_since=at, closed_at=at,
    )  # fmt: skip
    if granted:
        Decision.objects.create(
            application=made, kind=DecisionKind.GRANTED, maker=Maker.OFFICER, officer=district.officer(),
            reasons="符合条件", decided_at=at,
        )  # fmt: skip
    return made


def use(of: Application, *, outcome: UseOutcome = UseOutcome.FOUND, ago: timedelta = timedelta(0)) -> None:
    UseRecord.objects.create(
        type=CertificateType.objects.get(slug="resident_id"), holder_person=of.person, mode=UseMode.AUTHORISED,
        authorisation=of.authorisation, body="区民政局", actor="system", case_reference=of.reference,
        matter_code=of.matter.code, purpose="p", outcome=outcome, at=of.submitted_at - ago,
    )  # fmt: skip


def at(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=clock.SHANGHAI)


def test_a_case_counts_once_however_often_was_looked_and_only_what_was_read(who: district.Citizen) -> None:
    often, failed, _none = (case(who, at(2026, 11, day)) for day in (1, 2, 3))
    use(often)
    use(often)
    use(failed, outcome=UseOutcome.NOT_HELD)
    use(failed, outcome=UseOutcome.UNAUTHORISED)
    assert covering.used(today=TODAY) == [Used(district.ALLOWANCE, date(2026, 11, 1), 3, 1)]


def test_what_was_read_while_the_form_was_filled_in_counts(who: district.Citizen) -> None:
    use(case(who, at(2025, 12, 1)), ago=timedelta(days=20))
    assert [one.used for one in covering.used(today=TODAY)] == [1]


def test_months_are_those_of_shanghai_and_older_cases_are_left_out(who: district.Citizen) -> None:
    case(who, at(2026, 10, 31, 23))
    case(who, at(2026, 11, 1, 0))
    case(who, at(2025, 11, 30, 23))
    case(who, at(2025, 12, 1, 0), code=district.BUSINESS)
    found = {(one.code, one.month): one.cases for one in covering.used(today=TODAY)}
    assert found == {
        (district.ALLOWANCE, date(2026, 10, 1)): 1,
        (district.ALLOWANCE, date(2026, 11, 1)): 1,
        (district.BUSINESS, date(2025, 12, 1)): 1,
    }
    assert [one.code for one in covering.used(today=TODAY, code=district.BUSINESS)] == [district.BUSINESS]


def test_grants_with_and_without_a_certificate(who: district.Citizen) -> None:
    issued, _bare, corrected = (case(who, at(2026, 11, day), granted=True) for day in (1, 2, 3))
    source = f"decision:{issued.decisions.get().pk}"
    issuing.issue(
        district.certificate("senior_allowance", who.person, {"name": who.person.name}, source=source),
        at=NOON,
    )
    Decision.objects.create(
        application=corrected, kind=DecisionKind.REFUSED, maker=Maker.OFFICER, officer=district.officer(),
        reasons="更正", decided_at=at(2026, 11, 4), corrects=corrected.decisions.get(),
    )  # fmt: skip
    assert covering.granted(today=TODAY) == {district.ALLOWANCE: Granted(2, 1)}


def test_each_is_one_statement(who: district.Citizen) -> None:
    for day in (1, 2, 3):
        use(case(who, at(2026, 11, day), granted=True))
    with CaptureQueriesContext(connection) as seen:
        covering.used(today=TODAY)
        covering.granted(today=TODAY)
    assert len(seen) == 2
