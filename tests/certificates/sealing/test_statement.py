"""What a seal signs: canonical, complete, and refused with one byte changed, without Django."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from ssl import DER_cert_to_PEM_cert
from typing import Any

import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from certificates.sealing import statement
from certificates.sealing.statement import Fault
from tests.factories.seals import _name, pem, root, root_key, signed
from tests.project.sources import ROOT

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
ISSUER = "11440507MB2X00012R"
ORGAN = x509.Name(
    [
        x509.NameAttribute(NameOID.COMMON_NAME, "测试局"),
        x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, ISSUER),
    ]
)
LEAF = signed(ORGAN, KEY.public_key(), by=root_key())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=10,
)
TERMS = {
    "identifier": "1.2.156.3005.2.x",
    "issuer": ISSUER,
    "fields": {"name": "陈桂英", "rare": "𬱖㛃䶮"},
}


def document(
    terms: dict[str, Any] | None = None,
    *,
    key: ec.EllipticCurvePrivateKey = KEY,
    at: datetime = AT,
    leaf: Any = LEAF,
    algorithm: str = statement.ECDSA,
) -> dict[str, Any]:
    said, salt = terms or TERMS, bytes(range(32))
    named = {
        "digest": statement.digest_of(said, salt=salt),
        "signed_at": statement.moment(at),
        "algorithm": algorithm,
        "seal": "some-key",
    }
    signature = key.sign(statement.statement(**named), ec.ECDSA(hashes.SHA256()))
    return {
        "format": statement.FORMAT,
        "terms": said,
        "salt": salt.hex(),
        **named,
        "signature": b64encode(signature).decode(),
        "certificate": pem(leaf),
        "chain": "",
    }


def faults(told: dict[str, Any], *trusted: Any) -> tuple[Fault, ...]:
    return statement.check_data(told, trusted=trusted or (root(),))


def test_what_was_signed_is_believed_also_after_a_detour_through_json() -> None:
    assert faults(document()) == ()
    assert faults(json.loads(json.dumps(document(), ensure_ascii=True, sort_keys=True))) == ()


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), JSON, max_size=4))
def test_any_terms_are_believed_and_one_more_is_not(terms: dict[str, Any]) -> None:
    told = document({**terms, "issuer": ISSUER})
    assert faults(told) == ()
    told["terms"] = {**told["terms"], "one more\u0000": 1}
    assert Fault.CHANGED in faults(told)


SIGNED = document()  # once: a signature's length differs from one signing to the next


@given(st.data())
def test_one_changed_letter_anywhere_is_refused(data: st.DataObject) -> None:
    told = dict(SIGNED)
    part = data.draw(
        st.sampled_from(["salt", "digest", "signed_at", "seal", "signature", "algorithm", "format"])
    )
    place = data.draw(st.integers(0, len(told[part]) - 1))
    letter = data.draw(st.sampled_from("0123456789abcdefABCDEF+/=Z:-x"))
    changed = told[part][:place] + letter + told[part][place + 1 :]
    told[part], was = changed, told[part]
    assert (faults(told) == ()) == (changed == was)


@given(st.binary(min_size=1, max_size=80), st.integers(0, 10_000))
def test_digests_differ_with_salt_and_terms(salt: bytes, amount: int) -> None:
    one = statement.digest_of({"amount": amount}, salt=salt)
    assert one != statement.digest_of({"amount": amount + 1}, salt=salt)
    assert one != statement.digest_of({"amount": amount}, salt=salt + b"x")
    assert len(one) == 64


def test_the_statement_is_canonical_and_names_everything() -> None:
    named = {"digest": "d", "signed_at": "t", "algorithm": "a", "seal": "s"}
    told = statement.statement(**named)
    assert told == rfc8785.dumps({**named, "format": "certificate/1"})
    for name in named:
        assert statement.statement(**{**named, name: "other"}) != told


@given(st.integers(-(2**50), 2**52), st.integers(-12 * 60, 12 * 60))
def test_a_moment_reads_the_same_from_every_zone(microseconds: int, minutes: int) -> None:
    here = AT + timedelta(microseconds=microseconds)
    assert statement.moment(here.astimezone(timezone(timedelta(minutes=minutes)))) == statement.moment(here)
    assert datetime.fromisoformat(statement.moment(here)) == here


def test_another_key_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    assert Fault.SIGNATURE in faults(document(key=other))


def test_a_certificate_from_nobody_we_know_is_refused_even_with_its_authority_along() -> None:
    own = ec.generate_private_key(ec.SECP256R1())
    top = signed(_name("自封机构"), own.public_key(), by=own, issuer=_name("自封机构"), is_authority=True)
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = signed(ORGAN, key.public_key(), by=own, issuer=_name("自封机构"))
    told = {**document(key=key, leaf=leaf), "chain": pem(top)}
    assert faults(told) == (Fault.UNTRUSTED, Fault.CHAIN)
    assert faults(told, top) == (Fault.CHAIN,)
    assert faults({**told, "chain": ""}, top) == ()


def test_a_chain_over_an_authority_in_between_is_followed_and_a_seal_is_no_authority() -> None:
    between_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    leaf = signed(ORGAN, key.public_key(), by=between_key, issuer=_name("中间"))
    for is_authority, expected in ((True, ()), (False, (Fault.UNTRUSTED,))):
        between = signed(_name("中间"), between_key.public_key(), by=root_key(), is_authority=is_authority)
        assert faults({**document(key=key, leaf=leaf), "chain": pem(between)}) == expected


@pytest.mark.parametrize("days", [-1, 11])
def test_a_seal_not_in_force_when_it_signed_is_refused(days: int) -> None:
    leaf = signed(ORGAN, KEY.public_key(), by=root_key(), since=AT, until=AT + timedelta(days=10))
    assert faults(document(leaf=leaf, at=AT + timedelta(days=5))) == ()
    assert Fault.EXPIRED in faults(document(leaf=leaf, at=AT + timedelta(days=days)))


def test_another_organs_seal_is_refused() -> None:
    other = x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, "11440507MB2X00039H")
    subject = x509.Name([other])
    leaf = signed(subject, KEY.public_key(), by=root_key())
    assert faults(document(leaf=leaf)) == (Fault.OTHER_BODY,)


@pytest.mark.parametrize("algorithm", [statement.SM2, "none", "", "ecdsa-p256-sha1"])
def test_an_algorithm_we_do_not_check_is_never_believed(algorithm: str) -> None:
    assert Fault.ALGORITHM in faults(document(algorithm=algorithm))


@pytest.mark.parametrize("part", sorted(document()))
@pytest.mark.parametrize("value", [None, 1, "", [], {}, "\u0000", float("nan")])
def test_nonsense_is_malformed_and_never_an_error(part: str, value: Any) -> None:
    told = copy.deepcopy(document())
    if part == "chain" and value == "":
        return
    told[part] = value
    assert faults(told)
    del told[part]
    assert faults(told)


@pytest.mark.parametrize("part", sorted(set(document()) - {"certificate", "chain"}))
def test_half_a_character_is_malformed(part: str) -> None:
    assert faults({**document(), part: "\ud800"})
    assert faults({**document(), "terms": {"issuer": "\ud800", "\udfff": 1}}) == (Fault.MALFORMED,)


def test_numbers_and_depths_json_does_not_know_are_malformed() -> None:
    bottomless: dict[str, Any] = {"issuer": "x"}
    bottomless["fields"] = bottomless
    for value in (2**70, float("inf"), {1, 2}, b"x", bottomless):
        assert faults({**document(), "terms": {"issuer": "x", "fields": value}})


def test_a_certificate_with_a_key_we_do_not_know_is_never_believed() -> None:
    """The curve of SM2 in place of P-256: what is checked here knows it not, and says so."""
    der = LEAF.public_bytes(serialization.Encoding.DER)
    other = der.replace(bytes.fromhex("2a8648ce3d030107"), bytes.fromhex("2a811ccf5501822d"))
    assert other != der
    assert Fault.ALGORITHM in faults({**document(), "certificate": DER_cert_to_PEM_cert(other)})


def test_a_certificate_whose_name_cannot_be_read_is_malformed_and_never_an_error() -> None:
    der = LEAF.public_bytes(serialization.Encoding.DER)
    broken = der.replace("测试局".encode(), b"\xff" * 9)
    assert broken != der
    text = DER_cert_to_PEM_cert(broken)
    for part in ("certificate", "chain"):
        assert faults({**document(), part: text}) == (Fault.MALFORMED,)


def test_it_needs_no_django() -> None:
    code = "import sys; import certificates.sealing.statement; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_every_fault_has_words() -> None:
    assert set(statement.WORDS) == set(Fault)
