"""Seals for tests: one authority and one key a department in each process, valid at any time a test stands at."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings

from accounts import registering
from accounts.models import Department, Region, User
from certificates.models import Seal
from certificates.sealing import authority, keys, seals
from certificates.sealing.statement import ECDSA
from certificates.states import SealStatus

SINCE, UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)
CUSTODIAN = "seal-custodian"


@cache
def root_key() -> ec.EllipticCurvePrivateKey:
    """Return the key of the tests' authority."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def root() -> x509.Certificate:
    """Return the tests' authority."""
    return signed(_name("测试认证机构"), root_key().public_key(), by=root_key(), is_authority=True)


def signed(
    subject: x509.Name,
    public: ec.EllipticCurvePublicKey,
    *,
    by: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None = None,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    is_authority: bool = False,
) -> x509.Certificate:
    """Return a certificate signed by a key."""
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or _name("测试认证机构"))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_authority,
                content_commitment=not is_authority,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )


def answer(request_pem: str, *, since: datetime = SINCE, until: datetime = UNTIL) -> str:
    """Answer a request as the tests' authority, which the portal believes."""
    authority.trust(root())
    asked = x509.load_pem_x509_csr(request_pem.encode())
    public = asked.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    return pem(signed(asked.subject, public, by=root_key(), since=since, until=until))


def pem(certificate: x509.Certificate) -> str:
    """Return a certificate as text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def seal_of(
    department: Department | str,
    *,
    since: datetime = SINCE,
    until: datetime = UNTIL,
    custodian: User | None = None,
) -> Seal:
    """Return the active seal of a department, or of the one with a credit code; both are made where there is none.

    Its key is made once a process: rows come and go with each test, the key stays.
    """
    body = _department(department) if isinstance(department, str) else department
    found = Seal.objects.filter(department=body, status=SealStatus.ACTIVE).first()
    if found is not None:
        return found
    key_name, certificate = _kept(body, since, until)
    return Seal.objects.create(
        department=body,
        name=seals.NAME,
        custodian=custodian or _custodian(),
        provider=keys.FILE,
        key_name=key_name,
        algorithm=ECDSA,
        certificate_pem=certificate,
        valid_from=since,
        valid_until=until,
        created_at=SINCE,
        is_demo=body.is_demo,
    )


def _kept(body: Department, since: datetime, until: datetime) -> tuple[str, str]:
    """Return a key and its certificate: those of before unless they are used up."""
    place = (
        body.credit_code,
        body.name,
        since,
        until,
    )  # the certificate names the organ: tests call one by two names
    known = _made.get(place)
    if known and keys.FILE_KEYS.has(known[0]) and not Seal.objects.filter(key_name=known[0]).exists():
        return known
    name = f"{body.credit_code}-{secrets.token_hex(4)}"
    keys.FILE_KEYS.make(name, algorithm=ECDSA)
    asked = keys.FILE_KEYS.request(name, subject=authority.subject(body, name=seals.NAME))
    made = _made[place] = (name, answer(asked, since=since, until=until))
    return made


def remember_keys() -> None:
    """Keep the sealed files of the keys there are: tests that commit nothing still remove files."""
    _files.update({path: path.read_bytes() for path in settings.SEAL_KEYS_DIR.glob("*.key")})


def bring_keys_back() -> None:
    """Put back what a test has destroyed: the rows of its seal come back, too."""
    for path, content in _files.items():
        if not path.exists():
            path.write_bytes(content)


_files: dict[Path, bytes] = {}
_made: dict[tuple[str, str, datetime, datetime], tuple[str, str]] = {}


def _department(code: str) -> Department:
    region, _ = Region.objects.get_or_create(code="440507", defaults={"name": "龙湖区", "level": 3})
    told = dict.fromkeys(("phone", "complaint_phone", "address", "hours", "review_body", "court"), "测试")
    names = {"name": "测试局", "short_name": "测试局", "region": region}
    return Department.objects.get_or_create(credit_code=code, defaults={**names, **told})[0]


def _custodian() -> User:
    known = User.objects.filter(username=CUSTODIAN).first()
    return known or registering.account(CUSTODIAN, display_name="保管人", password="a long test password")


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
