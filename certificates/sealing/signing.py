"""Signing what is issued with the issuing organ's seal, many at once, and checking what was signed."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography import x509

from certificates import digesting
from certificates.errors import NoUsableSeal
from certificates.models import Certificate, Seal, SealUse
from certificates.sealing import authority, keys, seals, statement
from certificates.sealing.keys import KeyUnavailable
from certificates.sealing.statement import Fault
from certificates.states import SealPurpose
from common.statements.worded import Insert

_USES = Insert(SealUse)


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a seal: what was signed, by its SHA-256."""

    seal: Seal
    purpose: SealPurpose
    subject: str
    digest: str


def sign_many(
    certificates: Sequence[Certificate], *, at: datetime, actor: str, locked: Mapping[str, Seal] | None = None
) -> None:
    """Sign certificates not yet stored, each with its issuer's seal: two statements. Raises NoUsableSeal.

    `locked`: the seals by issuer, as `seals.active_for` locked them in this very transaction.
    """
    found = locked or seals.active_for({one.issuer_code for one in certificates}, at=at)
    for one in certificates:
        if one.issuer_code not in found:
            raise NoUsableSeal(one.issuer_name)
        _sign(one, found[one.issuer_code], at=at)
    record([_use(one, found[one.issuer_code]) for one in certificates], at=at, actor=actor)


def record(uses: Iterable[Use], *, at: datetime, actor: str) -> None:
    """Write the uses of seals in the caller's transaction (用印记录)."""
    written = [
        SealUse(
            seal=one.seal,
            purpose=one.purpose,
            subject=one.subject,
            digest=one.digest,
            algorithm=one.seal.algorithm,
            actor=actor,
            at=at,
        )
        for one in uses
    ]
    _USES.rows(written)


def verify(certificate: Certificate) -> Fault | None:
    """Return what is wrong with a stored certificate's content, signature or seal, or None."""
    seal = certificate.seal
    if seal is None or certificate.signed_at is None:
        return Fault.UNSIGNED
    if not digesting.is_whole(certificate):
        return Fault.CHANGED
    leaf, chain = _x509(seal.certificate_pem), _x509(seal.chain_pem)
    fault = statement.check(
        certificate.signature,
        digest=certificate.digest,
        signed_at=statement.moment(certificate.signed_at),
        algorithm=certificate.algorithm,
        seal=seal.key_name,
        certificate=leaf[0],
    )
    faults = statement.check_seal(
        leaf[0],
        issuer=certificate.issuer_code,
        chain=chain,
        trusted=authority.trusted(),
        at=certificate.signed_at,
    )
    return fault or next(iter(faults), None)


def signed_data(certificate: Certificate) -> bytes:
    """Return the signed data file: all an outsider needs to check the certificate without us (RFC 8785)."""
    seal = certificate.seal
    assert seal is not None
    assert certificate.signed_at is not None
    (leaf,) = _x509(seal.certificate_pem)
    document: dict[str, Any] = {
        "format": statement.FORMAT,
        "terms": digesting.terms(certificate),
        "salt": digesting.salt(certificate).hex(),
        "digest": certificate.digest,
        "signed_at": statement.moment(certificate.signed_at),
        "algorithm": certificate.algorithm,
        "signature": certificate.signature,
        "seal": seal.key_name,
        "certificate": seal.certificate_pem,
        "chain": "".join(map(statement.pem, statement.line(leaf, _x509(seal.chain_pem)))),
    }
    return statement.written(document)


def _sign(certificate: Certificate, seal: Seal, *, at: datetime) -> None:
    signed = statement.statement(
        digest=certificate.digest,
        signed_at=statement.moment(at),
        algorithm=seal.algorithm,
        seal=seal.key_name,
    )
    try:
        signature = keys.provider(seal).sign(seal.key_name, signed)
    except KeyUnavailable as error:
        raise NoUsableSeal(certificate.issuer_name) from error
    certificate.seal, certificate.algorithm, certificate.signed_at = seal, seal.algorithm, at
    certificate.signature = base64.b64encode(signature).decode()


def _use(certificate: Certificate, seal: Seal) -> Use:
    return Use(seal, SealPurpose.CERTIFICATE, f"certificate:{certificate.pk}", certificate.digest)


@lru_cache(maxsize=256)
def _x509(pem: str) -> tuple[x509.Certificate, ...]:
    return tuple(statement.certificates_in(pem))
