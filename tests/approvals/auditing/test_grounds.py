"""What gives ground to look by duty: whose case, how long, about whom, and for which types of certificate."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import ActingRight, Person, User
from approvals.auditing import grounds
from approvals.models import Application
from matters import editions
from matters.models import Edition
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
TODAY = NOON.date()
MARKET = "11440507MB2X00020L"
USED = {"resident_id", "household_register", "social_card", "senior_allowance"}


@pytest.fixture
def chen(city: Any) -> Citizen:
    return district.citizen()


@pytest.fixture
def case(chen: Citizen) -> Application:
    return making.submitted(chen)


def of_case(user: User, case: Application, *, on: date = TODAY) -> Any:
    return grounds.of_case(user, reference=case.reference, on=on)


def test_a_case_is_about_its_applicant_and_the_types_its_edition_uses(case: Application) -> None:
    officer = district.officer()
    found = of_case(officer, case)
    assert (found.user_id, found.case_reference, found.matter_code) == (
        officer.pk,
        case.reference,
        district.ALLOWANCE,
    )
    assert (found.types, found.holders) == (USED, {case.person_id})


def test_what_takes_the_place_of_a_material_counts_as_used(case: Application) -> None:
    compiled = editions.compiled(Edition.objects.get(pk=case.edition_id))
    assert grounds.used(compiled) >= set(compiled.certificates)
    assert "household_register" in grounds.used(compiled)


def test_an_organisations_case_is_about_it_and_who_stands_for_it_by_law(city: Any) -> None:
    shop = district.business()
    case = making.submitted(shop, matter=district.FILING, commitment=True)
    agent, gone = district.citizen().person, district.citizen().person
    told: dict[str, Any] = {"organisation": shop.organisation, "valid_from": date(2020, 1, 1)}
    ActingRight.objects.create(person=agent, role="agent", given_by=shop.person, **told)
    ActingRight.objects.create(person=gone, role="operator", valid_to=date(2021, 1, 1), **told)
    assert shop.organisation is not None
    assert of_case(district.officer(MARKET), case).holders == {shop.organisation.pk, shop.person.pk}


def test_a_member_of_the_household_whom_the_form_names_is_part_of_the_case(
    chen: Citizen, case: Application
) -> None:
    spouse, stranger, officer = district.citizen().person, district.citizen().person, district.officer()
    Person.objects.filter(pk__in=[chen.person.pk, spouse.pk]).update(household_hash=b"h" * 32)
    assert of_case(officer, case).holders == {chen.person.pk}
    for number, about in ((stranger.id_number, set()), ("123", set()), (spouse.id_number, {spouse.pk})):
        case.answers = {**case.answers, "id_number": number}
        case.save(update_fields=["answers"])
        assert of_case(officer, case).holders == {chen.person.pk, *about}


def test_a_case_serves_its_department_and_the_clerk_who_took_it(case: Application) -> None:
    clerk, colleague = district.clerk(), district.clerk()
    assert of_case(clerk, case) is None
    Application.objects.filter(pk=case.pk).update(channel="counter", taken_by=clerk)
    assert of_case(clerk, case) is not None
    for user in (colleague, district.officer(MARKET), case.person.user):
        assert user is not None
        assert of_case(user, case) is None


def test_nobody_has_ground_in_a_case_they_have_part_in(case: Application) -> None:
    officer = district.officer()
    Person.objects.filter(pk=case.person_id).update(user=officer)
    assert of_case(officer, case) is None


def test_a_case_serves_until_its_decision_can_be_contested_no_more(case: Application) -> None:
    Application.objects.filter(pk=case.pk).update(state="withdrawn", closed_at=NOON)
    officer, last = district.officer(), TODAY + grounds.AFTER_CLOSING
    assert of_case(officer, case, on=last) is not None
    assert of_case(officer, case, on=last + timedelta(days=1)) is None


def test_a_matter_in_force_serves_without_a_case_in_its_department_but_no_clerk(city: Any) -> None:
    officer = district.officer()
    found = grounds.of_matter(officer, code=district.ALLOWANCE, on=TODAY)
    assert found is not None
    assert found.types == USED
    assert (found.holders, found.case_reference) == (None, "")
    for user in (district.clerk(), district.officer(MARKET), district.supervisor(None)):
        assert grounds.of_matter(user, code=district.ALLOWANCE, on=TODAY) is None
    type(district.matter()).objects.filter(code=district.ALLOWANCE).update(status="suspended")
    assert grounds.of_matter(officer, code=district.ALLOWANCE, on=TODAY) is None


def test_nobody_else_makes_grounds() -> None:
    root = Path(__file__).parents[3]
    makers = [
        str(path.relative_to(root))
        for room in ("accounts", "approvals", "certificates", "evaluations", "matters", "portal", "registers")
        for path in (root / room).rglob("*.py")
        if " Ground(" in path.read_text(encoding="utf-8")
    ]
    assert makers == ["approvals/auditing/grounds.py"]
