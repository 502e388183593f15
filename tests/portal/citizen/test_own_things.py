"""Wallet, use records, consents, lists, identities: in words, and as many queries for one row as for thirty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.telling import inbox
from approvals.applying import drafting, submission
from approvals.models import Application, Draft
from certificates.issuance import issuing, lifecycle
from certificates.models import Authorisation, Certificate, UseRecord
from certificates.states import CertificateStatus
from certificates.stocking.course import announcing
from common import clock
from matters.models import Matter
from registers.models import Register, RegisterCall
from registers.standin.desk import FaultKind
from tests.certificates.stocking.test_importing import sheet, take
from tests.factories import district
from tests.factories.district import FILING, Citizen
from tests.factories.fixtures import NOON
from tests.portal.citizen import walking
from tests.portal.citizen.walking import START, text_of

ORGANISATION_START = f"/matters/{FILING}/start"


def queries(client: Client, address: str) -> int:
    """Return how many statements a page takes, sessions and caches warm."""
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_states_of_certificates_in_words(page, chen) -> None:
    _give(chen, "senior_card", until=date(2026, 12, 10))
    _give(chen, "disability_certificate", until=date(2026, 11, 1))
    gone = chen.certificates["social_card"]
    lifecycle.change_status(gone, CertificateStatus.CANCELLED, reason="本人申请", actor="system", at=NOON)
    text = text_of(page.get("/certificates"))
    for words in (
        "全部 5",
        "有效 2",
        "即将到期 1",
        "已失效 2",
        "还有 20 天到期",
        "已过期",
        "已注销",
        "本人申请",
    ):
        assert words in text
    assert "居民身份证" not in text_of(page.get("/certificates?state=ended")).split("谁用过")[0]


def test_what_has_run_out_says_where_it_is_renewed(page, chen) -> None:
    """By a matter of this portal where there is one, else by who issued it; what is valid for long offers nothing."""
    told = district.certificate("allowance_review", chen.person, {}, valid_until=date(2026, 11, 1))
    issuing.issue(replace(told, valid_from=date(2025, 11, 2)), at=NOON)
    identity = _give(chen, "driving_licence", until=date(2026, 11, 1))
    wallet = page.get("/certificates").content.decode().split("谁用过")[0]
    (matter,) = Matter.objects.filter(name__contains="年度资格认定")
    assert wallet.count(f'<a href="/matters/{matter.code}/">续办<') == 1
    assert "续办请找示例市公安局龙湖分局" in wallet
    own = page.get(f"/certificates/{identity.pk}").content.decode()
    assert ("续办请找示例市公安局龙湖分局" in own, "去续办" in own) == (True, False)
    card = Certificate.objects.get(type__slug="allowance_review")
    assert (
        f'<a href="/matters/{matter.code}/">去续办</a>'
        in page.get(f"/certificates/{card.pk}").content.decode()
    )


def test_what_an_import_superseded_leads_to_its_newer_version(page, chen, client) -> None:
    """Her card was issued; the bureau's file has the next version: she is told, and reads which one counts now."""
    card = chen.certificates["social_card"]
    kind, order = card.type, sorted(card.fields)
    head = ["holder", "holder_name", "number", "issued_on", "version", *(f"fields.{name}" for name in order)]
    row = [chen.person.id_number, chen.person.name, card.number, "2026-01-05", "4"]
    content = sheet([[*row, *(str(card.fields[name]) for name in order)]], header=head)
    batch = take(content, kind, issuer=card.issuer_code)
    assert (batch.accepted, batch.superseded) == (1, 1)
    announcing.tell(batch.pk, seconds=9)
    text = text_of(page.get("/certificates"))
    for words in ("全部 4", "有效 3", "已失效 1", "第 4 版", "不能再用于办事，保留供您查看"):
        assert words in text
    newer = Certificate.objects.get(previous=card)
    old = page.get(f"/certificates/{card.pk}").content.decode()
    assert f'<a href="/certificates/{newer.pk}">看新版（第 4 版）</a>' in old
    assert "下载 PDF" not in old
    assert "下载 PDF" in page.get(f"/certificates/{newer.pk}").content.decode()
    public = client.get(f"/c/{card.check_token}").content.decode()
    for words in ("已被新证替代", "第 4 版"):
        assert words in public
    assert f"{kind.name}有了新版，旧版不能再用" in text_of(page.get("/messages"))


