"""An uploaded file is looked at, held against the store, answered, and kept nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, transaction
from django.test import Client

from certificates.issuance import lifecycle
from certificates.models import Certificate
from certificates.papers import examining
from certificates.papers import making as sealed
from certificates.papers.examining import NotExamined
from certificates.sealing import signing
from certificates.states import CertificateStatus as S
from common import clock
from records.models import StoredFile
from tests.factories import papers
from tests.portal.public import making

GREEN = "verdict__mark--pass"
pytestmark = pytest.mark.django_db


@pytest.fixture
def held(chen) -> Certificate:
    return making.certificate(chen, "resident_id")


@pytest.fixture
def content(held) -> bytes:
    return sealed.paper_of(held, actor="system", at=clock.now())


def check(client: Client, content: bytes, *, name: str = "证照.pdf"):
    return client.post("/check/file", {"file": SimpleUploadedFile(name, content)})


def left_on_disk() -> list[Path]:
    return sorted(path for path in Path(settings.FILES_DIR).rglob("*") if path.is_file())


def test_a_genuine_paper_of_a_valid_certificate_is_green_and_least_is_told(
    held, content, chen, client
) -> None:
    before = left_on_disk()
    response = check(client, content)
    page = response.content.decode()
    assert (response.status_code, GREEN in page) == (200, True)
    assert "文件上的签章" in page
    assert "2026-11-20 10:30:00" in page
    for secret in (chen.name, chen.id_number, held.number, held.identifier):
        assert secret not in page, secret
    assert left_on_disk() == before
    assert StoredFile.objects.count() == 1  # the paper itself
    assert "no-store" in response["Cache-Control"]


def test_the_signed_data_alone_will_do(held, client) -> None:
    assert GREEN in check(client, signing.signed_data(held), name="x.json").content.decode()


def test_a_genuine_paper_of_one_that_ended_is_not_green(held, content, client) -> None:
    with transaction.atomic():
        lifecycle.change_status(held, S.REVOKED, reason="依法", actor="system")
    page = check(client, content).content.decode()
    assert GREEN not in page
    assert "吊销" in page


def test_a_genuine_paper_of_a_superseded_one_names_the_version_in_force(content, chen, client) -> None:
    making.certificate(chen, "resident_id", new_version=True)
    page = check(client, content).content.decode()
    assert GREEN not in page
    assert "第 2 版" in page


def test_one_changed_byte_is_refused(content, client) -> None:
    response = check(client, papers.flipped(content, 4000))
    page = response.content.decode()
    assert (response.status_code, GREEN in page) == (422, False)
    assert "这份文件不可信" in page
    assert "签章后内容被改动过" in page


def test_a_file_of_a_certificate_the_store_does_not_have_is_not_green(held, client, monkeypatch) -> None:
    monkeypatch.setattr("certificates.checking._find", lambda _text: None)
    response = check(client, signing.signed_data(held))
    assert (response.status_code, GREEN in response.content.decode()) == (404, False)


def test_changed_data_is_refused(held, client) -> None:
    document = json.loads(signing.signed_data(held))
    document["terms"]["number"] = "别的"
    page = check(client, json.dumps(document).encode()).content.decode()
    assert GREEN not in page
    assert "内容与签发时不一致" in page


def notice(held: Certificate) -> bytes:
    """Return a paper of this portal that carries no data, as decisions and notices are."""
    told = {
        "title": "补正通知书",
        "number": "件号 1",
        "addressee": "某人",
        "day": "2026年11月20日",
        "foot": "",
    }
    lists = {"paragraphs": ["请补正。"], "items": [], "closing": []}
    return sealed.document(
        "notice:1",
        source="notice",
        values={**told, **lists},
        organ_code=held.issuer_code,
        organ=held.issuer_name,
        is_demo=True,
        actor="system",
        at=clock.now(),
    )


def test_a_paper_without_data_is_green_only_where_this_portal_made_it(held, client) -> None:
    page = check(client, notice(held)).content.decode()
    assert GREEN in page
    assert "文件真实" in page
    seal = held.seal
    assert seal is not None
    forged = papers.sealed_anew(
        papers.blank("PROPERTY CERTIFICATE - owner Wang Wu"),
        key_name=seal.key_name,
        certificate_pem=seal.certificate_pem,
    )
    response = check(client, forged)
    page = response.content.decode()
    assert (response.status_code, GREEN in page) == (404, False)
    assert "不是本网的文件" in page
    assert "本网没有制作过这份文件" in page


@pytest.mark.parametrize("content", [b"GIF89a", b"%PDF-1.7 nothing", b"{}", b"\0" * 2000])
def test_what_is_no_paper_is_refused_in_peace(content, db, client) -> None:
    response = check(client, content)
    assert response.status_code == 422
    assert GREEN not in response.content.decode()


def test_nothing_chosen_empty_and_too_large_are_told_at_the_field(client, db, settings) -> None:
    settings.FILES = {**settings.FILES, "bytes": 3000}
    for response in (client.post("/check/file"), check(client, b""), check(client, b"x" * 4000)):
        assert response.status_code == 422
        assert 'id="id_file_error"' in response.content.decode()


@pytest.mark.parametrize("failure", [NotExamined("busy"), OperationalError()])
def test_what_could_not_be_looked_at_is_neither_good_nor_bad(failure, client, db, monkeypatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise failure

    monkeypatch.setattr(examining, "examine", fail)
    response = check(client, b"%PDF-1.7")
    assert response.status_code == 503
    assert "没有核验成" in response.content.decode()
    assert GREEN not in response.content.decode()


def test_without_an_authority_to_believe_nothing_is_called_genuine(
    content, client, settings, tmp_path
) -> None:
    settings.SEAL_AUTHORITIES_FILE = tmp_path / "none.pem"
    response = check(client, content)
    assert response.status_code == 503
    assert GREEN not in response.content.decode()


def test_too_many_are_braked(client, db, settings) -> None:
    settings.BRAKES = {**settings.BRAKES, "check_address": (10, 60)}
    assert [client.post("/check/file").status_code for _ in range(3)] == [422, 422, 429]
