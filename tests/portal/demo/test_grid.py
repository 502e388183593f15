"""Every life of the demo in every matter: the real verbs and forms, a real PostgreSQL, the real stand-in over HTTP."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from accounts.acting.principals import Principal
from accounts.models import Organisation, User
from approvals import reviewing, selectors
from approvals.applying import submission
from approvals.errors import NotYours, WrongApplicant
from approvals.models import Application, Decision
from approvals.selectors import Sheet
from approvals.states import ApplicationState as S
from approvals.states import Maker
from certificates.models import UseRecord
from certificates.states import UseOutcome
from portal.demo.district.lives import district
from rules.language.values import SourceKind, Truth
from tests.portal.demo import acting
from tests.portal.demo.standing_in import tell

MATTERS = ("allowance", "shop", "filing")
WRONG = "wrong_applicant"
REVOKED_LICENCE = "refer licence_active:REVOKED by_operator:REVOKED scope_food:REVOKED"
NO_CONSENT = "refer residence:UNAUTHORISED age:UNAUTHORISED account_usable:UNAUTHORISED"
# What each matter decides, and every check that did not pass: FAIL, or why it could not be known.
GRID = {
    "chenxiuying": ("grant", "grant", WRONG),
    "chenxiulian": ("grant", "grant", WRONG),
    "zhengguilan": ("grant", "grant", WRONG),
    "limuzhen": ("grant", "grant", WRONG),
    "chenxiuying2": ("grant", "grant", WRONG),
    "huangguozhong": ("refer age:FAIL", "grant", WRONG),
    "wangdefu": ("refer alive:FAIL", "grant", WRONG),
    "zhangruiying": ("refer alive:NOT_HELD", "grant", WRONG),
    "wuchaoxin": ("refer residence:NOT_HELD", "grant", WRONG),
    "xuyueqin": ("refer age:EXPIRED", "refer adult:EXPIRED", WRONG),
    "yangzhenhai": ("refer residence:REVOKED", "grant", WRONG),
    "xieshuzhen": ("refer residence:FAIL", "grant", WRONG),
    "yuhansheng": (NO_CONSENT, "refer adult:UNAUTHORISED", WRONG),
    "liubaozhu": ("refer not_drawn_elsewhere:FAIL", "grant", WRONG),
    "zhouwenxiu": ("refer not_drawn_elsewhere:FAIL", "grant", WRONG),
    "caimeijuan": ("refer account_usable:FAIL", "grant", WRONG),
    "yangpeiling": ("refer age:FAIL", "supplement name_available:FAIL", WRONG),
    "xiejunjie": ("refer age:FAIL", "grant", WRONG),
    "zhangzhiyuan": ("refer age:FAIL", "refer credit:FAIL", WRONG),
    "chenyuxuan": ("refer age:FAIL", "refer adult:FAIL", WRONG),
    "linzhiqiang": ("refer age:FAIL", "grant", "grant"),
    "huangxiaoling": ("refer age:FAIL", "grant", "refer no_food_licence:FAIL"),
    "wuweiming": ("refer age:FAIL", "grant", "refer licence_active:FAIL"),
    "zhouhanwen": ("refer age:FAIL", "grant", REVOKED_LICENCE),
    "liuhuiying": ("refer age:FAIL", "grant", "refer not_filed:FAIL"),
    "xushaopeng": ("refer age:FAIL", "refer scope_standard:FAIL", WRONG),
}
CASES = [(name, matter, row[i]) for name, row in GRID.items() for i, matter in enumerate(MATTERS)]
STATES = {"grant": S.GRANTED, "refer": S.IN_REVIEW, "supplement": S.SUPPLEMENTING}


def test_the_grid_is_what_the_data_promises() -> None:
    """The sign-in page and the docs show `expects`; this table is what is tested."""
    told = {one.username: tuple(one.expects[matter] for matter in MATTERS) for one in district().lives}
    assert told == {name: tuple(cell.split()[0] for cell in row) for name, row in GRID.items()}


@pytest.mark.parametrize(("username", "matter", "expected"), CASES)
def test_the_grid(town: str, username: str, matter: str, expected: str) -> None:
    verdict = expected.split(maxsplit=1)[0]
    if verdict == WRONG:
        with pytest.raises(WrongApplicant):
            acting.apply(acting.life(username), matter)
        assert not Application.objects.exists()
        return
    application = acting.decided(acting.apply(acting.life(username), matter))
    assert f"{verdict} {unproven(application)}".strip() == expected
    assert application.state == STATES[verdict]
    decisions = Decision.objects.filter(application=application)
    assert [one.maker for one in decisions] == ([Maker.SYSTEM] if verdict == "grant" else [])
    assert (selectors.certificate_of(decisions.first()) is not None) == (verdict == "grant")
    assert bool(application.referral_reason) == (verdict == "refer")


def sheet_of(application: Application) -> Sheet:
    sheet = selectors.latest_sheet(application)
    assert sheet is not None
    return sheet


def unproven(application: Application) -> str:
    """Say each check that did not pass, and why."""
    said = []
    for finding in sheet_of(application).verdict.findings:
        reasons = {str(leaf.reason) for leaf in finding.leaves if leaf.outcome == Truth.UNKNOWN}
        if finding.outcome == Truth.FAIL:
            said.append(f"{finding.check_code}:FAIL")
        elif finding.outcome == Truth.UNKNOWN:
            said.append(f"{finding.check_code}:{'+'.join(sorted(reasons))}")
    return " ".join(said)


@pytest.mark.parametrize(
    ("username", "amount"),
    [("chenxiuying", 100), ("chenxiuying2", 100), ("zhengguilan", 200), ("limuzhen", 500)],
)
def test_the_amount_follows_from_the_age(town: str, username: str, amount: int) -> None:
    application = acting.decided(acting.apply(acting.life(username), "allowance"))
    decision = selectors.decision_of(application)
    assert decision is not None
    assert Decimal(decision.outcome["monthly_amount"]) == amount


def test_two_people_of_one_name_have_their_own_certificates(town: str) -> None:
    holders = []
    for username in ("chenxiuying", "chenxiuying2"):
        decision = selectors.decision_of(acting.decided(acting.apply(acting.life(username), "allowance")))
        certificate = selectors.certificate_of(decision)
        assert certificate is not None
        assert certificate.holder_person is not None
        holders.append(certificate.holder_person)
    assert holders[0].name == holders[1].name
    assert [one.birth_year for one in holders] == [1940, 1945]


@pytest.mark.parametrize("fault", ["error", "garbage", "drop"])
def test_with_the_register_down_the_twin_goes_to_a_person(town: str, fault: str) -> None:
    tell(town, register="civil_status", fault=fault)
    try:
        application = acting.decided(acting.apply(acting.life("chenxiulian"), "allowance"))
    finally:
        tell(town, reset=True)
    assert application.state == S.IN_REVIEW
    assert unproven(application) == "alive:UNREACHABLE"
    assert "数据源未响应" in application.referral_reason


def test_without_consent_nothing_was_read(town: str) -> None:
    application = acting.decided(acting.apply(acting.life("yuhansheng"), "allowance"))
    outcomes = set(
        UseRecord.objects.filter(case_reference=application.reference).values_list("outcome", flat=True)
    )
    assert outcomes
    assert outcomes <= {UseOutcome.UNAUTHORISED}


def test_a_taken_name_is_the_only_thing_to_change(town: str) -> None:
    life = acting.life("yangpeiling")
    application = acting.decided(acting.apply(life, "shop"))
    notice = selectors.open_notice(application)
    assert notice is not None
    assert submission.opened_fields(notice) == {"name"}
    who = Principal(application.person)
    submission.answer_supplement(
        who, reference=application.reference, answers={"name": "示例市龙湖区佩玲食品店"}
    )
    assert acting.decided(application).state == S.GRANTED
    assert Organisation.objects.filter(name="示例市龙湖区佩玲食品店", is_demo=True).count() == 1


def test_the_new_shop_files_with_nothing_retyped(town: str) -> None:
    life = acting.life("xiejunjie")
    granted = acting.decided(acting.apply(life, "shop"))
    shop = Organisation.objects.get(name="示例市龙湖区俊杰食品店")
    filed = acting.decided(acting.apply(life, "filing", who=Principal(granted.person, shop)))
    assert filed.state == S.GRANTED
    facts = sheet_of(filed).facts
    assert facts["form.operator"].value == "谢俊杰"
    source = facts["form.address"].source
    assert source is not None
    assert source.kind == SourceKind.CERTIFICATE


def test_an_officer_does_not_decide_his_own_case(town: str, demo: datetime) -> None:
    application = acting.decided(acting.apply(acting.life("xushaopeng"), "shop"))
    own, colleague = (User.objects.get(username=name) for name in ("xushaopeng", "officer-shichang"))
    assert application not in selectors.queue_for(own)
    assert application in selectors.queue_for(colleague)
    with pytest.raises(NotYours):
        reviewing.grant(own, application=application, reasons="核对无误")


@pytest.mark.parametrize("matter", ["allowance", "shop"])
def test_a_business_cannot_apply_for_what_is_for_people(town: str, matter: str) -> None:
    life = acting.life("linzhiqiang")
    shop = acting.principal(life, matter=acting.matter_called("filing"))
    with pytest.raises(WrongApplicant):
        acting.apply(life, matter, who=shop)
