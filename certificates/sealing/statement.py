"""What a seal signs, and how it is checked: pure, so that an outsider checks it without Django, database or us."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import rfc8785
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

FORMAT = "certificate/1"
ECDSA = "ecdsa-p256-sha256"
SM2 = "sm2-sm3"  # GB/T 32918, GM/T 0003: named, and not made or checked here (decision 0035)
# What stands in a signed data file, and in that of a certificate from an older store; nothing else does.
UNSIGNED = frozenset({"format", "terms", "salt", "digest", "signature"})
PARTS = UNSIGNED | {"signed_at", "algorithm", "seal", "certificate", "chain"}
_UNREADABLE = (
    LookupError,
    ValueError,
    TypeError,
    ArithmeticError,  # a time before the first year
    RecursionError,
    rfc8785.CanonicalizationError,
)
_MOST_BETWEEN = 4  # authorities between a seal and the one that is trusted
_SALT = re.compile("(?:[0-9a-f]{2})+")
# RFC 9336 (signing documents), and what authorities put into certificates for signing before there was that.
_SIGNING = {
    ObjectIdentifier("1.3.6.1.5.5.7.3.36"),
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.CLIENT_AUTH,
}


class Fault(StrEnum):
    """Why a signature is not believed."""

    UNSIGNED = "unsigned"
    MALFORMED = "malformed"
    CHANGED = "changed"
    ALGORITHM = "algorithm"
    SIGNATURE = "signature"
    EXPIRED = "expired"
    NO_BODY = "no_body"
    OTHER_BODY = "other_body"
    USAGE = "usage"
    UNTRUSTED = "untrusted"
    CHAIN = "chain"
    REWRITTEN = "rewritten"


WORDS = {
    Fault.UNSIGNED: "没有电子签名",
    Fault.MALFORMED: "签名数据不完整，或者格式不对",
    Fault.CHANGED: "内容与签发时不一致",
    Fault.ALGORITHM: "不能识别签名所用的算法",
    Fault.SIGNATURE: "电子签名与内容不符",
    Fault.EXPIRED: "签名时电子印章不在有效期内",
    Fault.NO_BODY: "电子印章的证书没有写明属于哪个单位",
    Fault.OTHER_BODY: "电子印章不属于发证单位",
    Fault.USAGE: "电子印章的证书不是用来签章的",
    Fault.UNTRUSTED: "电子印章的证书不是由受信任的机构签发",
    Fault.CHAIN: "夹带了与电子印章无关的证书",
    Fault.REWRITTEN: "文件的写法被改动过，和签发时写出的不是逐字节相同",
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
        told = base64.b64decode(signature, validate=True)
        if base64.b64encode(told).decode() != signature:
            return Fault.MALFORMED
        verify(certificate, told, signed)
    except InvalidSignature:
        return Fault.SIGNATURE
    except UnsupportedAlgorithm:
        return Fault.ALGORITHM
    except (ValueError, TypeError, rfc8785.CanonicalizationError):
        return Fault.MALFORMED
    return None


def check_seal(
    certificate: x509.Certificate,
    *,
    issuer: str | None,
    chain: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[Fault, ...]:
    """Return why a seal's certificate does not speak for an issuer (credit code; None: for whom it names) at a time.

    The one rule of the store, the check page and the tool: it names that organ, is for signing, was in force, and leads
    to a trusted authority.
    """
    faults, body = [], body_of(certificate)
    if not body:
        faults.append(Fault.NO_BODY)
    elif issuer is not None and body != issuer:
        faults.append(Fault.OTHER_BODY)
    if not _may_sign(certificate):
        faults.append(Fault.USAGE)
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        faults.append(Fault.EXPIRED)
    elif path(certificate, chain=chain, trusted=trusted, at=at) is None:
        faults.append(Fault.UNTRUSTED)
    return tuple(faults)


def path(
    certificate: x509.Certificate,
    *,
    chain: Sequence[x509.Certificate],
    trusted: Sequence[x509.Certificate],
    at: datetime,
) -> tuple[x509.Certificate, ...] | None:
    """Return the certificates that lead from a seal's to a trusted authority's (RFC 5280, 6.1), or None.

    Names, signatures, each in force at that time, and of every authority: cA (4.2.1.9), its pathLen (6.1.4 l, m),
    keyCertSign (4.2.1.3), no critical extension that is not understood (6.1.4 o).
    """
    if not trusted:
        return None
    try:
        policy = PolicyBuilder().store(Store(list(trusted))).time(at).max_chain_depth(_MOST_BETWEEN)
        verifier = policy.extension_policies(ca_policy=_AUTHORITY, ee_policy=_SEAL).build_client_verifier()
        return tuple(verifier.verify(certificate, list(chain)).chain)
    except (VerificationError, ValueError, TypeError, UnsupportedAlgorithm):
        return None


def line(certificate: x509.Certificate, chain: Sequence[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """Return what may come along with a seal: each the issuer of the one before, none that vouches for itself."""
    found = [certificate]
    rest = [one for one in chain if one.subject != one.issuer]
    while len(found) <= _MOST_BETWEEN:
        above = next((one for one in rest if _issued(found[-1], one)), None)
        if above is None:
            break
        rest.remove(above)
        found.append(above)
    return tuple(found[1:])


def check_data(document: Mapping[str, Any], *, trusted: Sequence[x509.Certificate]) -> tuple[Fault, ...]:
    """Return everything wrong with signed data; none: each part is spelled as we write it, and the organ signed it.

    Of a file ask `is_as_written` besides: what a reader makes of it no longer says how its bytes were.
    """
    if not _has_only(document, PARTS):
        return (Fault.MALFORMED,)
    try:
        leaf = parsed(x509.load_pem_x509_certificate(document["certificate"].encode()))
        chain = certificates_in(document["chain"])
        at = datetime.fromisoformat(document["signed_at"])
        digest = digest_of(document["terms"], salt=bytes.fromhex(document["salt"]))
        issuer = str(document["terms"]["issuer"])
        spelled = {"signed_at": moment(at), "certificate": pem(leaf), "chain": "".join(map(pem, chain))}
    except _UNREADABLE:
        return (Fault.MALFORMED,)
    if at.tzinfo is None or any(document[name] != text for name, text in spelled.items()):
        return (Fault.MALFORMED,)
    named = {name: document[name] for name in ("digest", "signed_at", "algorithm", "seal")}
    faults = [
        None if digest == named["digest"] else Fault.CHANGED,
        check(document["signature"], certificate=leaf, **named),
        *check_seal(leaf, issuer=issuer, chain=chain, trusted=trusted, at=at),
        None if line(leaf, chain) == tuple(chain) else Fault.CHAIN,
    ]
    return tuple(fault for fault in faults if fault is not None)


def check_unsigned(document: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Return what is wrong with the data of a certificate from an older store: whoever hands it on vouches for it."""
    if not _has_only(document, UNSIGNED) or document["signature"]:
        return (Fault.MALFORMED,)
    try:
        digest = digest_of(document["terms"], salt=bytes.fromhex(document["salt"]))
    except _UNREADABLE:
        return (Fault.MALFORMED,)
    return () if digest == document["digest"] else (Fault.CHANGED,)


