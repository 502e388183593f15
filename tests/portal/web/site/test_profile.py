"""The foot of every page: from the newest profile, once a minute; what a government site must name is missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import Error, connection, transaction
from django.test import Client

from common import clock
from portal.web.models import SiteProfile
from portal.web.site import checks, entering, profile
from records.models import JournalEntry

pytestmark = pytest.mark.django_db
REAL = {
    "name": "龙湖区政务服务网",
    "district": "汕头市龙湖区",
    "portal_line": "汕头市政务服务统一入口",
    "host": "汕头市龙湖区人民政府",
    "undertaker": "汕头市龙湖区政务服务和数据管理局",
    "identifier": "4405070001",
    "icp": "粤ICP备12345678号",
    "police": "粤公网安备44050702000123号",
    "phone": "0754-88123456",
    "hours": "工作日 8:30—12:00",
    "hotline": "12345",
}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile, "_kept", profile._Kept())


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime(2026, 11, 20, 4, tzinfo=UTC)]
    monkeypatch.setattr(clock, "system_time", lambda: now[0])
    return now


def test_pages_show_the_newest_within_a_minute_and_ask_once(
    client: Client, moment: list[datetime], django_assert_num_queries: Any
) -> None:
    profile.begin()
    assert profile.current()["host"].startswith("示例市")
    entering.enter({"host": "第一个人民政府"}, actor="system")
    entering.enter({"host": "新的人民政府", "phone": "0754-88123456"}, actor="system")
    assert "新的人民政府" not in client.get("/privacy").content.decode()
    moment[0] += timedelta(seconds=profile.KEPT_SECONDS)
    assert "新的人民政府" in client.get("/privacy").content.decode()
    with django_assert_num_queries(0):
        assert profile.current()["host"] == profile.kept()["host"] == "新的人民政府"


def test_a_process_that_serves_no_pages_asks_nobody(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert profile.current() == profile.kept()


def test_a_lost_database_keeps_what_was_known(
    moment: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    profile.begin()
    entering.enter({"host": "新的人民政府"}, actor="system")
    profile.current()
    monkeypatch.setattr(profile, "stored", lambda: (_ for _ in ()).throw(Error("gone")))
    moment[0] += timedelta(hours=1)
    assert profile.current()["host"] == "新的人民政府"


def test_what_was_entered_stays_and_is_in_the_journal() -> None:
    entering.enter({"host": "新的人民政府"}, actor="system")
    assert JournalEntry.objects.filter(act="site.profile_entered").count() == 1
    with pytest.raises(Error), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE web_siteprofile SET host = 'x'")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(CommandError, match="colour"):
        call_command("site_profile", "colour=red")
    assert not SiteProfile.objects.exists()


def test_the_command_says_what_is_lacking() -> None:
    said, missed = StringIO(), StringIO()
    call_command("site_profile", "identifier=4405070001", "icp=", stdout=said, stderr=missed)
    assert "identifier=4405070001" in said.getvalue()
    assert "网站标识码" not in missed.getvalue()
    assert "主办单位" in missed.getvalue()


@pytest.mark.parametrize("name", list(profile.PARTICULARS))
@pytest.mark.parametrize("value", ["", "  ", "示例", "0000000000"])
def test_each_empty_or_made_up_particular_is_named(name: str, value: str) -> None:
    assert list(profile.lacking({**REAL, name: value})) == [profile.LABELS[name]]


def test_the_check_speaks_outside_a_demo_until_all_is_there(settings: Any) -> None:
    settings.DEMO = True
    assert not checks.particulars(databases=["default"])
    settings.DEMO = False
    (complaint,) = checks.particulars(databases=["default"])
    assert "网站标识码" in complaint.msg
    entering.enter(REAL, actor="system")
    assert not checks.particulars(databases=["default"])
    assert not checks.particulars(databases=None)
