"""用证异议: who sees which reports, in which order, and what an answer needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import Message, User
from approvals.auditing import grounds
from certificates.holding import looking, reporting
from certificates.holding.looking import Duty
from certificates.models import CertificateType, MisuseReport
from common import clock
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON
from tests.portal.citizen.walking import text_of

pytestmark = pytest.mark.django_db
PAGE = "/supervision/misuse"
TEXT = "我没有在这个单位办过事"
ANSWER = {"finding": "improper", "words": "查过了，没有办件依据，已经处理"}


@pytest.fixture
def chen(city: Any) -> Citizen:
    CertificateType.objects.filter(slug="resident_id").update(
        lookup={"roles": ["officer"], "fields": ["name"]}
    )
    return district.citizen()


@pytest.fixture
def reported(chen: Citizen) -> MisuseReport:
    return report(chen)


def report(chen: Citizen, *, officer: User | None = None) -> MisuseReport:
    user = officer or district.officer()
    duty = Duty("核对补贴发放情况", grounds.of_matter(user, code=district.ALLOWANCE, on=NOON.date()))
    looked = looking.by_duty(user, holder=chen.person, slug="resident_id", duty=duty, at=NOON)
    return reporting.report(chen.principal, use_id=looked.record.pk, text=TEXT, at=NOON)


@pytest.fixture
def page(client: Client, city: Any) -> Client:
    client.force_login(district.supervisor())
    return client


def test_open_reports_stand_first_with_the_working_days_left(
    page: Client, chen: Citizen, reported: MisuseReport
) -> None:
    text = text_of(page.get(PAGE))
    assert "居民身份证" in text
    assert "2026-12-04" in text
    assert "剩 10 个工作日" in text
    clock.set_source(lambda: NOON + timedelta(days=17))
    assert "超期 1 个工作日" in text_of(page.get(PAGE))


def test_the_use_stands_there_in_full_and_is_answered(
    page: Client, chen: Citizen, reported: MisuseReport
) -> None:
    address = f"{PAGE}/{reported.pk}"
    text = text_of(page.get(address))
    for words in (
        TEXT,
        "陈秀英",
        "核对补贴发放情况",
        "王审批（审批人员）",
        "示例市龙湖区民政局",
        reported.use.digest,
    ):
        assert words in text
    assert "不用持证人授权" in text
    assert "不用您授权" not in text  # the supervisor is not whose certificate it is
    assert page.post(address, {"finding": "", "words": "看"}).status_code == 422
    assert page.post(address, ANSWER).status_code == 302
    text = text_of(page.get(address))
    assert "属于不当使用，已处理" in text
    assert "高监督" in text
    assert Message.objects.filter(person=chen.person, kind="misuse_answered").exists()
    assert page.post(address, ANSWER).status_code == 409


@pytest.mark.parametrize("who", ["admin", "officer", "keeper", "clerk"])
def test_only_supervisors_come_here(client: Client, reported: MisuseReport, who: str) -> None:
    client.force_login(getattr(district, who)())
    for address in (PAGE, f"{PAGE}/{reported.pk}"):
        assert client.get(address).status_code == 403
        assert client.post(f"{PAGE}/{reported.pk}", ANSWER).status_code == 403
    assert MisuseReport.objects.get().answered_at is None


def test_another_bodys_reports_are_not_there(client: Client, reported: MisuseReport) -> None:
    client.force_login(district.supervisor("11440507MB2X00020L"))
    assert "没有用证异议" in text_of(client.get(PAGE))
    assert client.get(f"{PAGE}/{reported.pk}").status_code == 404
    assert client.post(f"{PAGE}/{reported.pk}", ANSWER).status_code == 404
    client.force_login(district.supervisor(None))
    assert client.get(f"{PAGE}/{reported.pk}").status_code == 200


def test_who_looked_is_told_that_another_answers(client: Client, chen: Citizen) -> None:
    supervisor = district.supervisor()
    told = report(chen, officer=district.officer(user=supervisor))
    supervisor.active_post = supervisor.posts.get(role="supervisor")
    supervisor.save()
    client.force_login(supervisor)
    assert "请由其他监督人员答复" in text_of(client.get(f"{PAGE}/{told.pk}"))
    assert client.post(f"{PAGE}/{told.pk}", ANSWER).status_code == 404
