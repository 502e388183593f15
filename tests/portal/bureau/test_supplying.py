"""What no source had is asked of the officer; the machine can look again; what waits for applicants is listed."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from approvals import reviewing
from approvals.reviewing import Defect
from approvals.states import ApplicationState as S
from certificates.models import Certificate
from tests.factories import district
from tests.portal.bureau import making

pytestmark = pytest.mark.django_db
REASONS = "已向公安核对户籍，符合条件。"


def test_a_gap_of_the_certificate_is_asked_and_filled(desk: Client, officer: User) -> None:
    case = making.referred(district.citizen(without=("household_register",)))
    address = reverse("bureau:grant", args=[case.reference])
    refused = desk.post(address, {"reasons": REASONS})
    assert refused.status_code == 422
    assert "请填写户籍所在地" in refused.content.decode()
    assert making.again(case).state == S.IN_REVIEW
    assert desk.post(address, {"reasons": REASONS, "field_division": "440507003"}).status_code == 302
    issued = Certificate.objects.get(source__startswith="decision:")
    assert issued.fields["division"] == "440507003"


def test_the_machine_is_asked_to_look_again(desk: Client, officer: User) -> None:
    case = making.referred(district.citizen())
    assert desk.post(reverse("bureau:again", args=[case.reference])).status_code == 302
    assert making.again(case).state == S.SUBMITTED


def test_a_case_that_waits_for_its_applicant_is_listed(desk: Client, officer: User) -> None:
    address = reverse("bureau:supplementing")
    assert "没有等补正的办件" in desk.get(address).content.decode()
    case = making.referred(district.citizen())
    defect = Defect("户籍地址", "请写清门牌号", ("form.address",))
    reviewing.ask_for_more(officer, application=case, defects=[defect])
    assert reverse("bureau:application", args=[case.reference]) in desk.get(address).content.decode()
