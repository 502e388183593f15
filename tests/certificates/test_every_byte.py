"""Signed data are believed byte for byte as the portal wrote them: no space, key, spelling or certificate more."""

from __future__ import annotations

import json
import random
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from certificates import verify
from certificates.models import Certificate
from certificates.papers import opening
from certificates.sealing import authority, keys, signing, statement
from certificates.sealing.statement import WORDS, Fault
from certificates.verify import State, Verified
from common import clock
from tests.factories import papers, people, seals
from tests.factories.certificates import AT, ISSUER, TODAY, VALUES, card_type, certificate

pytestmark = pytest.mark.django_db
STRANGER = seals.signed(
    seals._name("路过的证书"), ec.generate_private_key(ec.SECP256R1()).public_key(), by=seals.root_key()
)


@pytest.fixture
def made() -> Certificate:
    card_type()
    return certificate(people.person(), values=VALUES | {"name": "𬱖㛃䶮"})


@pytest.fixture
def data(made: Certificate) -> bytes:
    return signing.signed_data(made)


def told(content: bytes) -> Verified:
    return verify.verify(content, trusted=[seals.root()], on=TODAY)


def twice(data: bytes) -> bytes:
    """Return the data with false terms in front of the true ones: who reads the first is deceived."""
    false = json.loads(data)["terms"] | {"number": "伪造一号"}
    return b'{"terms":' + json.dumps(false, ensure_ascii=False).encode() + b"," + data[1:]


def with_part(name: str, change: Callable[[str], str]) -> Callable[[bytes], bytes]:
    def changed(data: bytes) -> bytes:
        document = json.loads(data)
        return statement.written(document | {name: change(document[name])})

    return changed


def loose_bits(text: str) -> str:
    """Return the same bytes in base64 with a bit set that no byte has."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    at = len(text.rstrip("=")) - 1
    other = text[:at] + letters[letters.index(text[at]) + 1] + text[at + 1 :]
    assert b64decode(other) == b64decode(text)
    return other


FORM = WORDS[Fault.REWRITTEN]
SPELLING = WORDS[Fault.MALFORMED]
CHANGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a space": (lambda data: data.replace(b",", b", ", 1), FORM),
    "a line's end": (lambda data: data + b"\n", FORM),
    "a space before": (lambda data: b" " + data, FORM),
    "readable": (lambda data: json.dumps(json.loads(data), ensure_ascii=False, indent=1).encode(), FORM),
    "another order": (lambda data: json.dumps(dict(reversed(json.loads(data).items()))).encode(), FORM),
    "escaped": (lambda data: data.replace("䶮".encode(), b"\\u4dae"), FORM),
    "a number's other spelling": (lambda data: data.replace(b'"schema":1', b'"schema":1.0'), FORM),
    "said twice": (twice, "有的内容写了两遍"),
    "said twice inside": (
        lambda data: data.replace(b'"terms":{', b'"terms":{"number":"X",'),
        "有的内容写了两遍",
    ),
    "one more part": (lambda data: statement.written(json.loads(data) | {"note": "有效期至2099"}), SPELLING),
    "salt in capitals": (with_part("salt", str.upper), SPELLING),
    "salt with spaces": (with_part("salt", lambda salt: f"{salt[:2]} {salt[2:]}"), SPELLING),
    "time of another zone": (with_part("signed_at", lambda at: at.replace("Z", "+00:00")), SPELLING),
    "certificate with words": (with_part("certificate", lambda pem: "我的证书\n" + pem), SPELLING),
    "chain with a space": (with_part("chain", lambda chain: chain + " "), SPELLING),
    "one more certificate": (with_part("chain", lambda _: seals.pem(STRANGER)), WORDS[Fault.CHAIN]),
    "the authority itself": (with_part("chain", lambda _: seals.pem(seals.root())), WORDS[Fault.CHAIN]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_says_the_same_in_other_bytes_is_refused(data: bytes, change: str) -> None:
    assert told(data).state is State.GENUINE
    changed, reason = CHANGES[change]
    found = told(changed(data))
    assert changed(data) != data
    assert found.state is State.REFUSED
    assert any(reason in one for one in found.reasons), found.reasons


def test_a_signature_is_spelled_in_one_way(made: Certificate) -> None:
    """Base64 whose last letter has bits to spare: as many of them as it takes to meet one."""
    for _ in range(20):
        data = signing.signed_data(certificate(people.person()))
        if json.loads(data)["signature"].endswith("="):
            break
    found = told(with_part("signature", loose_bits)(data))
    assert (found.state, found.reasons) == (State.REFUSED, (SPELLING,))


def test_every_changed_missing_or_added_byte_is_refused(data: bytes) -> None:
    dice = random.Random("every byte")
    for at in dice.sample(range(len(data)), 250):
        for changed in (
            papers.flipped(data, at),
            data[:at] + data[at + 1 :],
            data[:at] + b" " + data[at:],
            data[:at] + data[at : at + 1] + data[at:],
        ):
            assert told(changed).state is State.REFUSED, at


@pytest.mark.parametrize("change", ["a space", "said twice", "one more certificate"])
def test_the_check_page_refuses_the_same(data: bytes, change: str) -> None:
    clock.set_source(lambda: AT)

    def green(content: bytes) -> bool:
        sent = SimpleUploadedFile("x.json", content)
        return "verdict__mark--pass" in Client().post("/check/file", {"file": sent}).content.decode()

    assert green(data)
    assert not green(CHANGES[change][0](data))


def test_what_a_paper_carries_is_the_signed_data_themselves(made: Certificate, data: bytes) -> None:
    assert opening.open_pdf(papers.paper(made)).attached == data


def test_papers_kept_from_before_stay_genuine(made: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their data were written with line breaks; the paper's seal covers each of them."""

    def readable(document: dict[str, Any]) -> bytes:
        return json.dumps(document, ensure_ascii=False, indent=1).encode()

    monkeypatch.setattr(statement, "written", readable)
    content = papers.paper(made)
    monkeypatch.undo()
    assert told(content).state is State.GENUINE
    attached = opening.open_pdf(content).attached
    assert attached is not None
    assert told(attached).reasons == (FORM,)


