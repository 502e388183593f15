"""Every life of the demo in every matter: the real verbs and forms, a real PostgreSQL, the real stand-in over HTTP."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from accounts.acting import principals
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import Organisation, User
from approvals import reviewing, selectors
from approvals.applying import attached, submission
from approvals.errors import (
    NoSuchApplication,
    NotInMandate,
    NotYours,
    WrongApplicant,
)
from approvals.models import Application, Decision
from approvals.selectors import Sheet
from approvals.states import ApplicationState as S
from approvals.states import Maker
from certificates import selectors as store
from certificates.models import UseRecord
from certificates.states import CertificateStatus, UseOutcome
from common import clock
from portal.demo.district.lives import district
from rules.language.values import SourceKind, Truth
from tests.portal.demo import acting
from tests.portal.demo.standing_in import tell

MATTERS = ("allowance", "shop", "filing", "care", "licence", "card")
WRONG = "wrong_applicant"
REVOKED_LICENCE = "refer licence_active:REVOKED by_operator:REVOKED scope_food:REVOKED"
NO_CERTIFICATE = "refer own_certificate:NOT_HELD severe:NOT_HELD"
NO_HOUSEHOLD = "refer residence:NOT_HELD own_certificate:NOT_HELD severe:NOT_HELD"
TOO_YOUNG = "refer age:FAIL"
NO_LICENCE = "refer licence_held:NOT_HELD something_changed:NOT_HELD site_unchanged:NOT_HELD"
NO_LICENCE_LEFT = (
    "refer licence_active:REVOKED licence_held:NOT_HELD something_changed:NOT_HELD site_unchanged:NOT_HELD"
    " by_operator:REVOKED"
)
NOT_FOR_FILING = "refer scope_food:FAIL no_food_licence:FAIL"
NO_CONSENT = "refer residence:UNAUTHORISED age:UNAUTHORISED account_usable:UNAUTHORISED"
# What each matter decides, and every check that did not pass: FAIL, or why it could not be known.
GRID = {
    "chenxiuying": ("grant", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "chenxiulian": ("grant", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "zhengguilan": ("grant", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "limuzhen": ("grant", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "chenxiuying2": ("grant", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "huangguozhong": ("refer age:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "wangdefu": (
        "refer alive:FAIL",
        "grant",
        WRONG,
        "refer own_certificate:NOT_HELD severe:NOT_HELD alive:FAIL",
        WRONG,
        "refer alive:FAIL",
    ),
    "zhangruiying": (
        "refer alive:NOT_HELD",
        "grant",
        WRONG,
        "refer own_certificate:NOT_HELD severe:NOT_HELD alive:NOT_HELD",
        WRONG,
        "refer alive:NOT_HELD",
    ),
    "wuchaoxin": (
        "refer residence:NOT_HELD",
        "grant",
        WRONG,
        "refer residence:NOT_HELD own_certificate:NOT_HELD severe:NOT_HELD",
        WRONG,
        "refer residence:NOT_HELD",
    ),
    "xuyueqin": (
        "refer age:EXPIRED",
        "refer adult:EXPIRED",
        WRONG,
        NO_CERTIFICATE,
        WRONG,
        "refer age:EXPIRED",
    ),
    "yangzhenhai": (
        "refer residence:REVOKED",
        "grant",
        WRONG,
        "refer residence:REVOKED own_certificate:NOT_HELD severe:NOT_HELD",
        WRONG,
        "refer residence:NOT_HELD+REVOKED",
    ),
    "xieshuzhen": (
        "refer residence:FAIL",
        "grant",
        WRONG,
        "refer residence:FAIL own_certificate:NOT_HELD severe:NOT_HELD",
        WRONG,
        "refer residence:FAIL",
    ),
    "yuhansheng": (
        NO_CONSENT,
        "refer adult:UNAUTHORISED",
        WRONG,
        "refer residence:UNAUTHORISED own_certificate:UNAUTHORISED severe:UNAUTHORISED account_usable:UNAUTHORISED",
        WRONG,
        "refer residence:UNAUTHORISED age:UNAUTHORISED",
    ),
    "liubaozhu": ("refer not_drawn_elsewhere:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "zhouwenxiu": ("refer not_drawn_elsewhere:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "caimeijuan": (
        "refer account_usable:FAIL",
        "grant",
        WRONG,
        "refer own_certificate:NOT_HELD severe:NOT_HELD account_usable:FAIL",
        WRONG,
        "grant",
    ),
    "yangpeiling": (
        "refer age:FAIL",
        "supplement name_available:FAIL",
        WRONG,
        NO_CERTIFICATE,
        WRONG,
        TOO_YOUNG,
    ),
    "xiejunjie": ("refer age:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "zhangzhiyuan": ("refer age:FAIL", "refer credit:FAIL", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "chenyuxuan": ("refer age:FAIL", "refer adult:FAIL", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "linzhiqiang": ("refer age:FAIL", "grant", "grant", NO_CERTIFICATE, NO_LICENCE, TOO_YOUNG),
    "huangxiaoling": (
        "refer age:FAIL",
        "grant",
        "refer no_food_licence:FAIL",
        NO_CERTIFICATE,
        "refer something_changed:FAIL",
        TOO_YOUNG,
    ),
    "wuweiming": (
        "refer age:FAIL",
        "grant",
        "refer licence_active:FAIL",
        NO_CERTIFICATE,
        "refer licence_active:FAIL licence_held:NOT_HELD something_changed:NOT_HELD site_unchanged:NOT_HELD",
        TOO_YOUNG,
    ),
    "zhouhanwen": ("refer age:FAIL", "grant", REVOKED_LICENCE, NO_CERTIFICATE, NO_LICENCE_LEFT, TOO_YOUNG),
    "liuhuiying": ("refer age:FAIL", "grant", "refer not_filed:FAIL", NO_CERTIFICATE, NO_LICENCE, TOO_YOUNG),
    "wulishan": ("refer age:FAIL", "grant", WRONG, "grant", WRONG, TOO_YOUNG),
    "zengxiaoming": ("refer age:FAIL", "grant", WRONG, "grant", WRONG, TOO_YOUNG),
    "hebaoquan": ("refer age:FAIL", "grant", WRONG, "refer severe:FAIL", WRONG, TOO_YOUNG),
    "dengyuzhen": (
        "refer age:FAIL",
        "grant",
        WRONG,
        "refer own_certificate:EXPIRED severe:EXPIRED",
        WRONG,
        "grant",
    ),
    "qiuzhihui": ("refer age:FAIL", "grant", WRONG, "refer no_other_care:FAIL", WRONG, TOO_YOUNG),
    "hejingyi": ("refer age:FAIL", "grant", NOT_FOR_FILING, NO_CERTIFICATE, "grant", TOO_YOUNG),
    "guowenjun": (
        "refer age:FAIL",
        "grant",
        NOT_FOR_FILING,
        NO_CERTIFICATE,
        "refer site_unchanged:FAIL",
        TOO_YOUNG,
    ),
    "maruifang": (
        "refer age:FAIL",
        "grant",
        "refer scope_food:FAIL",
        NO_CERTIFICATE,
        "refer licence_held:EXPIRED something_changed:EXPIRED site_unchanged:EXPIRED",
        TOO_YOUNG,
    ),
    "luoyongqiang": (
        "refer age:FAIL",
        "grant",
        NOT_FOR_FILING,
        NO_CERTIFICATE,
        "refer not_barred:FAIL",
        TOO_YOUNG,
    ),
    "wuyulan": ("grant", "grant", WRONG, NO_CERTIFICATE, WRONG, "grant"),
    "chenxiaolin": ("refer age:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "linxiaoyu": ("refer age:FAIL", "refer adult:FAIL", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "zhengjianhua": ("refer age:FAIL", "grant", "grant", NO_CERTIFICATE, NO_LICENCE, TOO_YOUNG),
    "huangwenjing": ("refer age:FAIL", "grant", "refer by_operator:FAIL", NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "luoguifang": ("refer residence:NOT_HELD age:FAIL", "grant", WRONG, NO_HOUSEHOLD, WRONG, "grant"),
    "pengguoqiang": (
        "refer residence:NOT_HELD age:FAIL",
        "grant",
        WRONG,
        NO_HOUSEHOLD,
        WRONG,
        "refer residence:FAIL",
    ),
    "hexuemei": ("refer age:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, "refer photo_seen:NOT_HELD"),
    "wuhanrong": ("refer age:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, "refer no_card:FAIL"),
    "liuyuzhu": ("refer age:FAIL", "grant", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "linwanjun": ("refer age:FAIL", "refer scope_standard:FAIL", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
    "xushaopeng": ("refer age:FAIL", "refer scope_standard:FAIL", WRONG, NO_CERTIFICATE, WRONG, TOO_YOUNG),
}
# Lives that came with a later matter are tried in what they are there to show; the whole grid would be too long.
STORIES: dict[str, dict[str, str]] = {
    "hebaoquan": {"hardship": "refer hardship:FAIL"},
    "sumeijuan": {"hardship": "grant", "care": "refer severe:FAIL"},
    "denglanying": {"hardship": "grant"},
    "hongzhiqiang": {"hardship": "refer no_state_support:FAIL"},
    "zhangyulan": {"review": "grant"},
    "chenguihua": {"review": "grant"},
    "fangguorong": {"review": "refer own_certificate:EXPIRED"},
    "zhoupeifen": {"closing": "refer"},
    "huangyaoming": {"closing": "refer not_abnormal:FAIL"},
    "huangxiaoling": {"closing": "refer no_licence_left:FAIL"},
    "pengguoqiang": {"signing": "grant"},
    "liangjianping": {"signing": "grant", "insurance": "refer not_employed:FAIL"},
    "tangxiaohong": {"signing": "refer still_here:FAIL", "insurance": "grant"},
    "yuxiaoyan": {"insurance": "grant"},
    "pengliyun": {"change": "grant"},
    "zengguihua": {"change": "supplement name_available:FAIL"},
    "dengyaozong": {"change": "refer may_commit:FAIL"},
    "caixiuzhen": {"hygiene": "grant"},
    "xujianguo": {"hygiene": "refer site_unchanged:FAIL"},
    "yangmeiling": {"hygiene_renewal": "grant"},
    "liuhaibo": {"hygiene_renewal": "refer in_time:FAIL reviewed:FAIL"},
    "qiujiahao": {"repair": "grant"},
    "heyaohui": {"repair": "refer scope_repair:FAIL", "change": "grant"},
    "liangshiqi": {"dispatch": "refer"},
    "huangzhenbang": {"dispatch": "refer capital:FAIL not_abnormal:FAIL"},
    "yushiting": {"hr": "grant"},
    "xieguodong": {"hr": "refer only_filed_kinds:FAIL in_time:FAIL"},
}
ROWS = {name: dict(zip(MATTERS, row, strict=True)) for name, row in GRID.items()}
PROMISED = {name: ROWS.get(name, {}) | STORIES.get(name, {}) for name in ROWS | STORIES}
CASES = [(name, matter, expected) for name, row in PROMISED.items() for matter, expected in row.items()]
STATES = {"grant": S.GRANTED, "refer": S.IN_REVIEW, "supplement": S.SUPPLEMENTING}


def test_the_grid_is_what_the_data_promises() -> None:
    """The sign-in page and the docs show `expects`; this table is what is tested."""
    told = {one.username: dict(one.expects) for one in district().lives}
    assert told == {name: {at: cell.split()[0] for at, cell in row.items()} for name, row in PROMISED.items()}
    assert {matter for one in district().lives for matter in one.tries} == set(district().matters)


@pytest.mark.parametrize(("username", "matter", "expected"), CASES)
def test_the_grid(town: str, username: str, matter: str, expected: str) -> None:
    verdict = expected.split(maxsplit=1)[0]
    if verdict == WRONG:
        with pytest.raises((WrongApplicant, NotInMandate)):
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


def test_an_officer_does_not_find_the_case_of_who_lives_with_him(
    town: str, demo: datetime, client: Client
) -> None:
    application = acting.decided(acting.apply(acting.life("linwanjun"), "shop"))
    husband, colleague = (User.objects.get(username=name) for name in ("xushaopeng", "officer-shichang"))
    assert application in selectors.queue_for(colleague)
    assert application not in selectors.queue_for(husband)
    with pytest.raises(NotYours):
        reviewing.grant(husband, application=application, reasons="核对无误")
    client.post("/demo/sign-in", {"username": "xushaopeng"})
    address = f"/office/applications/{application.reference}"
    assert address not in client.get("/office/").content.decode()
    assert client.get(address).status_code == 403
    client.post("/demo/sign-in", {"username": "officer-shichang"})
    assert address in client.get("/office/").content.decode()
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("matter", ["allowance", "shop", "care", "card"])
def test_a_business_cannot_apply_for_what_is_for_people(town: str, matter: str) -> None:
    life = acting.life("linzhiqiang")
    shop = acting.principal(life, matter=acting.matter_called("filing"))
    with pytest.raises(WrongApplicant):
        acting.apply(life, matter, who=shop)


@pytest.mark.parametrize(("username", "amount"), [("wulishan", 320), ("zengxiaoming", 200)])
def test_the_amount_follows_from_level_and_category(town: str, username: str, amount: int) -> None:
    application = acting.decided(acting.apply(acting.life(username), "care"))
    decision = selectors.decision_of(application)
    certificate = selectors.certificate_of(decision)
    assert decision is not None
    assert certificate is not None
    assert (
        Decimal(decision.outcome["monthly_amount"]) == Decimal(certificate.fields["monthly_amount"]) == amount
    )


def test_a_changed_licence_takes_the_place_of_the_old_one(town: str) -> None:
    life = acting.life("hejingyi")
    application = acting.apply(life, "licence")
    assert application.organisation is not None
    (old,) = application.organisation.certificates.filter(type__slug="food_licence")
    new = selectors.certificate_of(selectors.decision_of(acting.decided(application)))
    assert new is not None
    old.refresh_from_db()
    assert (old.status, new.status, new.previous) == (
        CertificateStatus.SUPERSEDED,
        CertificateStatus.VALID,
        old,
    )
    assert (new.number, new.version, new.valid_until) == (old.number, old.version + 1, old.valid_until)
    changed = {name for name in new.fields if new.fields[name] != old.fields[name]}
    assert changed == {"operator"}
    assert (old.fields["operator"], new.fields["operator"]) == ("何国栋", "何静仪")
    assert store.valid_by_type(application.organisation, on=clock.today())["food_licence"] == new


def test_a_changed_shop_bears_its_new_name_and_keeps_the_rest(town: str) -> None:
    application = acting.apply(acting.life("pengliyun"), "change")
    shop = application.organisation
    assert shop is not None
    (old,) = shop.certificates.filter(type__slug="business_licence")
    new = selectors.certificate_of(selectors.decision_of(acting.decided(application)))
    assert new is not None
    shop.refresh_from_db()
    assert shop.name == new.fields["name"] == "示例市龙湖区云上美发工作室"
    assert {name for name in new.fields if new.fields[name] != old.fields[name]} == {
        "name",
        "address",
        "division",
    }
    assert (new.fields["address"], new.fields["division"]) == (
        "示例市龙湖区金霞街道金砂东路演示号首层",
        "440507001",
    )
    assert (new.number, new.version, new.fields["credit_code"]) == (
        old.number,
        old.version + 1,
        shop.credit_code,
    )


def test_a_changed_scope_is_written_in_the_words_of_the_register(town: str) -> None:
    life = acting.life("zengguihua")
    application = acting.decided(acting.apply(life, "change"))
    notice = selectors.open_notice(application)
    assert notice is not None
    assert submission.opened_fields(notice) == {"name"}
    who = acting.principal(life, matter=acting.matter_called("change"))
    submission.answer_supplement(
        who, reference=application.reference, answers={"name": "示例市龙湖区桂花食品店"}
    )
    granted = acting.decided(application)
    certificate = selectors.certificate_of(selectors.decision_of(granted))
    assert certificate is not None
    assert certificate.fields["scope"] == "一般项目：食品销售（仅销售预包装食品）；日用百货销售。"
    assert certificate.fields["sells_prepackaged_food_only"] is True
    filed = acting.decided(acting.apply(life, "filing", who=who))
    assert filed.state == S.GRANTED, "the new licence is what the next matter reads"


def test_a_renewed_licence_says_until_when_it_is_valid(town: str) -> None:
    application = acting.decided(acting.apply(acting.life("yangmeiling"), "hygiene_renewal"))
    new = selectors.certificate_of(selectors.decision_of(application))
    assert new is not None
    assert new.valid_until == date(2030, 11, 22), "four years from Monday, 23 November 2026"
    assert new.fields["valid_to"] == "2030-11-22"
    assert new.previous is not None
    assert new.number == new.previous.number


def test_a_shop_that_may_repair_from_now_on_files_at_once(town: str) -> None:
    life = acting.life("heyaohui")
    acting.decided(acting.apply(life, "change"))
    filed = acting.decided(acting.apply(life, "repair"))
    assert filed.state == S.GRANTED, filed.referral_reason
    certificate = selectors.certificate_of(selectors.decision_of(filed))
    assert certificate is not None
    assert (certificate.fields["category"], certificate.fields["technician"]) == (
        "三类机动车维修（专项维修）",
        "何耀辉",
    )


def test_only_who_may_act_for_a_business_changes_its_licence(town: str) -> None:
    hers = acting.principal(acting.life("hejingyi"), matter=acting.matter_called("licence"))
    other = User.objects.select_related("person").get(username="guowenjun").person
    assert hers.organisation is not None
    with pytest.raises(MayNotAct):
        principals.principal(other, whom=f"organisation:{hers.organisation.pk}")
    application = acting.apply(acting.life("hejingyi"), "licence")
    with pytest.raises(NoSuchApplication):
        selectors.own_application(Principal(other), reference=application.reference)


def test_a_photo_is_looked_at_by_a_person_and_the_sheet_says_so(town: str, client: Client) -> None:
    application = acting.decided(acting.apply(acting.life("hexuemei"), "card"))
    (photo,) = attached.handed_in(application)
    (finding,) = [one for one in sheet_of(application).verdict.findings if one.outcome != Truth.PASS]
    assert "不凭没看过的照片发证" in finding.told
    assert not Decision.objects.exists()
    client.post("/demo/sign-in", {"username": "officer-minzheng"})
    opened = client.get(f"/office/applications/{application.reference}").content.decode()
    assert "不凭没看过的照片发证" in opened
    assert f"/office/files/{photo.file_id}/" in opened
    officer = User.objects.get(username="officer-minzheng")
    looked = "看过照片：是申请人本人，正面免冠，脸部清楚，可以印在卡上"
    reviewing.grant(officer, application=application, reasons=looked)
    granted = selectors.certificate_of(selectors.decision_of(application))
    assert granted is not None
    assert (granted.type.slug, granted.fields["kind"]) == ("senior_card", "free")
