"""One JSON line each, with the ids of request or task, the known extra keys and no other."""

from __future__ import annotations

import json
import logging
import logging.config

import pytest
import structlog

from portal.observing import lines
from tests.portal.observing.test_masking import line_of, record


def test_a_line_is_one_json_object() -> None:
    line = line_of(record("第一行\n第二行", route="matters", secret="陈秀英"))
    assert "\n" not in line
    told = json.loads(line)
    assert told.pop("timestamp").endswith("Z")
    assert told == {"event": "第一行\n第二行", "level": "info", "logger": "portal.test", "route": "matters"}


def test_context_goes_along_and_ends_with_its_request() -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1"):
        assert json.loads(line_of(record("x")))["request_id"] == "r1"
    assert "request_id" not in json.loads(line_of(record("x")))


@pytest.mark.parametrize(
    ("logger", "message", "told"),
    [
        ("django.request", "Internal Server Error: /c/aVerySecretToken", "Internal Server Error"),
        ("django.security.csrf", "Forbidden (CSRF): /x/440507194008209980", "Forbidden (CSRF)"),
        ("django.security.DisallowedHost", "Invalid HTTP_HOST header: 'evil'", "Invalid HTTP_HOST header"),
        ("approvals.tasks", "no wake-up sent: OSError", "no wake-up sent: OSError"),
    ],
)
def test_addresses_are_left_out(logger: str, message: str, told: str) -> None:
    made = record(message)
    made.name = logger
    assert json.loads(line_of(made))["event"] == told


@pytest.mark.parametrize("plain", [True, False])
def test_the_whole_configuration_is_taken(plain: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """In a process of its own nothing else has handlers; here the shape of both is enough."""
    given = lines.configuration(level="INFO", plain=plain)
    formatter = given["formatters"]["line"]
    made = formatter["()"](
        foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
    )
    said = made.format(record("decided", cases=["44050720261120000001"], ms=3.5))
    assert "decided" in said
    assert "44050720261120000001" in said
    assert said.startswith("{") is not plain


def test_what_writes_too_much_or_names_people_is_quiet() -> None:
    for name in ("httpx", "axes", "celery.app.trace", "celery.beat", "django.request"):
        assert not logging.getLogger(name).isEnabledFor(logging.INFO), name
