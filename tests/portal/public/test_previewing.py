"""我能不能办: three answers by the conditions that judge applications; nothing stays of what was answered."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Region
from matters import editions
from matters.models import Matter
from portal.public.showing import previewing
from tests import emptying
from tests.factories import district
from tests.factories.fixtures import NOON

pytestmark = pytest.mark.django_db
ADDRESS = f"/matters/{district.ALLOWANCE}/preview"
HERE, AWAY = "440507", "11"


@pytest.fixture(autouse=True)
def _city(stocked: None, noon: object) -> None:
    """The catalogue at a moment that stands still."""


def names() -> dict[str, str]:
    """Return the posted name of each question of the allowance, by the fact it gives."""
    edition = district.matter().current_edition
    assert edition is not None
    return {fact: one.name for one in previewing.asked(editions.compiled(edition)) for fact in one.facts}


def answers(**told: str) -> dict[str, str]:
    """Return answers that all fit, but for what is told."""
    usual = {
        "cert.resident_id.birth_date": "1940-01-05",
        "cert.household_register.division": HERE,
        "form.account": "social_card",
        "cert.senior_allowance.held": "false",
        "cert.social_card.account_status": "normal",
    }
    return {name: {**usual, **told}[fact] for fact, name in names().items()}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def heading(page: str) -> str:
    begin = page.index('id="answer-title"')
    return page[begin : page.index("</h2>", begin)]


def test_what_fits_can_be_done_and_what_only_the_system_sees_is_named(client: Client) -> None:
    page = text(client.post(ADDRESS, answers()))
    assert "能办：您填的都符合" in heading(page)
    assert "年满80周岁" in page
    assert "<b>100元</b>" in page
    assert page.count("户籍所在地在龙湖区") == 1  # it fits; only the address is still to be seen
    for source in ("人口死亡登记信息", "本平台办件记录"):
        assert source in page, source


def test_what_does_not_fit_says_why_and_that_it_is_no_decision(client: Client) -> None:
    page = text(client.post(ADDRESS, answers(**{"cert.resident_id.birth_date": "1966年1月5日"})))
    assert "可能不能办" in heading(page)
    assert "要求“年满80周岁”，您填的是“60周岁”" in page
    assert "这不是决定" in page
    page = text(client.post(ADDRESS, answers(**{"cert.household_register.division": AWAY})))
    assert "可能不能办" in heading(page)
    assert "户籍所在地在龙湖区" in page


def test_the_day_itself_counts(client: Client) -> None:
    assert "能办" in heading(
        text(client.post(ADDRESS, answers(**{"cert.resident_id.birth_date": "1946-11-20"})))
    )
    page = text(client.post(ADDRESS, answers(**{"cert.resident_id.birth_date": "1946-11-21"})))
    assert "可能不能办" in heading(page)


def test_without_answers_it_is_open(client: Client) -> None:
    assert "还要看" in heading(text(client.post(ADDRESS, {})))
    only = {names()["cert.resident_id.birth_date"]: "1940-01-05"}
    page = text(client.post(ADDRESS, only))
    assert "还要看" in heading(page)
    assert "还有 4 个问题没有答" in page


def test_what_cannot_be_read_is_said_beside_its_field(client: Client) -> None:
    answer = client.post(ADDRESS, answers(**{"cert.resident_id.birth_date": "昨天"}))
    assert answer.status_code == 422
    assert "请写成" in text(answer)
    assert "answer-title" not in text(answer)
    answer = client.post(ADDRESS, answers(**{"cert.resident_id.birth_date": "2030-01-01"}))
    assert answer.status_code == 422
    answer = client.post(ADDRESS, answers(**{"form.account": "?"}))
    assert answer.status_code == 422


def _said(record: logging.LogRecord) -> str:
    """Return what a line of the log says of its own: clocks, process and thread numbers are digits by chance."""
    clocks = ("created", "msecs", "relativeCreated", "thread", "process", "ms")
    return str({name: value for name, value in vars(record).items() if name not in clocks})


def test_nothing_is_written_anywhere(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    counts = _counts()
    told = answers(**{"cert.resident_id.birth_date": "1931-07-19"})
    with caplog.at_level(logging.DEBUG), CaptureQueriesContext(connection) as asked:
        answer = client.post(ADDRESS, told)
    assert answer.status_code == 200
    assert _counts() == counts
    assert [one["sql"] for one in asked if not one["sql"].lstrip().upper().startswith("SELECT")] == []
    lines = " ".join(_said(record) for record in caplog.records)
    for secret in ("1931-07-19", "1931"):
        assert secret not in lines.replace(ADDRESS, "")
        assert secret not in " ".join(one["sql"] for one in asked)
    assert "no-store" in answer["Cache-Control"]
    assert "sessionid" not in answer.cookies


def test_no_certificate_is_read_of_who_is_signed_in(client: Client) -> None:
    citizen = district.citizen(born=NOON.date().replace(year=1940))
    assert citizen.user is not None
    client.force_login(citizen.user)
    counts = _counts()
    with CaptureQueriesContext(connection) as asked:
        page = text(client.get(ADDRESS))
    assert "不读取您的证照" in page
    assert "1940" not in page.replace("1946-01-05", "")
    assert not [one for one in asked if "certificates_" in one["sql"]]
    assert _counts() == counts


def test_an_answer_in_an_address_is_not_taken(client: Client) -> None:
    page = text(client.get(ADDRESS, answers()))
    assert "answer-title" not in page


@pytest.mark.parametrize("code", ["nothing", "11440507MB2X00012R4440511009999"])
def test_a_matter_that_is_not_offered_has_no_preview(client: Client, code: str) -> None:
    assert client.get(f"/matters/{code}/preview").status_code == 404


def test_a_suspended_matter_has_no_preview_and_its_guide_does_not_lead_there(client: Client) -> None:
    guide = f"/matters/{district.ALLOWANCE}/"
    assert ADDRESS in text(client.get(guide))
    Matter.objects.filter(code=district.ALLOWANCE).update(status=Matter.Status.SUSPENDED)
    assert client.get(ADDRESS).status_code == 404
    assert ADDRESS not in text(client.get(guide))


def test_every_matter_asks_few_questions_or_none_and_answers_without_a_fault(client: Client) -> None:
    previewed = 0
    for matter in Matter.objects.all().select_related("current_edition"):
        assert matter.current_edition is not None
        found = previewing.asked(editions.compiled(matter.current_edition))
        assert len(found) <= previewing.MOST
        assert len({one.name for one in found}) == len(found)
        promised = [one for one in found if "承诺" in one.label]
        assert not promised, matter.name
        address = f"/matters/{matter.code}/preview"
        assert client.get(address).status_code == (200 if found else 404)
        for pick in (0, -1):
            posted = {one.name: one.options[pick][0] if one.options else "" for one in found}
            if found:
                answer = client.post(address, posted)
                assert answer.status_code == 200, matter.name
                previewed += 1
    assert previewed > 10


def _counts() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in emptying.tables():
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def test_places_that_ended_are_not_offered(client: Client) -> None:
    Region.objects.filter(code="440511").update(valid_to=None)
    assert "金平区" in client.get(ADDRESS).content.decode()
    Region.objects.filter(code="440511").update(valid_to=date(2020, 12, 31))
    assert "金平区" not in client.get(ADDRESS).content.decode()
    assert "潮阳县" not in client.get(ADDRESS).content.decode()