def whom(owner: Citizen) -> str:
    return owner.business.whom


def _give(citizen: Citizen, slug: str, *, until: date) -> Certificate:
    return issuing.issue(district.certificate(slug, citizen.person, {}, valid_until=until), at=NOON)


def test_a_certificate_shows_its_code_only_while_it_can_be_used(page, chen) -> None:
    card = chen.certificates["social_card"]
    address = f"/certificates/{card.pk}"
    usable = page.get(address)
    assert f"/c/{card.check_token}" in usable.content.decode()
    assert "请对方扫码验真" in text_of(usable)
    assert chen.person.id_number not in usable.content.decode()
    lifecycle.change_status(card, CertificateStatus.REVOKED, reason="冒领", actor="system", at=NOON)
    text = text_of(page.get(address))
    assert "请对方扫码验真" not in text
    assert "冒领" in text


def test_refused_looks_are_in_the_record(page, decide) -> None:
    walking.submit(page, yes=False)
    decide()
    text = text_of(page.get("/certificates/uses"))
    assert "没有授权，已拒绝" in text
    assert "示例市龙湖区民政局，系统自动核验" in text
    assert UseRecord.objects.filter(outcome="unauthorised").exists()
    assert "没有同意" in text_of(page.get("/authorisations"))


def test_what_registers_were_asked_stands_there_too(page, chen, city, browser, decide) -> None:
    address = "/certificates/uses"
    assert "还没有查询过" in text_of(page.get(address))
    walking.submit(page)
    decide()
    asked = list(RegisterCall.objects.select_related("register"))
    assert len(asked) == 2
    section = text_of(page.get(address)).partition("共享数据核验")[2]
    for call in asked:
        assert f"{call.register.label} 高龄老人津贴申领，向{call.register.provider}查询" in section
        assert call.register.basis in section
    assert {call.get_outcome_display() for call in asked} == {"已回复", "未查到"}
    assert " 已回复" in section
    assert " 未查到" in section
    other = text_of(browser(district.citizen(city)).get(address))
    assert "还没有查询过" in other
    assert asked[0].register.label not in other
    card = chen.certificates["resident_id"]
    assert "共享数据核验" not in text_of(page.get(f"{address}?certificate={card.pk}"))
    assert "沿用" not in section
    RegisterCall.objects.filter(pk=asked[0].pk).update(answer_of=NOON)
    assert "，沿用 2026-11-20 12:00:00 的回答，依据：" in text_of(page.get(address))


def test_a_register_that_was_silent_is_in_the_record(page, city, decide) -> None:
    city.fail("civil_status", FaultKind.ERROR)
    walking.submit(page)
    decide()
    assert "未响应" in text_of(page.get("/certificates/uses")).partition("共享数据核验")[2]


def test_questions_have_pages_of_their_own(page, chen) -> None:
    walking.submit(page)
    reference = Application.objects.get().reference
    register = Register.objects.earliest("pk")
    RegisterCall.objects.bulk_create(
        RegisterCall(register=register, case_reference=reference, matter_code="x", purpose="p", asked_at=NOON)
        for _ in range(25)
    )
    first = page.get("/certificates/uses")
    assert "?asked=2" in first.content.decode()
    assert text_of(first).count("已发出") == 20
    assert text_of(page.get("/certificates/uses?asked=2")).count("已发出") == 5


def test_a_consent_is_taken_back_at_once_and_twice_does_no_harm(page) -> None:
    walking.consent(page)
    consent = Authorisation.objects.get()
    listed = text_of(page.get("/authorisations"))
    assert "户籍地址" in listed
    assert "只看有没有，不读内容" in listed
    for _ in range(2):
        assert "授权已撤回" in text_of(page.post(f"/authorisations/{consent.pk}/revoke", follow=True))
    consent.refresh_from_db()
    assert consent.status == "revoked"


