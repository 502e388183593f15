"""The public check: every state in words, the least about the holder, and never green by default."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction

from certificates.issuance import lifecycle
from certificates.models import Certificate, UseRecord
from certificates.states import ENDED, CertificateStatus
from common import clock
from common.identifiers import make_certificate_identifier
from portal.web.components import codes
from tests.portal.public import making
from tests.portal.public.making import TODAY

GREEN = "verdict__mark--pass"


@pytest.fixture
def held(chen) -> Certificate:
    return making.certificate(chen, "resident_id", until=date(2036, 1, 1))


def pages(client, certificate: Certificate) -> list[str]:
    """The same answer by both ways."""
    found = [
        client.get("/check", {"id": certificate.identifier}),
        client.get(f"/c/{certificate.check_token}"),
    ]
    assert [response.status_code for response in found] == [200, 200]
    return [response.content.decode() for response in found]


def test_a_valid_one_is_green_and_says_when(held, client) -> None:
    for page in pages(client, held):
        assert GREEN in page
        assert "2026-11-20 10:30:00" in page
        assert "2036-01-01" in page


def test_least_disclosure(held, chen, client) -> None:
    for page in pages(client, held):
        assert "陈*英" in page
        for secret in (chen.name, chen.id_number, "演示 1 号", "1940"):
            assert secret not in page, secret
    by_token = client.get(f"/c/{held.check_token}").content.decode()
    assert held.identifier not in by_token
    assert held.number not in by_token


@pytest.mark.parametrize("status", sorted(ENDED | {CertificateStatus.SUSPENDED}))
def test_what_ended_is_named_by_its_legal_kind_and_is_not_green(status, held, client) -> None:
    Certificate.objects.filter(pk=held.pk).update(
        status=status, status_changed_at=clock.now(), status_reason="依法"
    )
    for page in pages(client, held):
        assert GREEN not in page
        assert CertificateStatus(status).label in page
        assert "不能用" in page


def test_a_superseded_one_names_the_version_in_force(held, chen, client) -> None:
    making.certificate(chen, "resident_id", new_version=True)
    for page in pages(client, held):
        assert GREEN not in page
        assert "第 2 版" in page
        assert "请让对方出示新证照" in page


def test_no_version_is_called_in_force_when_the_newest_has_ended(held, chen, client) -> None:
    newer = making.certificate(chen, "resident_id", new_version=True)
    with transaction.atomic():
        lifecycle.change_status(newer, CertificateStatus.REVOKED, reason="依法", actor="system")
    for page in pages(client, held):
        assert "没有（第 2 版：吊销）" in page


@pytest.mark.parametrize(("days", "green"), [(0, True), (-1, False)])
def test_the_last_valid_day(days, green, chen, client) -> None:
    made = making.certificate(chen, "resident_id", until=TODAY + timedelta(days=days))
    for page in pages(client, made):
        assert (GREEN in page) is green


@pytest.mark.parametrize("token", ["x", "0" * 32, "a" * 400, "中文"])
def test_an_unknown_code_is_no_certificate(token, held, client) -> None:
    response = client.get(f"/c/{token}")
    assert response.status_code == 404
    assert "没有查到" in response.content.decode()
    assert GREEN not in response.content.decode()


def test_an_identifier_nobody_has(held, client) -> None:
    issuer = held.issuer_code
    nobodys = make_certificate_identifier(held.type.code, issuer=issuer, serial="NOBODYS1", version=1)
    response = client.get("/check", {"id": nobodys})
    assert response.status_code == 404
    assert GREEN not in response.content.decode()


@pytest.mark.parametrize(
    "change",
    [lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"), lambda _: "abc", lambda _: "1.2.156"],
)
def test_a_wrong_identifier_is_told_before_anything_is_looked_up(change, held, client, monkeypatch) -> None:
    monkeypatch.setattr("certificates.checking.check", lambda *_, **__: pytest.fail("it was looked up"))
    response = client.get("/check", {"id": change(held.identifier)})
    assert response.status_code == 422
    assert "错误：" in response.content.decode()


def test_copied_with_spaces_it_is_found(held, client) -> None:
    spaced = " " + held.identifier.replace(".", ". ") + "\n"
    assert client.get("/check", {"id": spaced}).status_code == 200


def test_when_the_store_does_not_answer_it_is_neither_good_nor_bad(held, client, monkeypatch) -> None:
    def down(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr("certificates.checking.check", down)
    response = client.get(f"/c/{held.check_token}")
    page = response.content.decode()
    assert response.status_code == 503
    assert "没有核验成" in page
    assert GREEN not in page


def test_answers_are_kept_nowhere(held, client) -> None:
    response = client.get(f"/c/{held.check_token}")
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert not UseRecord.objects.exists()


def test_the_code_is_a_picture_of_its_own_that_leads_to_the_check(held, client) -> None:
    answer = client.get(f"/c/{held.check_token}/code.svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert answer.content == codes.picture(f"http://testserver/c/{held.check_token}")
    assert b'xmlns="http://www.w3.org/2000/svg"' in answer.content


@pytest.mark.parametrize("token", ["short", "a" * 33, "b" * 31 + "!", "https:-evil.example-aaaaaaaaaaaa%2F"])
def test_no_code_is_drawn_for_what_is_no_token(client, token) -> None:
    assert client.get(f"/c/{token}/code.svg").status_code == 404


def test_drawing_a_code_looks_nothing_up(client, django_assert_num_queries, db) -> None:
    with django_assert_num_queries(0):
        assert client.get(f"/c/{'a' * 32}/code.svg").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_box_is_told_what_belongs_there(client: Any, typed: str) -> None:
    response = client.get("/check", {"id": typed})
    assert response.status_code == 422
    assert response.content.decode().count("请先填写电子证照标识") == 2  # above, and at the box
    assert "请先填写" not in client.get("/check").content.decode()
