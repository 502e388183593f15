"""The digest of a certificate: what is proven to be unchanged, and what the issuer's seal signs."""

from __future__ import annotations

import hmac
from typing import Any

from certificates.models import Certificate
from certificates.sealing.statement import digest_of
from records.encrypting.envelope import Tampered
from records.hashing import HashKind, keyed


def salt(certificate: Certificate) -> bytes:
    """Return the certificate's own salt: secret, for a field of few possible values could be guessed from its hash.

    Known to who holds the hash key; it may be told to a court for one certificate without giving the key away.
    """
    return keyed(HashKind.CERTIFICATE_SALT, str(certificate.pk))


def terms(certificate: Certificate) -> dict[str, Any]:
    """Return what a certificate says, as its digest is taken over it and its signed data shows it."""
    until = certificate.valid_until
    return {
        "identifier": certificate.identifier,
        "number": certificate.number,
        "holder": str(certificate.holder_person_id or certificate.holder_organisation_id),
        "issuer": certificate.issuer_code,
        "issued_on": certificate.issued_on.isoformat(),
        "valid_from": certificate.valid_from.isoformat(),
        "valid_until": until.isoformat() if until else None,
        "schema": certificate.schema_version,
        "fields": certificate.fields,
    }


def digest(certificate: Certificate) -> str:
    """Return SHA-256 over salt, terms and fields in canonical JSON (RFC 8785), as 64 hex digits."""
    return digest_of(terms(certificate), salt=salt(certificate))


def is_whole(certificate: Certificate) -> bool:
    """Return whether terms and fields are still what was issued; what cannot be opened is not."""
    try:
        return hmac.compare_digest(digest(certificate), certificate.digest)
    except Tampered:
        return False
