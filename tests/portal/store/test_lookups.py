"""查验证照: who finds the page, what it asks, what it shows once, and the record each look leaves."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Department, Person, User
from approvals.models import Application
from certificates.holding import authorising
from certificates.models import Authorisation, CertificateType, UseRecord
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.portal.bureau import making
from tests.portal.citizen.walking import text_of

pytestmark = pytest.mark.django_db
PAGE = "/store/lookups"
MARKET = "11440507MB2X00020L"
WHY = "核对住址是否在本区"
LOOKUP = {"roles": ["officer", "clerk"], "fields": ["name", "address"], "basis": "测试条例第九条"}


@pytest.fixture
def chen(city: Any) -> Citizen:
    CertificateType.objects.filter(slug="resident_id").update(lookup=LOOKUP, copies={"days": 3})
    return district.citizen()


@pytest.fixture
def officer(city: Any) -> User:
    return district.officer()


@pytest.fixture
def page(client: Client, officer: User) -> Client:
    client.force_login(officer)
    return client


def sent(chen: Citizen, **told: str) -> dict[str, str]:
    return {
        "number": chen.person.id_number,
        "type": "resident_id",
        "ground": "duty",
        "matter": district.ALLOWANCE,
        "reason": WHY,
    } | told


def taken(case: Application, clerk: User) -> Application:
    """Let a case be one that a clerk took at a window."""
    Application.objects.filter(pk=case.pk).update(channel=Application.Channel.COUNTER, taken_by=clerk)
    return case


def agreed(chen: Citizen, *, once: bool = False, purpose: str = "办理测试贷款") -> Authorisation:
    return authorising.grant_purpose(
        chen.principal,
        department=Department.objects.get(short_name="区民政局"),
        purpose=purpose,
        scope={"resident_id": ["name"]},
        until=None if once else (NOON + timedelta(days=9)).date(),
        at=NOON,
    )


def test_by_duty_the_page_shows_the_named_fields_once_with_its_mark(page: Client, chen: Citizen) -> None:
    assert "查验证照" in text_of(page.get(PAGE))
    answer = page.post(PAGE, sent(chen))
    text = text_of(answer)
    use = UseRecord.objects.get()
    assert f"{WHY} · 示例市龙湖区民政局 审批人员 王审批 · 2026-11-20 12:00:00" in text
    assert "长平路" in text
    assert "最晚用到 2026-11-23" in text
    assert use.digest in text
    assert chen.person.id_number not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert (use.outcome, use.mode, use.matter_code) == ("found", "statutory", district.ALLOWANCE)


def test_a_case_of_the_department_is_ground_enough(page: Client, chen: Citizen) -> None:
    case = making.referred(chen)

    page.post(PAGE, sent(chen, matter="", reference=f" {case.reference[:4]} {case.reference[4:]}"))
    use = UseRecord.objects.get(mode="statutory")
    assert (use.case_reference, use.matter_code) == (case.reference, district.ALLOWANCE)


def test_a_case_serves_for_its_own_applicant_and_for_what_its_matter_uses(
    page: Client, chen: Citizen
) -> None:
    case, stranger = making.referred(chen), district.citizen(name="林婉君")
    CertificateType.objects.update(lookup=LOOKUP)
    told = {"matter": "", "reference": case.reference}
    assert "这件办件与持证人无关" in text_of(page.post(PAGE, sent(stranger, **told)))
    assert "这个事项用不到它" in text_of(page.post(PAGE, sent(chen, **told, type="driving_licence")))
    assert "这个事项用不到它" in text_of(page.post(PAGE, sent(chen, type="driving_licence")))
    uses = UseRecord.objects.filter(mode="statutory")
    assert [(use.outcome, use.fields, use.certificate) for use in uses] == [("not_allowed", [], None)] * 3
    assert "长平路" in text_of(page.post(PAGE, sent(chen, **told)))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"number": ""}, "请填写持证人的号码"),
        ({"number": "440507194003080000"}, "没有找到这个号码"),
        ({"type": ""}, "请选择证照"),
        ({"ground": ""}, "请选择凭什么查看"),
        ({"matter": ""}, "请写明为哪件办件"),
        ({"matter": district.FILING}, "请从列出的事项里选"),
        ({"reference": "44050720261120999999"}, "没有找到这件办件"),
        ({"reason": ""}, "至少 5 个字"),
        ({"reason": "长" * 201}, "不超过 200 个字"),
        ({"reason": "核对陈秀英的住址"}, "不要写姓名和号码"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_opened(
    page: Client, chen: Citizen, wrong: dict[str, str], words: str
) -> None:
    answer = page.post(PAGE, sent(chen, **wrong))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "长平路" not in text_of(answer)
    assert not UseRecord.objects.exists()


def test_a_case_of_ones_own_or_of_another_department_is_no_ground(
    page: Client, chen: Citizen, officer: User
) -> None:
    case = making.referred(chen)
    Person.objects.filter(pk=chen.person.pk).update(user=officer)
    assert page.post(PAGE, sent(chen, reference=case.reference)).status_code == 422
    Person.objects.filter(pk=chen.person.pk).update(user=chen.user)
    page.force_login(district.officer(MARKET))
    assert page.post(PAGE, sent(chen, reference=case.reference, matter="")).status_code == 422
    assert not UseRecord.objects.filter(mode="statutory").exists()


def test_what_a_type_does_not_allow_is_refused_and_recorded(page: Client, chen: Citizen) -> None:
    text = text_of(page.post(PAGE, sent(chen, type="social_card")))
    assert "依法不能查验" in text
    assert "6217" not in text
    use = UseRecord.objects.get()
    assert (use.outcome, use.fields, use.certificate) == ("not_allowed", [], None)


def test_by_consent_without_one_is_refused_and_recorded(page: Client, chen: Citizen) -> None:
    text = text_of(page.post(PAGE, sent(chen, ground="consent")))
    assert "持证人没有给本单位有效的授权" in text
    assert UseRecord.objects.get().outcome == "unauthorised"


def test_by_consent_the_consents_purpose_stands_on_the_copy(page: Client, chen: Citizen) -> None:
    agreed(chen, once=True)
    text = text_of(page.post(PAGE, sent(chen, ground="consent")))
    assert "办理测试贷款 · 示例市龙湖区民政局" in text
    assert "现在已经用完" in text
    assert "长平路" not in text
    assert "持证人没有给本单位有效的授权" in text_of(page.post(PAGE, sent(chen, ground="consent")))


def test_of_several_consents_one_is_chosen(page: Client, chen: Citizen) -> None:
    first, second = agreed(chen), agreed(chen, purpose="办理另一件测试")
    answer = page.post(PAGE, sent(chen, ground="consent"))
    assert answer.status_code == 422
    assert "请选这次用哪一份" in text_of(answer)
    assert "办理另一件测试（到 2026-11-29）" in text_of(answer)
    page.post(PAGE, sent(chen, ground="consent", authorisation=str(first.pk)))
    assert UseRecord.objects.get().authorisation == first != second


def test_an_organisation_is_found_by_its_code(page: Client, city: Any) -> None:
    CertificateType.objects.filter(slug="business_licence").update(
        lookup=LOOKUP | {"fields": ["name", "scope"]}
    )
    shop = district.business()
    assert shop.organisation is not None
    page.force_login(district.officer(MARKET))
    told = {"matter": district.FILING, "number": shop.organisation.credit_code, "type": "business_licence"}
    text = text_of(page.post(PAGE, sent(shop, **told)))
    assert "食品销售" in text


@pytest.mark.parametrize("who", ["clerk", "keeper", "admin", "supervisor"])
def test_who_finds_the_page(client: Client, chen: Citizen, who: str) -> None:
    user = getattr(district, who)()
    client.force_login(user)
    answer = client.get(PAGE)
    assert answer.status_code == (200 if who in {"clerk", "keeper"} else 403)
    if who == "clerk":
        assert "或者为哪个事项" not in text_of(answer)
        assert client.post(PAGE, sent(chen)).status_code == 422  # without a case a window has no ground
        case = taken(making.referred(chen), user)
        assert "长平路" in text_of(client.post(PAGE, sent(chen, reference=case.reference)))
        assert UseRecord.objects.get(mode="statutory").body == "示例区政务服务中心"


def test_a_citizen_does_not_find_it(client: Client, chen: Citizen) -> None:
    client.force_login(chen.user)
    assert client.get(PAGE).status_code in {302, 403}
    assert client.post(PAGE, sent(chen)).status_code in {302, 403}
    assert not UseRecord.objects.exists()


def test_nobody_leafs_through_the_people_of_a_district(
    brakes: None, page: Client, chen: Citizen, settings: Any
) -> None:
    settings.BRAKES = settings.BRAKES | {"look_up": (2, 600)}
    told = [page.post(PAGE, sent(chen, number="440507194003080000")).status_code for _ in range(3)]
    assert told == [422, 422, 429]
    assert page.post(PAGE, sent(chen)).status_code == 429
    assert not UseRecord.objects.exists()


def test_types_are_chosen_by_their_names_those_of_the_department_first(page: Client) -> None:
    body = page.get(PAGE).content.decode()
    drawn = body[body.index('name="type"') : body.index("</select>", body.index('name="type"'))]
    groups = [part.split('"', 1)[0] for part in drawn.split('<optgroup label="')[1:]]
    assert groups == ["本单位签发的", "其他单位签发的"]
    names = re.findall(r"<option[^>]*>([^<]+)</option>", drawn)
    assert "居民身份证" in names
    assert not [name for name in names if re.search(r"[A-Za-z_(]", name)]
    own, others = drawn.split("其他单位签发的")
    assert "高龄津贴资格确认书" in own
    assert "居民户口簿" in others


def test_matters_are_chosen_by_their_names(page: Client) -> None:
    body = page.get(PAGE).content.decode()
    drawn = body[body.index('name="matter"') : body.index("</select>", body.index('name="matter"'))]
    assert "高龄老人津贴申领</option>" in drawn
