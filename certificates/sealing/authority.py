"""X.509 of seals: what is asked of the authority, whom we believe, and whether what it issued fits."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Department
from certificates.errors import SealCertificateRefused
from certificates.sealing import statement
from certificates.sealing.statement import Fault
from certificates.sealing.statement import pem as pem_of

_BODY = "这张数字证书写的单位不是本单位（统一社会信用代码 {issuer}）。请核对文件，或者请认证机构重新签发。"
_REFUSED = {
    Fault.NO_BODY: _BODY,
    Fault.OTHER_BODY: _BODY,
    Fault.USAGE: "这张数字证书不能用来签章。请认证机构签发用于电子签章的证书。",
    Fault.UNTRUSTED: "这张数字证书不是由受信任的认证机构签发的。请核对文件，或者联系运维人员。",
}


@dataclass(frozen=True, slots=True)
class Issued:
    """What an authority gave: the seal's certificate, and those above it."""

    certificate_pem: str
    chain_pem: str
    valid_from: datetime
    valid_until: datetime


def subject(department: Department, *, name: str) -> x509.Name:
    """Return how a seal's certificate names its organ."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(department.name)),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, _short(name)),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, department.credit_code),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(department.name)),
        ]
    )


def trusted() -> tuple[x509.Certificate, ...]:
    """Return the authorities whose seals are believed; read again when the file changes."""
    try:
        changed = settings.SEAL_AUTHORITIES_FILE.stat().st_mtime_ns
    except FileNotFoundError:
        return ()
    return _read(str(settings.SEAL_AUTHORITIES_FILE), changed)


def trust(certificate: x509.Certificate) -> None:
    """Believe an authority from now on: its certificate joins SEAL_AUTHORITIES_FILE, which appears whole."""
    known = trusted()
    if certificate in known:
        return
    path = settings.SEAL_AUTHORITIES_FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    partial.write_text("".join(map(pem_of, (*known, certificate))), encoding="ascii")
    partial.replace(path)


def at_once() -> Callable[[str], str] | None:
    """Return the authority that answers a request at once, where one is configured: request PEM → certificates PEM."""
    if not settings.SEAL_AUTHORITY:
        return None
    answer: Callable[[str], str] = import_string(settings.SEAL_AUTHORITY)
    return answer


def accept(pem: str, *, request_pem: str, issuer: str, at: datetime) -> Issued:
    """Return what an authority answered to a request (the seal's first), or raise SealCertificateRefused.

    It must be able to speak for the department with that credit code: what would not be believed later makes no seal.
    """
    try:
        leaf, *chain = statement.certificates_in(pem)
    except ValueError as error:
        raise SealCertificateRefused("这不是 PEM 格式的数字证书，请选择认证机构发来的文件。") from error
    if _key(leaf) != _key(
        x509.load_pem_x509_csr(request_pem.encode())
    ):  # also what has a key of another kind
        raise SealCertificateRefused("这张数字证书不是按这次申请签发的，公钥对不上。请核对文件。")
    if not leaf.not_valid_before_utc <= at < leaf.not_valid_after_utc:
        raise SealCertificateRefused("这张数字证书现在不在有效期内。请向认证机构重新申请。")
    if faults := statement.check_seal(leaf, issuer=issuer, chain=chain, trusted=trusted(), at=at):
        words = _REFUSED.get(faults[0], statement.WORDS[faults[0]])
        raise SealCertificateRefused(words.format(issuer=issuer))
    above = "".join(map(pem_of, statement.line(leaf, chain)))
    return Issued(pem_of(leaf), above, leaf.not_valid_before_utc, leaf.not_valid_after_utc)


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> tuple[x509.Certificate, ...]:
    return tuple(statement.certificates_in(Path(path).read_text(encoding="ascii")))


def _short(text: str) -> str:
    """Return what fits into a name: 64 bytes (X.520 says letters, programs count bytes)."""
    return text.encode()[:64].decode(errors="ignore")


def _key(signed: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    try:
        key = signed.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return b""
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
