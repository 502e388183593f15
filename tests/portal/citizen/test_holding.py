"""谁用过我的证照 and 授权管理: each record in full and reported, consents for a purpose given, used up, withdrawn."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.acting import agents
from accounts.models import Department, User
from approvals.auditing import grounds
from certificates.holding import looking, reporting
from certificates.holding.looking import Duty
from certificates.models import Authorisation, CertificateType, MisuseReport, UseRecord
from certificates.states import MisuseFinding
from portal.web.components import uses
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.portal.citizen import walking
from tests.portal.citizen.walking import text_of

pytestmark = pytest.mark.django_db
USES, CONSENTS, GIVE = "/certificates/uses", "/authorisations", "/authorisations/give"
WHY = "核对住址是否已经变更"
LATER = (NOON + timedelta(days=20)).date()


@pytest.fixture
def looked(chen: Citizen) -> UseRecord:
    """An officer looked at the card by duty."""
    CertificateType.objects.filter(slug="resident_id").update(
        lookup={"roles": ["officer"], "fields": ["name", "address"], "basis": "测试条例第九条"}
    )
    return _look(district.officer(), chen)


def _look(officer: User, chen: Citizen) -> UseRecord:
    duty = Duty(WHY, grounds.of_matter(officer, code=district.ALLOWANCE, on=NOON.date()))
    return looking.by_duty(officer, holder=chen.person, slug="resident_id", duty=duty, at=NOON).record


def sent(chen: Citizen, **told: Any) -> dict[str, Any]:
    """Return a form that is right, but for what the arguments say."""
    return {
        "certificate": str(chen.certificates["social_card"].pk),
        "fields_seen": ["name", "bank"],
        "department": Department.objects.get(short_name="区人社局").pk,
        "purpose": "办理失业保险金发放",
        "how_long": "until",
        "until": LATER.isoformat(),
        "agree": "on",
        "whom": "",
    } | told


def test_the_looks_of_one_visit_are_one_row_that_opens_to_each(
    page: Client, chen: Citizen, looked: UseRecord, decide: Any
) -> None:
    walking.submit(page)
    decide()
    shown = page.get(USES).content.decode()
    records = list(UseRecord.objects.filter(holder_person=chen.person).select_related("type"))
    for one in records:
        assert shown.count(f'href="{USES}/{one.pk}"') == 1, "every look is there once, to be opened"
    outside = re.sub(r"<details.*?</details>", "", shown, flags=re.DOTALL)
    told = re.findall(r'系统自动核验</h3><p class="note">([^<]*)</p><p class="note">([^<]*)</p>', outside)
    by_purpose = {words.split("，")[2]: (line, words) for line, words in told}
    assert set(by_purpose) == {"把证照内容填进申请表", "自动核验"}
    for purpose, (line, words) in by_purpose.items():
        looks = [one for one in records if uses.purpose(one) == purpose]
        assert len(looks) > 1
        assert words.startswith(f"共看 {len(looks)} 次，最近 ")
        assert set(line.partition("：")[2].split("、")) == {one.type.name for one in looks}
    assert f'href="{USES}/{looked.pk}"' in outside  # what stands alone is drawn as it was


def test_beside_the_wallet_a_visit_is_one_row(page: Client, looked: UseRecord, decide: Any) -> None:
    walking.submit(page)
    decide()
    beside = page.get("/certificates").content.decode().partition("谁用过我的证照")[2]
    assert beside.count("系统自动核验</h3>") == 2  # filling in, checking: three looks each
    assert (
        beside.count("：居民户口簿、居民身份证、社会保障卡<") == 2
    )  # by name: looks of one moment have no order
    assert f'href="{USES}/{looked.pk}"' in beside


def test_every_look_is_there_with_who_why_and_on_what_ground(
    page: Client, looked: UseRecord, decide: Any
) -> None:
    walking.submit(page)
    decide()
    text = text_of(page.get(USES))
    assert "今天" in text
    assert "示例市龙湖区民政局，审批人员查看" in text
    assert WHY in text
    assert "示例市龙湖区民政局，系统自动核验" in text
    only = text_of(page.get(f"{USES}?ground=statutory"))
    assert WHY in only
    assert "系统自动核验" not in only
    assert WHY not in text_of(page.get(f"{USES}?ground=authorised"))
    assert "没有这样的记录" in text_of(page.get(f"{USES}?ground=presented"))
    assert "没有这样的记录" in text_of(page.get(f"{USES}?ground=refused"))


def test_one_record_in_full(page: Client, looked: UseRecord) -> None:
    text = text_of(page.get(f"{USES}/{looked.pk}"))
    for words in (
        "示例市龙湖区民政局，审批人员查看",
        "王审批（审批人员）",
        "居民身份证，第 1 版",
        "姓名、住址",
        WHY,
        "高龄老人津贴申领",
        "依法查验，不用您授权",
        "测试条例第九条",
        "已读取",
        looked.digest,
    ):
        assert words in text


def test_somebody_elses_record_is_not_there(browser: Any, city: Any, looked: UseRecord) -> None:
    other = browser(district.citizen(city, name="别人"))
    assert other.get(f"{USES}/{looked.pk}").status_code == 404
    answer = other.post(f"{USES}/{looked.pk}", {"text": "我要报告这一条记录"})
    assert answer.status_code == 404
    assert not MisuseReport.objects.exists()


def test_a_record_is_reported_and_its_answer_read(page: Client, looked: UseRecord) -> None:
    address = f"{USES}/{looked.pk}"
    assert page.post(address, {"text": "不对"}).status_code == 422
    answer = page.post(address, {"text": "我没有办过这件事，请查清楚"}, follow=True)
    text = text_of(answer)
    assert "正在查" in text
    assert "我没有办过这件事" in text
    assert "您已报告，最晚 12 月 4 日" in text_of(page.get(USES))
    supervisor = district.supervisor()
    told = MisuseReport.objects.get()
    words = {"finding": MisuseFinding.PROPER, "words": "查过了，是为您办津贴时核对的", "at": NOON}
    reporting.answer(supervisor, report_id=told.pk, **words)  # type: ignore[arg-type]  # a test's own table
    text = text_of(page.get(address))
    assert "属于正常使用" in text
    assert "是为您办津贴时核对的" in text
    assert page.post(address, {"text": "我没有办过这件事，请查清楚"}).status_code == 409


def test_a_consent_is_given_step_by_step_used_up_and_withdrawn(page: Client, chen: Citizen) -> None:
    assert "社会保障卡" in text_of(page.get(GIVE))
    card = chen.certificates["social_card"]
    form = page.get(GIVE, {"certificate": str(card.pk)}).content.decode()
    assert "checked" not in form
    assert page.post(GIVE, sent(chen)).status_code == 302
    given = Authorisation.objects.get(kind="purpose")
    assert (given.scope, given.body, given.until) == (
        {"social_card": ["name", "bank"]},
        "示例市龙湖区人力资源和社会保障局",
        LATER,
    )
    text = text_of(page.get(f"{CONSENTS}?state=standing"))
    assert "办理失业保险金发放" in text
    assert "撤回授权" in text
    answer = page.post(f"{CONSENTS}/{given.pk}/revoke", {"whom": ""}, follow=True)
    assert "对方从现在起不能再看" in text_of(answer)
    assert "没有这样的授权" in text_of(page.get(f"{CONSENTS}?state=standing"))
    assert "已撤回" in text_of(page.get(f"{CONSENTS}?state=over"))


def test_a_consent_to_one_look_says_so(page: Client, chen: Citizen) -> None:
    page.post(GIVE, sent(chen, how_long="once", until=""))
    given = Authorisation.objects.get(kind="purpose")
    assert given.once
    assert "只看一次" in text_of(page.get(CONSENTS))
    clerk = district.officer("11440507MB2X00047C")
    told = {"holder": chen.person, "slug": "social_card", "authorisation_id": given.pk, "at": NOON}
    assert looking.by_consent(clerk, **told).copy is not None  # type: ignore[arg-type]  # a test's own table
    assert "已使用一次" in text_of(page.get(CONSENTS))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"fields_seen": []}, "请至少选一项内容"),
        ({"fields_seen": ["nothing"]}, "请从列出的内容里选"),
        ({"department": ""}, "请选择单位"),
        ({"department": "x"}, "请从列出的单位里选"),
        ({"purpose": ""}, "请写明用来做什么"),
        ({"purpose": "给陈秀英办贷款"}, "不要写姓名和号码"),
        ({"how_long": ""}, "请选择可以看多久"),
        ({"until": ""}, "请选择到哪天为止"),
        ({"until": "2028-01-01"}, "之间的日期"),
        ({"agree": ""}, "还没有打勾"),
    ],
)
def test_what_is_missing_is_said_at_its_field(page: Client, chen: Citizen, wrong: Any, words: str) -> None:
    answer = page.post(GIVE, sent(chen, **wrong))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not Authorisation.objects.exists()


def test_only_valid_certificates_of_ones_own_are_offered(page: Client, chen: Citizen, city: Any) -> None:
    other = district.citizen(city, name="别人")
    foreign = sent(chen, certificate=str(other.certificates["social_card"].pk))
    assert "选一本证照" in text_of(page.post(GIVE, foreign))
    assert not Authorisation.objects.exists()


def test_lists_take_the_same_queries_with_looks_by_people(
    page: Client, chen: Citizen, looked: UseRecord
) -> None:

    def queries() -> int:
        page.get(USES)
        with CaptureQueriesContext(connection) as seen:
            assert page.get(USES).status_code == 200
        return len(seen)

    few, officer = queries(), User.objects.get(pk=looked.actor.partition(":")[2])
    for _ in range(8):
        _look(officer, chen)
    assert queries() == few


def test_an_organisation_consents_through_its_head_and_not_through_a_blind_agent(
    browser: Any, city: Any
) -> None:
    shop, agent = district.business(), district.citizen(city, name="吴伟明")
    assert shop.organisation is not None
    mandate = agents.Mandate(LATER)
    agents.authorise(shop.person, organisation=shop.organisation, agent=agent.person, mandate=mandate)
    whom = shop.business.whom
    told = {
        "certificate": str(shop.certificates["business_licence"].pk),
        "fields_seen": ["name", "scope"],
        "department": Department.objects.get(short_name="区人社局").pk,
        "purpose": "办理稳岗补贴核对",
        "how_long": "once",
        "agree": "on",
        "whom": whom,
    }
    blind, head = browser(agent), browser(shop)
    for page in (blind, head):
        page.post("/act-for", {"whom": whom})
    assert blind.get(GIVE).status_code == 403
    assert blind.post(GIVE, told).status_code == 403
    assert "授权一个单位看" not in text_of(blind.get(CONSENTS))
    assert not Authorisation.objects.exists()
    assert head.post(GIVE, told).status_code == 302
    given = Authorisation.objects.get()
    assert (given.holder_organisation, given.given_by) == (shop.organisation, shop.person)
    assert f"经办人{shop.person.name}" in text_of(head.get(CONSENTS))
