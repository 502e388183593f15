"""Every operation of the API against what no caller should send: no token, another's object, wrong, huge, broken."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from approvals.models import Application
from certificates.models import Certificate
from common import clock
from portal.api import tokens
from portal.api.models import ApiToken
from records.models import JournalEntry
from tests.factories.district import ALLOWANCE, Citizen
from tests.portal.api.conftest import ROOT

pytestmark = pytest.mark.django_db

# method, path ({ref}: an application, {msg}: a message), body; needs a token, is about one's own object
OPERATIONS: list[tuple[str, str, dict[str, object] | None, bool, bool]] = [
    ("get", "matters", None, True, False),
    ("get", f"matters/{ALLOWANCE}", None, True, False),
    ("get", "applications", None, True, False),
    ("post", "applications", {"matter": ALLOWANCE, "consent": True}, True, False),
    ("get", "applications/{ref}", None, True, True),
    ("get", "applications/{ref}/evidence", None, True, True),
    ("post", "applications/{ref}/withdraw", {}, True, True),
    ("post", "applications/{ref}/supplement", {"answers": {}}, True, True),
    ("post", "applications/{ref}/rating", {"level": 5}, True, True),
    ("get", "messages", None, True, False),
    ("post", "messages/{msg}/read", {}, True, True),
    ("post", "certificates/check", {"identifier": "1.2"}, False, False),
    ("get", "certificate-types", None, False, False),
    ("get", "certificate-types/{type}", None, False, False),
    ("get", "certificate-types/{type}/schemas/1", None, False, False),
    ("get", "certificates/{card}", None, True, True),
    ("post", "certificates/{card}/status", {"to": "suspended", "reason": "依法处理这张证照"}, True, True),
]
IDS = [f"{method} {path}" for method, path, *_ in OPERATIONS]
BODIES = [row for row in OPERATIONS if row[2] is not None]
DEEP = "[" * 5_000 + "]" * 5_000
BROKEN = ["", "{", "[]", "null", "1", '"x"', DEEP, '{"a": NaN', "\0", '{"answers": 1}', "{}\udcff"]


def path_of(path: str, application: Application) -> str:
    message = application.person.messages.order_by("pk").first()
    assert message is not None
    card = Certificate.objects.filter(holder_person=application.person, type__slug="resident_id").get()
    return path.format(ref=application.reference, msg=message.pk, type=card.type.code, card=card.identifier)


def is_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.content.decode()[:500]
    assert answer["Content-Type"].startswith("application/problem+json")
    told = json.loads(answer.content)
    assert told["status"] == status
    assert any("\u4e00" <= letter <= "\u9fff" for letter in told["detail"]), told


def test_the_table_knows_every_operation() -> None:
    root = next(entry for entry in get_resolver().url_patterns if str(entry.pattern) == "api/v1/")
    assert isinstance(root, URLResolver)
    leaves = [entry for entry in root.url_patterns if isinstance(entry, URLPattern)]
    known = {str(entry.pattern) for entry in leaves if entry.name not in {"schema", "nothing"}}
    said = {
        path.replace(ALLOWANCE, "<str:code>")
        .replace("{ref}", "<str:reference>")
        .replace("{msg}", "<uuid:message_id>")
        .replace("{type}/schemas/1", "<str:code>/schemas/<str:version>")
        .replace("{type}", "<str:code>")
        .replace("{card}", "<str:identifier>")
        for _, path, *_ in OPERATIONS
    }
    assert said == known


@pytest.mark.parametrize(("method", "path", "body", "closed", "_own"), OPERATIONS, ids=IDS)
def test_without_a_token(
    granted: Application, method: str, path: str, body: object, closed: bool, _own: bool
) -> None:
    sent = {"data": body, "content_type": "application/json"} if body is not None else {}
    answer = getattr(Client(), method)(ROOT + path_of(path, granted), **sent)
    if closed:
        is_problem(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"
    else:
        assert answer.status_code == 200


@pytest.mark.parametrize("fault", ["revoked", "expired", "unknown", "empty", "huge", "nul", "basic"])
def test_a_token_that_does_not_count(chen: Citizen, fault: str) -> None:
    assert chen.user is not None
    token = tokens.create(chen.user, name="test")
    if fault == "revoked":
        assert tokens.revoke_all(chen.user) == 1
    if fault == "expired":
        ApiToken.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    told = {"unknown": "zw_x", "empty": "", "huge": "x" * 100_000, "nul": "a\0b"}.get(fault, token)
    scheme = "Basic" if fault == "basic" else "Bearer"
    is_problem(Client().get(ROOT + "applications", headers={"Authorization": f"{scheme} {told}"}), 401)


def test_a_token_stands_nowhere_and_leaves_a_trace(chen: Citizen) -> None:
    assert chen.user is not None
    token = tokens.create(chen.user, name="test")
    kept = ApiToken.objects.get()
    assert token.encode() not in bytes(kept.digest)
    entry = JournalEntry.objects.filter(stream=f"user:{chen.user.pk}", act="api_token_created")
    assert entry.count() == 1


@pytest.mark.parametrize(("method", "path", "body", "_closed", "own"), [row for row in OPERATIONS if row[4]])
def test_what_is_anothers_is_not_there(
    granted: Application, stranger: Any, method: str, path: str, body: object, _closed: bool, own: bool
) -> None:
    is_problem(stranger(method, path_of(path, granted), body, If_Match="*"), 404)


@pytest.mark.parametrize(("method", "path", "_body", "_closed", "_own"), BODIES)
def test_a_body_that_is_none(
    granted: Application, call: Any, method: str, path: str, _body: object, _closed: bool, _own: bool
) -> None:
    headers = {"If_Match": '"stale"', "Idempotency_Key": "k9"}
    for body in BROKEN:
        answer = call(method, path_of(path, granted), body.encode("utf-8", "surrogateescape"), **headers)
        assert answer.status_code in {400, 200, 412, 422}, f"{body[:20]}: {answer.content.decode()[:300]}"
        if answer.status_code != 200:
            is_problem(answer, answer.status_code)


WRONG: list[tuple[str, dict[str, object]]] = [
    ("applications", {"matter": 1, "consent": "perhaps"}),
    ("applications", {"matter": ALLOWANCE}),
    ("applications", {"matter": ALLOWANCE, "consent": True, "answers": []}),
    ("applications", {"matter": ALLOWANCE, "consent": True, "answers": {"mobile": {"a": 1}}}),
    ("applications", {"matter": "x" * 32, "consent": True}),
    ("applications", {"matter": "a\0b", "consent": True}),
    ("applications/{ref}/rating", {"level": 6}),
    ("applications/{ref}/rating", {"level": "five"}),
    ("applications/{ref}/rating", {"level": 1}),
    ("applications/{ref}/rating", {"level": 5, "tags": ["nonsense"]}),
    ("applications/{ref}/rating", {"level": 5, "text": "x" * 201}),
    ("applications/{ref}/supplement", {"answers": "x"}),
    ("certificates/check", {"identifier": "x" * 161}),
    ("certificates/check", {"identifier": ["x"]}),
]


@pytest.mark.parametrize(("path", "body"), WRONG)
def test_a_wrong_type_is_named(granted: Application, call: Any, path: str, body: dict[str, object]) -> None:
    where = path_of(path, granted)
    seen = call("get", f"applications/{granted.reference}")["ETag"]
    answer = call("post", where, body, If_Match=seen, Idempotency_Key="k8")
    is_problem(answer, 422)


@pytest.mark.parametrize(("method", "path", "body", "closed", "own"), [row for row in BODIES if row[2]])
def test_a_huge_body_is_refused(
    granted: Application, call: Any, method: str, path: str, body: dict[str, object], closed: bool, own: bool
) -> None:
    huge = {**body, "answers": {"mobile": "x" * 1_100_000}}
    is_problem(call(method, path_of(path, granted), huge, If_Match="*", Idempotency_Key="k7"), 413)


@pytest.mark.parametrize(("method", "path", "body", "closed", "own"), OPERATIONS, ids=IDS)
def test_other_methods_and_formats(
    granted: Application, call: Any, method: str, path: str, body: object, closed: bool, own: bool
) -> None:
    where = path_of(path, granted)
    for other in ("put", "delete", "patch"):
        is_problem(call(other, where, {}), 405)
    assert call("get", where, Accept="text/html").status_code in {200, 405, 406}


@pytest.mark.parametrize("path", ["nothing", "applications/", "applications/x", f"matters/{'9' * 31}"])
def test_nothing_is_there(call: Any, path: str) -> None:
    is_problem(call("get", path), 404)


def test_an_organisation_one_may_not_act_for(call: Any) -> None:
    for whom in (
        f"organisation:{uuid.uuid4()}",
        "organisation:x",
        "nonsense",
        f"person:{uuid.uuid4()}",
        "a\x7fb",
    ):
        is_problem(call("get", "applications", Acting_For=whom), 403)


def test_too_many_requests_wait(call: Any, settings: Any) -> None:
    settings.BRAKES = {**settings.BRAKES, "api": (2, 60)}
    answers = [call("get", "matters") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    is_problem(answers[-1], 429)
    assert 0 < int(answers[-1]["Retry-After"]) <= 60


@pytest.mark.parametrize(
    "path", ["matters?q=%00", "matters?q=a%00b", "matters/%00", "nothing?x=%00", "a%00b"]
)
def test_what_cannot_be_stored_is_a_problem_too(path: str) -> None:
    is_problem(Client().get(ROOT + path), 404 if "?" not in path else 400)


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ([], "", "请发送一个对象（JSON object）。"),
        ([{"level": 5}], "", "请发送一个对象（JSON object）。"),
        ({"level": 5, "tags": "x"}, "/tags", "这里要一个数组（JSON array）。"),
        ({"level": 5, "text": "a\0"}, "/text", "不能含有空字符（NUL）。"),
        ({"level": 5, "text": None}, "/text", "这一项不能是 null。"),
        ({"level": 5, "tags": [""]}, "/tags/0", "这一项不能是空的。"),
        ({}, "/level", "这一项必须有。"),
        ({"level": 6}, "/level", "请确保该值小于或者等于 5。"),
    ],
)
def test_faults_are_told_in_words_of_our_own(
    granted: Application, call: Any, body: object, pointer: str, words: str
) -> None:
    answer = call("post", f"applications/{granted.reference}/rating", body, If_Match="*")
    is_problem(answer, 422)
    assert {"pointer": pointer, "detail": words} in answer.json()["errors"]


def test_answers_that_are_no_object(chen: Citizen, call: Any) -> None:
    answer = call(
        "post", "applications", {"matter": ALLOWANCE, "consent": True, "answers": []}, Idempotency_Key="k"
    )
    assert {"pointer": "/answers", "detail": "这里要一个对象（JSON object）。"} in answer.json()["errors"]
