"""Without a usable seal nothing is granted and nothing is lost: a person is told, and what to do."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client

from accounts import registering
from accounts.models import Department, Message, Post, User
from approvals import deciding, reviewing
from approvals.applying import drafting, submission
from approvals.auditing import replaying
from approvals.deciding.carrying import UNSEALED
from approvals.models import Application, Decision, Judgement
from approvals.states import ApplicationState as S
from certificates.errors import NoUsableSeal
from certificates.models import Certificate, Seal, SealUse
from certificates.sealing import seals, signing
from certificates.states import SealStatus
from tests.factories import district
from tests.factories.district import ALLOWANCE, BUSINESS
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
CIVIL = "11440507MB2X00012R"


def submitted(city: Standin) -> Application:
    principal = district.citizen(city).principal
    draft = drafting.start(principal, matter=district.matter(ALLOWANCE), consent=True)
    return submission.submit(principal, reference=draft.reference, key="k")


def seal() -> Seal:
    return Seal.objects.get(department__credit_code=CIVIL, status=SealStatus.ACTIVE)


@pytest.fixture
def keeper(city: Standin) -> User:
    user = registering.account("keeper-of-seals", display_name="罗晓琳", password="a long test password")
    department = Department.objects.get(credit_code=CIVIL)
    registering.appoint(user, role=Post.Role.KEEPER, department=department, on=date(2020, 1, 1))
    return user


def test_a_grant_is_signed_in_the_same_commit(city: Standin) -> None:
    case = submitted(city)
    deciding.decide_waiting()
    issued = Certificate.objects.select_related("seal").get(source__startswith="decision:")
    assert (issued.seal, signing.verify(issued)) == (seal(), None)
    assert SealUse.objects.filter(subject=f"certificate:{issued.pk}").count() == 1
    case.refresh_from_db()
    assert case.state == S.GRANTED


def test_the_machine_refers_and_grants_once_there_is_a_seal(
    city: Standin, keeper: User, client: Client
) -> None:
    case, one = submitted(city), seal()
    seals.suspend(keeper, seal=one, reason="保管人调离")
    deciding.decide_waiting()
    case.refresh_from_db()
    assert (case.state, case.referral_reason) == (S.IN_REVIEW, UNSEALED)
    assert Judgement.objects.get().verdict == "grant"
    assert not Decision.objects.exists()
    assert not Certificate.objects.filter(source__startswith="decision:").exists()
    assert [message.kind for message in Message.objects.filter(person=case.person)] == ["referred_stopped"]
    assert replaying.replay_all().differences == ()
    officer = district.officer()
    client.force_login(officer)
    shown = client.get(f"/office/applications/{case.reference}").content.decode()
    assert "请本局证照管理员到“证照库—电子印章”启用或者更换印章" in shown
    with pytest.raises(NoUsableSeal):
        reviewing.grant(officer, application=case, reasons="核验全部通过，予以批准。")
    case.refresh_from_db()
    assert case.state == S.IN_REVIEW
    assert not Decision.objects.exists()
    seals.resume(keeper, seal=one, reason="新保管人到位")
    reviewing.look_again(officer, application=case)
    deciding.decide_waiting()
    case.refresh_from_db()
    assert case.state == S.GRANTED


def test_an_officer_reads_why_on_the_page(city: Standin, keeper: User, client: Client) -> None:
    case = submitted(city)
    seals.suspend(keeper, seal=seal(), reason="保管人调离")
    deciding.decide_waiting()
    client.force_login(district.officer())
    address = f"/office/applications/{case.reference}/grant"
    answer = client.post(address, {"reasons": "核验全部通过，予以批准。", "step": "confirm"}, follow=True)
    assert "现在没有可以使用的电子印章" in answer.content.decode()


def test_in_one_batch_only_cases_of_the_sealless_department_wait(city: Standin, keeper: User) -> None:
    allowance = submitted(city)
    owner = district.citizen(city, name="林文彬", born=date(1986, 5, 1))
    draft = drafting.start(owner.principal, matter=district.matter(BUSINESS), consent=True)
    shop = Application.objects.filter(reference=draft.reference)
    seals.suspend(keeper, seal=seal(), reason="保管人调离")
    other = submitted(city)
    deciding.decide_waiting()
    assert not shop.exists()
    for case in (allowance, other):
        case.refresh_from_db()
        assert (case.state, case.attempts) == (S.IN_REVIEW, 1)
