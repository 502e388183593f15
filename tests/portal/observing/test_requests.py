"""A line and a time for each request, an id through all of it, and nothing of the address but its route."""

from __future__ import annotations

import logging
import re
from typing import Any

import pytest
from django.test import Client

from approvals.applying import drafting, submission
from portal.observing import measuring, requests
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db
HEX = re.compile(r"[0-9a-f]{32}")
SENT = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="portal.request")
    return caplog


def line(told: pytest.LogCaptureFixture) -> dict[str, Any]:
    (made,) = [one for one in told.records if one.name == "portal.request"]
    return {
        name: made.__dict__[name]
        for name in ("method", "route", "status", "user", "case")
        if name in made.__dict__
    }


def test_a_request_is_one_line_with_its_route(client: Client, told: pytest.LogCaptureFixture) -> None:
    client.get("/check?number=440507194008209980")
    assert line(told) == {"method": "GET", "route": "check", "status": 200}
    assert "440507194008209980" not in told.text


def test_what_no_page_is_made_for_is_not_named(client: Client, told: pytest.LogCaptureFixture) -> None:
    client.get("/440507194008209980/x")
    assert line(told) == {"method": "GET", "route": "-", "status": 404}


def test_the_account_and_the_case_are_named(
    client: Client, city: Standin, told: pytest.LogCaptureFixture
) -> None:
    chen = district.citizen(city)
    draft = drafting.start(chen.principal, matter=district.matter(), consent=True)
    reference = submission.submit(chen.principal, reference=draft.reference, key="k").reference
    client.force_login(chen.user)
    assert client.get(f"/applications/{reference}").status_code == 200
    assert line(told) == {
        "method": "GET",
        "route": "applications/<str:reference>",
        "status": 200,
        "user": chen.user.pk,
        "case": reference,
    }


def test_a_line_costs_no_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        client.get("/healthz/live")


@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize("sent", [SENT, "short", "x" * 500, "a\tb", "440507194008209980", SENT.upper()])
def test_only_the_proxys_id_is_taken(client: Client, settings: Any, behind: bool, sent: str) -> None:
    settings.BEHIND_PROXY = behind
    answer = client.get("/check", headers={"X-Request-ID": sent})
    known = answer[requests.HEADER]
    assert HEX.fullmatch(known)
    assert (known == sent) is (behind and sent == SENT)


def test_a_page_that_fails_shows_the_id(
    settings: Any, monkeypatch: pytest.MonkeyPatch, told: pytest.LogCaptureFixture
) -> None:
    settings.BEHIND_PROXY = True
    browser = Client(raise_request_exception=False)
    monkeypatch.setattr("portal.observing.metrics.STANDING", None)
    settings.METRICS_TOKEN = "t"
    answer = browser.get("/metrics", headers={"X-Request-ID": SENT, "Authorization": "Bearer t"})
    assert answer.status_code == 500
    assert SENT in answer.content.decode()
    assert answer[requests.HEADER] == SENT
    assert line(told)["status"] == 500


@pytest.mark.parametrize("path", ["/healthz/live", "/metrics"])
def test_probes_write_nothing(
    client: Client, settings: Any, path: str, told: pytest.LogCaptureFixture
) -> None:
    settings.METRICS_TOKEN = "t"
    assert client.get(path, headers={"Authorization": "Bearer t"}).status_code == 200
    assert not [one for one in told.records if one.name == "portal.request"]


def test_times_are_counted_by_route(client: Client) -> None:
    def seen() -> float:
        return (
            measuring.HERE.get_sample_value(
                "portal_request_seconds_count", {"route": "check", "method": "GET", "status": "2xx"}
            )
            or 0.0
        )

    before = seen()
    client.get("/check?x=1")
    client.get("/check?x=2")
    assert seen() == before + 2


def test_methods_nobody_knows_are_one(client: Client) -> None:
    client.generic("FROBNICATE", "/check")
    labels = {"route": "check", "method": "other", "status": "4xx"}
    assert measuring.HERE.get_sample_value("portal_request_seconds_count", labels)
