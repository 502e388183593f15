"""A shop is closed: what the officer is warned of, what stands in the way, and what its keeper finds afterwards."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.acting import principals
from accounts.acting.principals import Principal
from accounts.models import Message, Organisation, User
from accounts.organising import OrganisationClosed
from approvals import reviewing, selectors
from approvals.applying import drafting, submission
from approvals.errors import StillOpen
from approvals.models import Application, Decision
from approvals.states import ApplicationState as S
from certificates.models import Certificate
from certificates.states import CertificateStatus
from common import clock
from evaluations import rating
from portal.demo.district.lives import district
from tests.factories import roles
from tests.portal.demo import acting

REASONS = "核验全部通过，准予注销"
SHOP = "示例市龙湖区佩芬杂货店"


def closing() -> Application:
    application = acting.decided(acting.apply(acting.life("zhoupeifen"), "closing"))
    assert application.state == S.IN_REVIEW
    return application


def officer() -> User:
    return User.objects.get(username="officer-shichang")


def keeper() -> Principal:
    person = User.objects.select_related("person").get(username="zhoupeifen").person
    shop = Organisation.objects.get(name=SHOP)
    return principals.principal(person, whom=f"organisation:{shop.pk}")


def test_the_officer_reads_what_ends_before_it_ends(town: str, client: Client) -> None:
    application = closing()
    client.post("/demo/sign-in", {"username": "officer-shichang"})
    page = client.get(f"/office/applications/{application.reference}/grant").content.decode()
    assert "准予后不能恢复" in page
    for held in Certificate.objects.filter(holder_organisation=application.organisation):
        assert f"{held.type.name}（{held.number}）同时注销" in page
    assert f"“{SHOP}”终止" in page


def test_a_shop_with_another_case_open_is_not_closed(town: str) -> None:
    application = closing()
    filing = acting.apply(acting.life("zhoupeifen"), "filing")
    with pytest.raises(StillOpen, match=filing.reference):
        reviewing.grant(officer(), application=application, reasons=REASONS)
    assert not Decision.objects.filter(application=application).exists()
    assert keeper().closed is False
    submission.withdraw(keeper(), reference=filing.reference)
    reviewing.grant(officer(), application=application, reasons=REASONS)
    assert keeper().closed


def test_the_database_ends_what_the_decision_ends_and_nothing_else(town: str) -> None:
    application = closing()
    roles.as_application()
    reviewing.grant(officer(), application=application, reasons=REASONS)
    roles.commits()
    decision = Decision.objects.get(application=application)
    ended = Certificate.objects.filter(ended_by=f"decision:{decision.pk}")
    assert ended.exists()
    valid = Certificate.objects.filter(status=CertificateStatus.VALID)
    told = {
        "status_reason": "依法",
        "status_changed_at": decision.decided_at,
        "ended_by": f"decision:{decision.pk}",
    }
    others = {
        "another type of the holder": valid.filter(holder_organisation=application.organisation),
        "the type of another holder": valid.filter(type=ended[0].type),
    }
    for rows in others.values():
        assert rows.exists()
        with pytest.raises(IntegrityError, match="by a decision that says so"), transaction.atomic():
            rows.update(status=CertificateStatus.CANCELLED, **told)


def test_what_is_left_to_who_kept_it(town: str, client: Client) -> None:
    before = drafting.start(keeper(), matter=acting.matter_called("filing"), consent=True)
    answers = dict(district().matters["filing"].answers)
    before = acting.fill_in(keeper(), before, answers)
    application = closing()
    reviewing.grant(officer(), application=application, reasons=REASONS)
    who = keeper()
    client.post("/demo/sign-in", {"username": "zhoupeifen"})
    me = client.get("/me").content.decode()
    assert "已注销，不能再办事" in me
    assert "看它的办件和证照" in me
    client.post("/act-for", {"whom": who.whom, "next": "/me"})
    page = client.get(f"/applications/{application.reference}").content.decode()
    assert "已经注销" in page
    closed = selectors.own_application(who, reference=application.reference)
    assert rating.rate(who, application=closed, given=rating.Given(level=5)).level == 5
    assert application.reference in client.get("/applications").content.decode()
    wallet = client.get("/certificates").content.decode()
    assert "准予注销登记通知书" in wallet
    assert "依申请简易注销登记" in wallet
    assert "已经注销，不能再办事" in wallet  # in the frame of every page
    refusal = client.get(f"/matters/{acting.matter_called('filing').code}/start")
    assert refusal.status_code == 403
    assert "这家单位已经注销" in refusal.content.decode()
    assert (
        Message.objects.filter(person=who.person, kind="certificate_changed").count() == 2
    )  # with the filing
    for refused in (
        lambda: drafting.start(who, matter=acting.matter_called("filing"), consent=True),
        lambda: drafting.save(who, reference=before.reference, answers={}),
        lambda: submission.submit(who, reference=before.reference, key="1"),
    ):
        with pytest.raises(OrganisationClosed):
            refused()


def test_the_code_of_the_closed_shop_says_so_and_its_name_is_free(town: str, client: Client) -> None:
    application = closing()
    licence = Certificate.objects.get(
        holder_organisation=application.organisation, type__slug="business_licence"
    )
    reviewing.grant(officer(), application=application, reasons=REASONS)
    checked = client.get(f"/c/{licence.check_token}").content.decode()
    assert CertificateStatus.CANCELLED.label in checked
    again = acting.life("zhoupeifen").model_copy(update={"answers": {"shop": {"name": SHOP}}})
    person = User.objects.select_related("person").get(username="zhoupeifen").person
    opened = acting.decided(acting.apply(again, "shop", who=Principal(person)))
    sheet = selectors.latest_sheet(opened)
    assert sheet is not None
    assert sheet.facts["own.same_name"].value == 0
    assert clock.today() == Organisation.objects.get(name=SHOP, status="cancelled").closed_on
