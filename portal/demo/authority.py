"""Plays the authority that issues the X.509 certificates of seals. Nobody outside a demo should believe it."""

from __future__ import annotations

from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from certificates.sealing import authority
from certificates.sealing.keys import FILE_KEYS
from certificates.sealing.statement import ECDSA
from common import clock

KEY = "demo-authority"
SEAL_DAYS, OWN_DAYS = 3 * 365, 30 * 365
EARLIER = timedelta(days=365)  # the demo's clock may be set back
_NAME = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "演示环境"),
        x509.NameAttribute(NameOID.COMMON_NAME, "演示电子印章认证机构"),
    ]
)


def issue(request_pem: str) -> str:
    """Answer a request: the seal's certificate in PEM. The authority itself is made when it is first asked."""
    asked, own, at = x509.load_pem_x509_csr(request_pem.encode()), _own(), clock.now()
    builder = _certificate(asked.subject, asked.public_key(), at=at, days=SEAL_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority=False), critical=True)
    builder = builder.add_extension(
        x509.AuthorityKeyIdentifier.from_issuer_public_key(own.public_key()),  # type: ignore[arg-type]
        critical=False,
    )
    signed = builder.sign(FILE_KEYS.private(KEY), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def _own() -> x509.Certificate:
    """Return the authority's own certificate, believed by this portal."""
    if not FILE_KEYS.has(KEY):
        FILE_KEYS.destroy(KEY)  # sealed with keys of another database
        FILE_KEYS.make(KEY, algorithm=ECDSA)
    public = FILE_KEYS.private(KEY).public_key()
    for known in authority.trusted():
        if known.public_key() == public:
            return known
    builder = _certificate(_NAME, public, at=clock.now(), days=OWN_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(authority=True), critical=True)
    made = builder.sign(FILE_KEYS.private(KEY), hashes.SHA256())
    authority.trust(made)
    return made


def _certificate(
    subject: x509.Name,
    public: object,
    *,
    at: datetime,
    days: int,
) -> x509.CertificateBuilder:
    identifier = x509.SubjectKeyIdentifier.from_public_key(public)  # type: ignore[arg-type]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(_NAME)
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLIER)
        .not_valid_after(at + timedelta(days=days))
        .add_extension(identifier, critical=False)
    )


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