# --- certificates that come along with a paper's signature: nobody signs which ---------------------------------------
def test_a_paper_brings_no_certificate_that_it_does_not_need(made: Certificate) -> None:
    extra = papers.sealed_anew(papers.paper(made), chain=seals.pem(_between()[1]))
    assert told(extra).reasons == (WORDS[Fault.CHAIN],)


def test_certificates_in_another_order_are_a_changed_file(made: Certificate, monkeypatch: Any) -> None:
    key, between = _between()
    own = ec.generate_private_key(ec.SECP256R1())
    subject = authority.subject(seals.seal_of(ISSUER).department, name="x")
    leaf = seals.signed(subject, own.public_key(), by=key, issuer=between.subject)
    content = papers.paper(made)
    monkeypatch.setattr(keys.FILE_KEYS, "sign", lambda _name, data: own.sign(data, ec.ECDSA(hashes.SHA256())))
    whole = papers.sealed_anew(content, certificate_pem=seals.pem(leaf), chain=seals.pem(between))
    assert told(whole).state is State.GENUINE
    first, second = sorted(
        one.public_bytes(serialization.Encoding.DER).hex().upper().encode() for one in (leaf, between)
    )
    assert first + second in whole
    assert told(whole.replace(first + second, second + first)).reasons == (opening.CHANGED,)


def _between() -> tuple[ec.EllipticCurvePrivateKey, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = seals._name("中间机构")
    return key, seals.signed(name, key.public_key(), by=seals.root_key(), is_authority=True)


def test_what_an_authority_sends_along_is_kept_without_what_nobody_needs(made: Certificate) -> None:
    """Else our own signed data would bring certificates that lead nowhere."""
    request = keys.FILE_KEYS.request(
        seals.seal_of(ISSUER).key_name, subject=authority.subject(seals.seal_of(ISSUER).department, name="x")
    )
    answer = seals.answer(request) + seals.pem(STRANGER) + seals.pem(seals.root())
    issued = authority.accept(answer, request_pem=request, issuer=ISSUER, at=AT)
    assert issued.chain_pem == ""
