"""The stand-in for SMS gateway and mail server: signed letters only, each once, nobody's number kept; and its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from django.core.mail import EmailMessage
from django.test import Client

from accounts.models import Delivery
from accounts.telling import wording
from accounts.telling.sending import gateway, mailing
from accounts.telling.sending.failures import Failed, Rejected
from portal.demo.gateway import asking
from portal.demo.gateway.desk import Desk, FaultKind
from tests.factories import standin

MOBILE, ADDRESS = "13812345678", "someone@example.com"
VALUES = {"whose": "您申请的", "matter": "某事项"}
MAIL = wording.Mail(subject="标题", body="内容。")
TEXT = "【龙湖政务】您申请的“某事项”已撤回。不是您要撤回的，请拨打12345。"


@dataclass
class Running:
    desk: Desk
    url: str


@pytest.fixture
def running(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A fresh stand-in in a thread, and a portal that is set up to use it, quick to lose patience."""
    desk = Desk()
    with standin.serving(desk.answer) as port, httpx.Client(timeout=0.5) as quick:
        url = f"http://127.0.0.1:{port}"
        settings.SMS_URL, settings.SMS_SECRET = f"{url}/sms", "secret"
        settings.EMAIL_BACKEND = "portal.demo.gateway.mailing.Backend"
        monkeypatch.setattr(gateway, "_client", lambda: quick)
        yield Running(desk, url)


def send(sending: Any = None, **changed: Any) -> None:
    gateway.send(
        sending or uuid4(), **{"mobile": MOBILE, "template": "withdrawn", "values": VALUES, **changed}
    )


def texts(desk: Desk) -> list[str]:
    return [one["text"] for one in desk.tray.shown()]


def test_what_arrives_is_what_the_citizen_would_read(running: Running) -> None:
    send()
    send(template="several", values={"count": "3", "topic": "办理进度"})
    assert texts(running.desk) == [
        "【龙湖政务】您有3条“办理进度”新消息，请登录政务服务网查看。",
        TEXT,
    ]
    mailing.send(uuid4(), to=ADDRESS, mail=MAIL)
    newest = running.desk.tray.shown()[0]
    assert (newest["channel"], newest["to"], newest["title"]) == ("email", "s***@example.com", "标题")


def test_the_same_letter_is_kept_once(running: Running) -> None:
    letter = uuid4()
    for _ in range(3):
        send(letter)
        mailing.send(letter, to=ADDRESS, mail=MAIL)
    assert [one["times"] for one in running.desk.tray.shown()] == [3, 3]


def test_nobodys_number_is_kept(running: Running) -> None:
    send()
    mailing.send(uuid4(), to=ADDRESS, mail=MAIL)
    kept = json.dumps(running.desk.state())
    assert MOBILE not in kept
    assert ADDRESS not in kept
    assert "138****5678" in kept


@pytest.mark.parametrize(
    ("channel", "fault", "error", "kept"),
    [
        ("sms", FaultKind.ERROR, Failed, 0),
        ("sms", FaultKind.REFUSE, Rejected, 0),
        ("sms", FaultKind.SILENCE, Failed, 0),
        ("sms", FaultKind.DROP, Failed, 1),
        ("sms", FaultKind.DELAY, Failed, 1),
        ("email", FaultKind.ERROR, Failed, 0),
        ("email", FaultKind.REFUSE, Rejected, 0),
        ("email", FaultKind.DROP, Failed, 1),
    ],
)
def test_faults(running: Running, channel: str, fault: FaultKind, error: type[Exception], kept: int) -> None:
    assert asking.break_down(channel, fault, ms=1500)
    with pytest.raises(error):
        send() if channel == "sms" else mailing.send(uuid4(), to=ADDRESS, mail=MAIL)
    assert len(running.desk.tray.shown()) == kept
    other = "email" if channel == "sms" else "sms"
    send() if other == "sms" else mailing.send(uuid4(), to=ADDRESS, mail=MAIL)
    assert asking.break_down(channel, FaultKind.NONE)
    send()


