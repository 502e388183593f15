"""The demo's clock: forward by days in every process, on marked databases only; and who may start at all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import Client
from django.urls import reverse

from common import clock
from common.redis import connection as broker
from portal import celery as celery_app
from portal.demo import apps, marking, shifted, shifting, starting
from portal.demo.marking import NotADemoDatabase
from portal.demo.models import DemoMark
from portal.demo.shifting import FURTHEST, TooFar
from tests.project.sources import ROOT

pytestmark = pytest.mark.django_db
ASK = "import django; django.setup(); from common import clock; print(clock.today())"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    broker().delete(shifted.KEY)
    shifted.forget()
    clock.set_source(shifted.shifted_time)
    yield
    broker().delete(shifted.KEY)
    shifted.forget()


def in_a_moment() -> None:
    """Let this process look again, as it does by itself after half a second."""
    shifted._Seen.looked_at = float("-inf")


def test_days_add_up_and_time_goes_on(django_capture_on_commit_callbacks: Any) -> None:
    real = clock.system_time()
    with django_capture_on_commit_callbacks(execute=True):
        assert shifting.shift(5) == 5
    assert timedelta(days=5) <= clock.now() - real < timedelta(days=5, seconds=20)
    with django_capture_on_commit_callbacks(execute=True):
        assert shifting.shift(30) == 35
    assert shifted.days_ahead() == 35
    with django_capture_on_commit_callbacks(execute=True):
        shifting.back_to_now()
    assert clock.now() - real < timedelta(seconds=30)


def test_another_process_sees_it(transactional_db: None) -> None:
    shifting.shift(100)
    database = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DATABASE_URL": address()}
    database.pop("PYTEST_XDIST_WORKER", None)  # REDIS_URL already names this worker's own database
    said = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=database, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == shifted.day_after(100).isoformat()


def test_this_process_sees_anothers_shift_within_a_second() -> None:
    assert shifted.days_ahead() == 0
    broker().set(shifted.KEY, 3)
    time.sleep(1)
    assert shifted.days_ahead() == 3


@pytest.mark.parametrize("by", [0, -1, FURTHEST + 1])
def test_only_forward_and_not_too_far(by: int) -> None:
    with pytest.raises(TooFar):
        shifting.shift(by)
    assert DemoMark.objects.get().shift_days == 0


def test_the_furthest_day_is_reached_in_steps() -> None:
    assert shifting.shift(FURTHEST - 1) == FURTHEST - 1
    with pytest.raises(TooFar):
        shifting.shift(2)
    assert shifting.shift(1) == FURTHEST


@pytest.mark.parametrize("table", [True, False], ids=["no mark", "no table"])
def test_without_a_mark_nothing_is_shifted(table: bool) -> None:
    if table:
        DemoMark.objects.all().delete()
    else:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE demo_demomark RENAME TO elsewhere")
    assert not marking.is_marked()
    broker().set(shifted.KEY, 50)
    in_a_moment()
    assert shifted.days_ahead() == 0
    if table:
        with pytest.raises(NotADemoDatabase):
            shifting.shift(1)
        with pytest.raises(NotADemoDatabase):
            shifting.back_to_now()


@pytest.mark.parametrize("kept", ["nonsense", ""])
def test_nonsense_in_the_broker_is_no_shift(kept: str) -> None:
    broker().set(shifted.KEY, kept)
    in_a_moment()
    assert shifted.days_ahead() == 0


def test_a_broker_that_is_down_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    broker().set(shifted.KEY, 7)
    assert shifted.days_ahead() == 7

    def down() -> None:
        raise redis.ConnectionError

    monkeypatch.setattr(shifted, "connection", down)
    in_a_moment()
    assert shifted.days_ahead() == 7


def test_the_page_moves_the_clock_and_every_page_says_so(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    page = reverse("demo:clock")
    assert "演示时钟：" not in client.get(page).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(page, {"days": "14"}).status_code == 302
    shown = client.get(page).content.decode()
    assert f"演示时钟：{shifted.day_after(14):%Y-%m-%d}（比今天晚 14 天）" in shown
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("demo:back"))
    assert "比今天晚" not in client.get(page).content.decode()


@pytest.mark.parametrize("days", ["", "abc", "-3", "0", "99999", "1e3"])
def test_other_days_are_refused_in_chinese(client: Client, days: str) -> None:
    answer = client.post(reverse("demo:clock"), {"days": days})
    assert answer.status_code == 422
    assert "还不能继续" in answer.content.decode()
    assert DemoMark.objects.get().shift_days == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]"])
def test_a_host_of_this_machine_is_fine(host: str) -> None:
    apps.refuse_public_host(host)


@pytest.mark.parametrize("host", ["portal.example", "10.0.0.5", "", "localhost.example"])
def test_a_public_host_ends_the_start(host: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PUBLIC_HOST"):
        apps.refuse_public_host(host)


def test_django_itself_does_not_start_with_a_public_host() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "PUBLIC_HOST": "portal.example"}
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "lets anybody sign in as anybody" in done.stderr


def test_without_demo_there_is_no_page_and_no_clock() -> None:
    ask = (
        "import django; django.setup(); from django.apps import apps; from django.urls import get_resolver;"
        "from common import clock; assert not apps.is_installed('portal.demo');"
        "assert 'demo' not in get_resolver().namespace_dict;"
        "assert clock._source is clock.system_time; import portal.wsgi"
    )
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "DEMO": "0"}
    subprocess.run([sys.executable, "-c", ask], cwd=ROOT, env=environment, check=True)


def address(name: str = "") -> str:
    """Return the test database's address, or that of another one on the same server."""
    told = connection.settings_dict
    place = f"{told['HOST']}:{told['PORT']}"
    return f"postgresql://{told['USER']}:{told['PASSWORD']}@{place}/{name or told['NAME']}"


@pytest.mark.parametrize(
    "begin", ["import portal.wsgi", "from portal import celery as c; c.refuse_other_databases()"]
)
def test_servers_end_at_once_on_another_database(begin: str) -> None:
    """`template1` is a database without our tables: as foreign as one can be."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": address("template1"),
    }
    done = subprocess.run(
        [sys.executable, "-c", begin], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "not marked by" in done.stderr


def test_a_start_finds_the_clock_as_it_was_left(transactional_db: None) -> None:
    DemoMark.objects.update(shift_days=12)
    starting.start()
    assert shifted.days_ahead() == 12


def test_a_start_on_an_unmarked_database_is_refused(transactional_db: None) -> None:
    DemoMark.objects.all().delete()
    with pytest.raises(ImproperlyConfigured, match="load_demo"):
        starting.start()
    with pytest.raises(SystemExit, match="load_demo"):
        celery_app.refuse_other_databases()
