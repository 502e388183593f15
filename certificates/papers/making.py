"""Sealed papers: set and sealed when first asked for, kept, and handed out as the same bytes ever after."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from certificates import digesting
from certificates.errors import NoPaper, NotSealedNow
from certificates.models import Certificate, Seal, SealedPaper
from certificates.papers import showing, stamping, typesetting
from certificates.papers.stamping import Place, Stamp
from certificates.sealing import drawing, keys, seals, signing, statement
from certificates.sealing.keys import KeyUnavailable
from certificates.sealing.signing import Use
from certificates.states import CertificateStatus, SealPurpose
from records.files import storing

A4 = 841.89  # points
ATTACHED = "certificate.json"
_ONE_MAKER = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper to be made: its source, what stands in it, the organ (credit code, name) whose seal it gets."""

    source: str
    values: Mapping[str, Any]
    organ_code: str
    organ: str
    purpose: SealPurpose
    reason: str
    is_demo: bool
    attached: str = ""
    check_path: str = ""


def paper_of(certificate: Certificate, *, actor: str, at: datetime) -> bytes:
    """Return a certificate's sealed PDF with its signed data inside. Raises NoPaper, NotSealedNow.

    Who may have it, the caller has asked: see `certificates.holding.downloading`.
    """
    if certificate.status != CertificateStatus.VALID:
        raise NoPaper(str(CertificateStatus(certificate.status).label))
    return _kept(f"certificate:{certificate.pk}", lambda: _certificate(certificate), actor=actor, at=at)


def document(
    subject: str,
    *,
    source: str,
    values: Mapping[str, Any],
    organ_code: str,
    organ: str,
    is_demo: bool,
    actor: str,
    at: datetime,
) -> bytes:
    """Return the sealed PDF of a decision or a notice, named by its subject (decision:<id>). Raises NotSealedNow."""
    wanted = Wanted(source, values, organ_code, organ, SealPurpose.DOCUMENT, "制作文书", is_demo)
    return _kept(subject, lambda: wanted, actor=actor, at=at)


def data_of(certificate: Certificate) -> bytes:
    """Return the data a paper carries: signed, or for a certificate from an older store without a signature."""
    if certificate.seal_id is not None:
        return signing.signed_data(certificate)
    unsigned = {
        "format": statement.FORMAT,
        "terms": digesting.terms(certificate),
        "salt": digesting.salt(certificate).hex(),
        "digest": certificate.digest,
        "signature": "",
    }
    return statement.written(unsigned)


def _kept(subject: str, wanted: Callable[[], Wanted], *, actor: str, at: datetime) -> bytes:
    found = _found(subject)
    if found is not None:
        return _read(found)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_ONE_MAKER, [f"paper {subject}"])
        found = _found(subject)  # somebody else was faster: theirs is the paper
        return _read(found) if found is not None else _make(subject, wanted(), actor=actor, at=at)


def _found(subject: str) -> SealedPaper | None:
    return SealedPaper.objects.select_related("file").filter(subject=subject).first()


def _read(paper: SealedPaper) -> bytes:
    content = b"".join(storing.original(paper.file))
    assert hashlib.sha256(content).hexdigest() == paper.sha256, "a kept paper is not what was sealed"
    return content


def _make(subject: str, wanted: Wanted, *, actor: str, at: datetime) -> bytes:
    """Set, seal and keep it, with the use of the seal, in the caller's transaction; what fails leaves no row."""
    seal = seals.active_for([wanted.organ_code], at=at).get(wanted.organ_code)
    if seal is None:
        raise NotSealedNow(wanted.organ)
    content = _sealed(wanted, seal, at=at)
    digest = hashlib.sha256(content).hexdigest()
    stored = storing.made(content, stream=subject, owner=actor, at=at)
    SealedPaper.objects.create(subject=subject, file=stored, sha256=digest, seal=seal, made_at=at)
    signing.record([Use(seal, wanted.purpose, subject, digest)], at=at, actor=actor)
    return content


def _sealed(wanted: Wanted, seal: Seal, *, at: datetime) -> bytes:
    address = f"{settings.CHECK_ADDRESS}{wanted.check_path}" if wanted.check_path else ""
    shown = {
        **wanted.values,
        "organ": wanted.organ,
        "seal": {"name": wanted.organ, "edge": drawing.DEMO if wanted.is_demo else seal.name},
        "qr": typesetting.code(address) if address else "",
        "check_site": f"{settings.CHECK_ADDRESS}/check".partition("://")[2],
        "demo": wanted.is_demo,
        "data": wanted.attached,
        "data_name": ATTACHED,
    }
    sheet = typesetting.pdf(wanted.source, shown, at=at)
    low = A4 - sheet.y - sheet.side
    place = Place(sheet.page, (sheet.x, low, sheet.x + sheet.side, low + sheet.side))
    stamp = Stamp(keys.provider(seal), seal.key_name, seal.certificate_pem, seal.chain_pem, wanted.organ)
    try:
        return stamping.sealed(sheet.content, stamp=stamp, place=place, reason=wanted.reason, at=at)
    except KeyUnavailable as error:
        raise NotSealedNow(wanted.organ) from error


def _certificate(certificate: Certificate) -> Wanted:
    note = "" if certificate.seal_id else "本证照由原有证照数据转入，颁发时没有电子签名。"
    return Wanted(
        source="certificate",
        values={**showing.certificate(certificate), "note": note},
        organ_code=certificate.issuer_code,
        organ=certificate.issuer_name,
        purpose=SealPurpose.COPY,
        reason="制作证照文件",
        is_demo=certificate.is_demo,
        attached=data_of(certificate).decode(),
        check_path=f"/c/{certificate.check_token}",
    )