@pytest.mark.parametrize(
    "changed", [{"template": "nothing"}, {"template": "granted", "values": {}}, {"mobile": None, "values": 3}]
)
def test_what_is_no_letter_is_refused(running: Running, changed: dict[str, Any]) -> None:
    body = json.dumps(
        {"id": "1", "mobile": MOBILE, "template": "withdrawn", "values": VALUES, **changed}
    ).encode()
    assert post(running, body).status_code == 400
    assert not running.desk.tray.shown()


def post(running: Running, body: bytes, **headers: str) -> httpx.Response:
    known = gateway._headers(uuid4(), body)
    return httpx.post(f"{running.url}/sms", content=body, headers={**known, **headers})


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Signature": "00" * 32},
        {"X-Signature": ""},
        {"X-Timestamp": "1"},
        {"X-Timestamp": "soon"},
        {"X-Timestamp": "9999999999"},
    ],
)
def test_only_signed_letters(running: Running, headers: dict[str, str]) -> None:
    body = json.dumps({"id": "1", "mobile": MOBILE, "template": "withdrawn", "values": VALUES}).encode()
    assert post(running, body, **headers).status_code == 401
    assert post(running, body).status_code == 200


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}])
def test_no_web_page_steers_it(running: Running, headers: dict[str, str]) -> None:
    for path in ("/sent", "/control"):
        answer = httpx.request("GET" if path == "/sent" else "POST", f"{running.url}{path}", headers=headers)
        assert answer.status_code == 403


@pytest.mark.parametrize("order", [b"", b"{}", b"[]", b'{"channel": "pigeon", "fault": "error"}', b"\xff"])
def test_nonsense_orders(running: Running, order: bytes) -> None:
    assert httpx.post(f"{running.url}/control", content=order).status_code == 400
    assert httpx.get(f"{running.url}/nothing").status_code == 404


def test_it_forgets_the_oldest(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.demo.gateway.tray.KEPT", 3)
    for number in range(5):
        running.desk.tray.put_mail({"id": str(number), "to": ADDRESS, "subject": str(number), "body": "x"})
    assert [one["title"] for one in running.desk.tray.shown()] == ["4", "3", "2"]


def test_a_mail_to_several_goes_to_each(running: Running) -> None:
    EmailMessage("x", "y", to=["a@example.com", "b@example.com"]).send()
    assert {one["to"] for one in running.desk.tray.shown()} == {"a***@example.com", "b***@example.com"}


# --- the page ---------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_shows_what_was_sent_and_says_what_it_is(running: Running, client: Client) -> None:
    send()
    page = client.get("/demo/sms").content.decode()
    assert "这是演示用的替身" in page
    assert TEXT in page
    assert "138****5678" in page
    assert MOBILE not in page


@pytest.mark.django_db
def test_the_page_breaks_and_heals(running: Running, client: Client) -> None:
    assert client.post("/demo/sms", {"channel": "sms", "fault": "error"}).status_code == 302
    assert running.desk.state()["faults"] == {"sms": "error", "email": "none"}
    assert '<option value="error" selected>' in client.get("/demo/sms").content.decode()
    client.post("/demo/sms", {"channel": "sms", "fault": "none"})
    assert running.desk.state()["faults"]["sms"] == "none"
    assert client.post("/demo/sms", {"channel": "sms", "fault": "fire"}).status_code == 422


@pytest.mark.django_db
def test_the_page_without_a_stand_in(client: Client, settings: Any) -> None:
    for url in ("", "http://127.0.0.1:9/sms"):
        settings.SMS_URL = url
        assert "替身没有回答" in client.get("/demo/sms").content.decode()
        assert client.post("/demo/sms", {"channel": "sms", "fault": "error"}).status_code == 422
    assert not Delivery.objects.exists()
