"""A package made for tests runs end to end from files alone: its own type, register, list fact, outcome, numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from approvals import deciding, selectors
from approvals.applying import drafting, submission
from approvals.models import Application
from approvals.states import ApplicationState as S
from common import clock
from matters.importing import import_packages
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.standin import Standin

FOURTH = "11440507MB2X00012R4442014001000"
BOOK = {"title": "测试书", "due_on": "2026-12-01", "overdue": False}


@pytest.fixture
def library(city: Standin) -> Standin:
    """The fourth package imported, its register served by the stand-in."""
    import_packages(Path("tests/data/matters/library-card.json"), by="test", at=clock.now())
    city.desk.book.registers.setdefault("library_loans", type(city.desk.book.registers["civil_status"])())
    return city


def family(size: int) -> list[dict[str, str]]:
    return [
        {"name": f"家人{number}", "relation": "子女", "birth_date": "2000-01-01"} for number in range(size)
    ]


def apply(citizen: district.Citizen) -> Application:
    draft = drafting.start(citizen.principal, matter=district.matter(FOURTH), consent=True)
    application = submission.submit(citizen.principal, reference=draft.reference, key="k")
    deciding.decide_waiting()
    return Application.objects.get(pk=application.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(("size", "limit"), [(5, 20), (4, 20), (3, 10), (1, 10)])
def test_it_grants_by_counting_a_list(library: Standin, size: int, limit: int) -> None:
    application = apply(district.citizen(library, household_register={"members": family(size)}))
    assert application.state == S.GRANTED, application.referral_reason
    certificate = selectors.certificate_of(selectors.decision_of(application))
    assert certificate is not None
    assert certificate.number == "TS2026000001"
    assert certificate.fields == {
        "number": "TS2026000001",
        "name": "陈秀英",
        "limit": limit,
        "branch": "总馆",
        "issued_on": "2026-11-20",
    }
    assert certificate.valid_until == date(2029, 11, 19)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("loans", "fault", "reason"),
    [
        ([BOOK, {**BOOK, "overdue": True}], FaultKind.NONE, "没有逾期图书：核验不通过"),
        ([BOOK], FaultKind.ERROR, "没有逾期图书：数据源未响应"),
        ([{**BOOK, "overdue": "maybe"}], FaultKind.NONE, "没有逾期图书：数据源未响应"),
    ],
)
def test_its_register_decides_and_its_failure_refers(
    library: Standin, loans: list[dict[str, Any]], fault: FaultKind, reason: str
) -> None:
    citizen = district.citizen(library, household_register={"members": family(4)})
    library.know("library_loans", {"id_number": citizen.person.id_number}, {"loans": loans})
    library.fail("library_loans", fault)
    application = apply(citizen)
    assert application.state == S.IN_REVIEW
    assert application.referral_reason == reason


@pytest.mark.django_db
def test_a_list_nobody_holds_is_unknown(library: Standin) -> None:
    application = apply(district.citizen(library, household_register={}))
    sheet = selectors.latest_sheet(application)
    assert sheet is not None
    assert application.state == S.IN_REVIEW
    assert sheet.verdict.outcome is None