def test_for_an_organisation_one_is_led_to_the_right_identity(city, browser) -> None:
    owner = district.business(city)
    client = browser(owner)
    told = client.get(ORGANISATION_START)
    assert told.status_code == 403
    assert owner.business.name in text_of(told)
    switched = client.post("/act-for", {"whom": whom(owner), "next": ORGANISATION_START})
    assert switched.url == ORGANISATION_START
    asked = text_of(client.get(ORGANISATION_START))
    assert "营业执照" in asked
    assert f"（由{owner.person.name}代表）" in asked
    assert "换成我本人" in text_of(client.get(START))
    assert owner.business.name in text_of(client.get("/me"))


def test_who_represents_nobody_is_not_sent_to_sign_in_again(page) -> None:
    text = text_of(page.get(ORGANISATION_START))
    assert "您名下现在没有可以代表的单位" in text
    assert "请退出后" not in text
    assert "由它的法定代表人或者经营者来办" in text


def test_what_was_filed_for_an_organisation_opens_for_the_organisation_alone(city, browser) -> None:
    owner = district.business(city)
    client = browser(owner)
    drafting.start(owner.business, matter=district.matter(FILING), consent=True)
    draft = Draft.objects.get()
    licence = owner.certificates["business_licence"]
    pages = (f"/drafts/{draft.reference}/1", f"/certificates/{licence.pk}")
    assert draft.reference not in client.get("/applications").content.decode()
    for address in pages:
        refused = client.get(address)
        assert refused.status_code == 409
        assert f"换成替“{owner.business.name}”办" in text_of(refused)
        assert address in refused.content.decode()  # where it goes on after switching
    client.post("/act-for", {"whom": whom(owner)})
    assert draft.reference in client.get("/applications").content.decode()
    for address in pages:
        assert client.get(address).status_code == 200


def test_without_a_right_to_act_any_more_the_case_closes_to_the_person(city, browser) -> None:
    owner = district.business(city)
    drafting.start(owner.business, matter=district.matter(FILING), consent=True)
    owner.person.acting_rights.update(valid_to=date(2026, 11, 19))
    client = browser(owner)
    session = client.session
    session["acting_for"] = whom(owner)
    session.save()
    assert client.get(f"/drafts/{Draft.objects.get().reference}/1").status_code == 404
    assert client.get("/certificates").status_code == 403
    assert client.get("/me").status_code == 200  # the page on which it is chosen again


@pytest.mark.parametrize(
    "address", ["/applications", "/certificates", "/certificates/uses", "/authorisations", "/messages"]
)
def test_lists_take_the_same_queries_for_one_row_and_for_many(page, chen, decide, address) -> None:
    _cases(page, chen, decide, 1)
    few = queries(page, address)
    _cases(page, chen, decide, 4)
    assert queries(page, address) == few


def _cases(page: Client, chen: Citizen, decide, count: int) -> None:
    """File and withdraw cases; each leaves a consent, use records and messages."""
    for number in range(count):
        draft = drafting.start(chen.principal, matter=district.matter(), consent=False)
        submission.submit(chen.principal, reference=draft.reference, key=f"{draft.reference}-{number}")
        decide()
        submission.withdraw(chen.principal, reference=draft.reference)
    _give(chen, "marriage_certificate" if count == 1 else "senior_card", until=date(2030, 1, 1))


def test_lists_have_pages(page, chen) -> None:
    at: datetime = clock.now()
    inbox.send(
        inbox.message(
            chen.person.pk, kind="email_changed", occasion=f"{n}", values={"change": f"登记第 {n} 个"}, at=at
        )
        for n in range(25)
    )
    assert "下一页" in text_of(page.get("/messages"))
    assert "上一页" in text_of(page.get("/messages?page=2"))
    assert page.get("/messages?page=zzz").status_code == 200


def test_empty_lists_say_what_will_be_there(city, browser) -> None:
    client = browser(district.citizen(city, without=("resident_id", "household_register", "social_card")))
    told = {
        "/applications": "还没有办件",
        "/certificates": "这里还没有证照",
        "/certificates/uses": "还没有用证记录",
        "/authorisations": "还没有用证授权",
        "/messages": "还没有消息",
    }
    for address, words in told.items():
        assert words in text_of(client.get(address))
