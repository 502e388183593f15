"""Whose certificate may seal for an organ: one that names it, is for signing, and leads to a trusted authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from certificates.sealing import statement
from certificates.sealing.statement import Fault

AT = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
YEAR = timedelta(days=365)
ORGAN, OTHER = "11440507MB2X00012R", "11440507MB2X00039H"
OWN: dict[str, Any] = {"authority": True, "usage": "key_cert_sign"}
USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def name(text: str, *codes: str) -> x509.Name:
    told = [x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, code) for code in codes]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), *told])


class Made:
    """A certificate and its key, made by another one or by itself."""

    def __init__(
        self,
        subject: x509.Name,
        by: Made | None = None,
        *,
        authority: bool | None = None,
        path_length: int | None = None,
        usage: str = "",
        purposes: tuple[ObjectIdentifier, ...] = (),
        critical: str = "",
        until: datetime = AT + YEAR,
    ) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.subject = subject
        issuer = by or self
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(AT - YEAR)
            .not_valid_after(until)
        )
        extensions: list[tuple[x509.ExtensionType, bool]] = []
        if authority is not None:
            extensions.append((x509.BasicConstraints(authority, path_length), True))
        if usage:
            extensions.append((x509.KeyUsage(**{one: one == usage for one in USAGES}), True))
        if purposes:
            extensions.append((x509.ExtendedKeyUsage(purposes), False))
        if critical:
            extensions.append((x509.UnrecognizedExtension(ObjectIdentifier(critical), b"\x05\x00"), True))
        for value, is_critical in extensions:
            builder = builder.add_extension(value, critical=is_critical)
        self.certificate = builder.sign(issuer.key, hashes.SHA256())


ROOT = Made(name("受信任的认证机构"), **OWN)
BETWEEN = Made(name("中间机构"), ROOT, **OWN, path_length=0)
SEAL = name("测试局", ORGAN)


def faults(leaf: Made, *chain: Made, root: Made = ROOT, issuer: str | None = ORGAN) -> tuple[Fault, ...]:
    return statement.check_seal(
        leaf.certificate,
        issuer=issuer,
        chain=[one.certificate for one in chain],
        trusted=[root.certificate],
        at=AT,
    )


@pytest.mark.parametrize("usage", ["", "digital_signature", "content_commitment"])
@pytest.mark.parametrize("authority", [None, False])
def test_an_organs_certificate_for_signing_is_believed(usage: str, authority: bool | None) -> None:
    assert faults(Made(SEAL, ROOT, usage=usage, authority=authority)) == ()
    assert faults(Made(SEAL, BETWEEN, usage=usage, authority=authority), BETWEEN) == ()
    assert faults(Made(SEAL, ROOT, usage=usage, authority=authority), issuer=None) == ()


@pytest.mark.parametrize(
    ("codes", "issuer", "fault"),
    [
        ((), ORGAN, Fault.NO_BODY),
        ((), "", Fault.NO_BODY),
        ((), None, Fault.NO_BODY),
        (("",), "", Fault.NO_BODY),
        ((OTHER,), ORGAN, Fault.OTHER_BODY),
        ((ORGAN,), "", Fault.OTHER_BODY),
        ((ORGAN.lower(),), ORGAN, Fault.OTHER_BODY),
        ((ORGAN, OTHER), ORGAN, Fault.NO_BODY),
        ((OTHER, ORGAN), ORGAN, Fault.NO_BODY),
    ],
)
def test_it_must_name_the_issuer_and_nobody_else(
    codes: tuple[str, ...], issuer: str | None, fault: Fault
) -> None:
    """`王五` with a personal certificate of the same authority is not the police."""
    subject = _unchecked("王五", *codes)
    assert faults(Made(subject, ROOT), issuer=issuer) == (fault,)


@pytest.mark.parametrize("usage", [one for one in USAGES[2:] if not one.endswith("only")])
def test_a_certificate_for_something_else_seals_nothing(usage: str) -> None:
    assert faults(Made(SEAL, ROOT, usage=usage)) == (Fault.USAGE,)


def test_an_authority_seals_nothing_and_neither_does_a_web_server() -> None:
    assert faults(Made(SEAL, ROOT, **OWN)) == (Fault.USAGE,)
    assert faults(Made(SEAL, ROOT, authority=True)) == (Fault.USAGE,)
    web = Made(SEAL, ROOT, usage="digital_signature", purposes=(ExtendedKeyUsageOID.SERVER_AUTH,))
    assert faults(web) == (Fault.USAGE,)
    signing = (ExtendedKeyUsageOID.SERVER_AUTH, ObjectIdentifier("1.3.6.1.5.5.7.3.36"))
    assert faults(Made(SEAL, ROOT, purposes=signing)) == ()


@pytest.mark.parametrize(
    "told",
    [
        {"authority": True},
        {"authority": True, "usage": "digital_signature"},
        {"authority": True, "usage": "crl_sign"},
        {"usage": "key_cert_sign"},
        {"authority": False, "usage": "key_cert_sign"},
        {"authority": True, "usage": "key_cert_sign", "critical": "1.2.3.4"},
        {"authority": True, "usage": "key_cert_sign", "until": AT - timedelta(seconds=1)},
    ],
)
def test_who_may_not_issue_certificates_issues_none(told: dict[str, Any]) -> None:
    between = Made(name("中间"), ROOT, **told)
    assert faults(Made(SEAL, between), between) == (Fault.UNTRUSTED,)
    root = Made(name("根"), **told)
    assert faults(Made(SEAL, root), root=root) == (Fault.UNTRUSTED,)


def test_the_length_of_a_path_is_respected() -> None:
    below = Made(name("再下一级"), BETWEEN, **OWN)
    assert faults(Made(SEAL, below), below, BETWEEN) == (Fault.UNTRUSTED,)
    root = Made(name("只签印章的机构"), **OWN, path_length=0)
    assert faults(Made(SEAL, root), root=root) == ()
    between = Made(name("中间"), root, **OWN)
    assert faults(Made(SEAL, between), between, root=root) == (Fault.UNTRUSTED,)


def test_four_authorities_may_stand_between_and_no_more() -> None:
    chain = [ROOT]
    for number in range(5):
        chain.append(Made(name(f"第{number}级"), chain[-1], **OWN))
    assert faults(Made(SEAL, chain[4]), *chain[1:5]) == ()
    assert faults(Made(SEAL, chain[5]), *chain[1:6]) == (Fault.UNTRUSTED,)


def test_what_is_critical_and_not_understood_is_not_passed_over() -> None:
    assert faults(Made(SEAL, ROOT, critical="1.2.3.4")) == (Fault.UNTRUSTED,)


def test_all_that_is_wrong_is_told_and_nobody_is_trusted_by_default() -> None:
    assert faults(Made(name("王五"), usage="crl_sign")) == (Fault.NO_BODY, Fault.USAGE, Fault.UNTRUSTED)
    found = statement.check_seal(Made(SEAL, ROOT).certificate, issuer=ORGAN, chain=(), trusted=(), at=AT)
    assert found == (Fault.UNTRUSTED,)
    late = Made(SEAL, ROOT, until=AT - timedelta(seconds=1))
    assert faults(late) == (Fault.EXPIRED,)


def _unchecked(text: str, *codes: str) -> x509.Name:
    """Return a name that a careless authority may have written: an empty identifier, or two."""
    told = [x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, code, _validate=bool(code)) for code in codes]
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text), *told])
