"""What a seal signs, and how it is checked: pure, so that an outsider checks it without Django, database or us."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FORMAT = "certificate/1"
ECDSA = "ecdsa-p256-sha256"
SM2 = "sm2-sm3"  # GB/T 32918, GM/T 0003: named, and not made or checked here (decision 0035)
_LONGEST_CHAIN = 5


class Fault(StrEnum):
    """Why a signature is not believed."""

    UNSIGNED = "unsigned"
    MALFORMED = "malformed"
    CHANGED = "changed"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    OTHER_BODY = "other_body"
    UNTRUSTED = "untrusted"


WORDS = {
    Fault.UNSIGNED: "没有电子签名",
    Fault.MALFORMED: "签名数据不完整，或者格式不对",
    Fault.CHANGED: "内容与签发时不一致",
    Fault.ALGORITHM: "不能识别签名所用的算法",
    Fault.SIGNATURE: "电子签名与内容不符",
    Fault.EXPIRED: "签名时电子印章不在有效期内",
    Fault.OTHER_BODY: "电子印章不属于发证单位",
    Fault.UNTRUSTED: "电子印章的证书不是由受信任的机构签发",
}


def moment(at: datetime) -> str:
    """Return a time as signed data says it: UTC, to the microsecond."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def digest_of(terms: Mapping[str, Any], *, salt: bytes) -> str:
    """Return SHA-256 over salt and canonical terms (RFC 8785) as 64 hex digits."""
    return hashlib.sha256(salt + rfc8785.dumps(dict(terms))).hexdigest()


def statement(*, digest: str, signed_at: str, algorithm: str, seal: str) -> bytes:
    """Return the bytes a seal signs: canonical JSON (RFC 8785) of what, when, how and by which key."""
    return rfc8785.dumps(
        {"format": FORMAT, "digest": digest, "signed_at": signed_at, "algorithm": algorithm, "seal": seal}
    )


def check(
    signature: str, *, digest: str, signed_at: str, algorithm: str, seal: str, certificate: x509.Certificate
) -> Fault | None:
    """Return what is wrong with a signature (base64) by the seal whose certificate is given, or None."""
    verify = _VERIFIERS.get(algorithm)
    if verify is None:
        return Fault.ALGORITHM
    try:
        signed = statement(digest=digest, signed_at=signed_at, algorithm=algorithm, seal=seal)
        at = datetime.fromisoformat(signed_at)
        verify(certificate, base64.b64decode(signature, validate=True), signed)
    except InvalidSignature:
        return Fault.SIGNATURE
    except UnsupportedAlgorithm:
        return Fault.ALGORITHM
    except (ValueError, TypeError, rfc8785.CanonicalizationError):
        return Fault.MALFORMED
    return None if _valid(certificate, at) else Fault.EXPIRED


def check_chain(
    certificate: x509.Certificate,
    *,
    chain: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime,
) -> Fault | None:
    """Return UNTRUSTED unless a seal's certificate leads to a trusted authority, each link in force at that time."""
    below = certificate
    for _ in range(_LONGEST_CHAIN):
        if any(_issued(below, above, at) for above in trusted):
            return None
        above = next((one for one in chain if one != below and _issued(below, one, at)), None)
        if above is None:
            return Fault.UNTRUSTED
        below = above
    return Fault.UNTRUSTED


def check_data(document: Mapping[str, Any], *, trusted: Sequence[x509.Certificate]) -> tuple[Fault, ...]:
    """Return everything wrong with a signed data file; none: it is what the organ signed, byte for byte."""
    try:
        leaf = x509.load_pem_x509_certificate(document["certificate"].encode())
        chain = certificates_in(document["chain"])
        at = datetime.fromisoformat(document["signed_at"])
        named = {name: str(document[name]) for name in ("digest", "signed_at", "algorithm", "seal")}
        digest = digest_of(document["terms"], salt=bytes.fromhex(document["salt"]))
        issuer = str(document["terms"]["issuer"])
        signature = str(document["signature"])
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError, rfc8785.CanonicalizationError):
        return (Fault.MALFORMED,)
    if document.get("format") != FORMAT or at.tzinfo is None:
        return (Fault.MALFORMED,)
    faults = [
        None if digest == named["digest"] else Fault.CHANGED,
        check(signature, certificate=leaf, **named),
        None if body_of(leaf) in {"", issuer} else Fault.OTHER_BODY,
        check_chain(leaf, chain=chain, trusted=trusted, at=at),
    ]
    return tuple(fault for fault in faults if fault is not None)


def certificates_in(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a PEM text, none of an empty one. Raises ValueError."""
    return x509.load_pem_x509_certificates(pem.encode()) if pem.strip() else []


def body_of(certificate: x509.Certificate) -> str:
    """Return the credit code of the organ a seal's certificate names, empty where it names none."""
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    return str(found[0].value) if found else ""


def _ecdsa(certificate: x509.Certificate, signature: bytes, signed: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidSignature
    key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))


_VERIFIERS: dict[str, Callable[[x509.Certificate, bytes, bytes], None]] = {ECDSA: _ecdsa}


def _valid(certificate: x509.Certificate, at: datetime) -> bool:
    return certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc


def _issued(below: x509.Certificate, above: x509.Certificate, at: datetime) -> bool:
    """Return whether an authority issued a certificate, may do so, and both were in force."""
    if not (_valid(below, at) and _valid(above, at) and _is_authority(above)):
        return False
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        found = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    except x509.ExtensionNotFound:
        return False
    return bool(found.value.ca)
