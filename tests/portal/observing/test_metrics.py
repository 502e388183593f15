"""/metrics: not for the public, and what it says is how it stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from approvals import deciding
from approvals.applying import drafting, submission
from common import clock
from portal.observing import gauges, metrics
from registers import breaking
from registers.models import Register
from registers.standin.desk import FaultKind
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
TOKEN = "a token for tests"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "STANDING", gauges.Standing())


def scraped(client: Client) -> dict[tuple[str, ...], float]:
    """Return every sample as (name, label values in the order of the labels' names …) → value."""
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=")
    assert "no-store" in answer["Cache-Control"]
    families = list(text_string_to_metric_families(answer.content.decode()))
    return {
        (s.name, *(s.labels[name] for name in sorted(s.labels))): s.value
        for family in families
        for s in family.samples
    }


def test_without_a_token_there_is_no_such_page(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer None"}):
        assert client.get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer ", f"bearer {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer 错"]
)
def test_only_who_has_the_token(client: Client, settings: Any, sent: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = client.get("/metrics", headers={"Authorization": sent} if sent else {})
    assert answer.status_code == 403
    assert "portal_" not in answer.content.decode()


def test_a_signed_in_officer_sees_nothing_either(client: Client, settings: Any, city: Standin) -> None:
    settings.METRICS_TOKEN = TOKEN
    client.force_login(district.officer())
    assert client.get("/metrics").status_code == 403


def test_it_says_how_it_stands(
    client: Client, settings: Any, city: Standin, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.METRICS_TOKEN = TOKEN
    granted, referred, waiting = (district.citizen(city, name=name) for name in ("陈一", "陈二", "陈三"))
    submit(granted)
    deciding.decide_waiting()
    city.fail("civil_status", FaultKind.ERROR)
    submit(referred)
    deciding.decide_waiting()
    city.heal()
    submit(waiting)
    district.stand_at(clock.now() + timedelta(minutes=5))
    found = scraped(client)
    assert found["portal_waiting_applications",] == 1
    assert found["portal_oldest_waiting_seconds",] == 300
    assert found["portal_open_applications", "in_review"] == 1
    assert found["portal_open_applications", "submitted"] == 1
    assert found["portal_judgements_last_hour", "grant"] == 1
    assert found["portal_judgements_last_hour", "refer"] == 1
    assert found["portal_register_calls_last_hour", "hit", "civil_status"] == 1
    assert found["portal_register_calls_last_hour", "failed", "civil_status"] == 1
    assert found["portal_register_latency_seconds", "hit", "0.95", "civil_status"] < 5
    assert found["portal_files_awaiting_scan",] == 0
    assert found["portal_overdue_applications",] == 0
    assert found["portal_register_resting", "civil_status"] == 0


def test_a_register_that_rests_is_named(client: Client, settings: Any, city: Standin) -> None:
    settings.METRICS_TOKEN = TOKEN
    breaking.note(Register.objects.get(name="civil_status"), answered=0, failed=5)
    found = scraped(client)
    assert found["portal_register_resting", "civil_status"] == 1
    assert found["portal_register_resting", "other_grants"] == 0


def test_after_an_hour_the_window_is_empty_and_the_late_are_named(
    client: Client, settings: Any, city: Standin
) -> None:
    settings.METRICS_TOKEN = TOKEN
    city.fail("civil_status", FaultKind.ERROR)
    submit(district.citizen(city))
    deciding.decide_waiting()
    district.stand_at(clock.now() + timedelta(days=30))
    found = scraped(client)
    assert not [name for name in found if name[0].endswith("_last_hour")]
    assert found["portal_overdue_applications",] == 1


def test_nothing_in_it_names_anybody(client: Client, settings: Any, city: Standin) -> None:
    settings.METRICS_TOKEN = TOKEN
    chen = district.citizen(city)
    case = submit(chen)
    client.get(f"/applications/{case.reference}")
    body = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).content.decode()
    for told in (chen.person.id_number, chen.person.name, case.reference, chen.user.username):
        assert told not in body


def test_scraping_often_asks_once(city: Standin, django_assert_num_queries: Any) -> None:
    now = 100.0
    standing = gauges.Standing(monotonic=lambda: now)
    first = standing.collect()
    with django_assert_num_queries(0):
        assert standing.collect() is first
    now += gauges.KEPT_SECONDS
    assert standing.collect() is not first


def submit(citizen: district.Citizen) -> Any:
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    return submission.submit(citizen.principal, reference=draft.reference, key="k")