def written(document: Mapping[str, Any]) -> bytes:
    """Return a data file as the portal writes it, in the one way there is: canonical JSON (RFC 8785)."""
    return rfc8785.dumps(dict(document))


def read(content: bytes) -> dict[str, Any]:
    """Return what a data file says. Raises ValueError for what is no JSON object, or says something twice."""
    try:
        found = json.loads(content.decode(), object_pairs_hook=_once)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 -- what a stranger wrote, not what we passed
    return found


def is_as_written(content: bytes, document: Mapping[str, Any]) -> bool:
    """Return whether a file that reads so is byte for byte the one the portal writes."""
    try:
        return written(document) == content
    except _UNREADABLE:
        return False


def certificates_in(pem: str) -> list[x509.Certificate]:
    """Return the certificates of a PEM text, none of an empty one. Raises ValueError."""
    return [parsed(one) for one in x509.load_pem_x509_certificates(pem.encode())] if pem.strip() else []


def parsed(certificate: x509.Certificate) -> x509.Certificate:
    """Return a certificate whose names can be read: its maker reads them only when asked. Raises ValueError."""
    _ = certificate.subject, certificate.issuer
    return certificate


def pem(certificate: x509.Certificate) -> str:
    """Return a certificate as text, in the one way we write it."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def body_of(certificate: x509.Certificate) -> str:
    """Return the credit code of the organ a seal's certificate names, empty where it names none or several."""
    found = certificate.subject.get_attributes_for_oid(NameOID.ORGANIZATION_IDENTIFIER)
    return str(found[0].value) if len(found) == 1 else ""


def _ecdsa(certificate: x509.Certificate, signature: bytes, signed: bytes) -> None:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise InvalidSignature
    key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))


_VERIFIERS: dict[str, Callable[[x509.Certificate, bytes, bytes], None]] = {ECDSA: _ecdsa}


def _has_only(document: Mapping[str, Any], parts: frozenset[str]) -> bool:
    """Return whether these parts stand there and no others, each a text but the terms, the salt as we spell it."""
    if set(document) != parts or document["format"] != FORMAT or not isinstance(document["terms"], dict):
        return False
    if not all(isinstance(document[name], str) for name in parts - {"terms"}):
        return False
    return _SALT.fullmatch(document["salt"]) is not None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build an object; what stands there twice would be read one way by some and another way by others."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("named twice")
    return found


def _issued(below: x509.Certificate, above: x509.Certificate) -> bool:
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _may_sign(certificate: x509.Certificate) -> bool:
    """Return whether a certificate is for signing what is not a certificate (RFC 5280, 4.2.1.3, 4.2.1.9, 4.2.1.12)."""
    try:
        told = certificate.extensions
    except (ValueError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return False
    for one in told:
        match one.value:
            case x509.BasicConstraints(ca=True):
                return False
            case x509.KeyUsage(digital_signature=False, content_commitment=False):
                return False
            case x509.ExtendedKeyUsage() if _SIGNING.isdisjoint(one.value):
                return False
    return True


def _may_issue(_policy: Policy, _certificate: x509.Certificate, told: x509.KeyUsage) -> None:
    if not told.key_cert_sign:
        raise ValueError("this authority may not sign certificates")


_SEAL = ExtensionPolicy.permit_all()  # asked by _may_sign
_AUTHORITY = (
    ExtensionPolicy.permit_all()
    .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, None)
    .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _may_issue)
)
