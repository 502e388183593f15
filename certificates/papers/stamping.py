"""Puts an organ's seal on a PDF: PAdES B-B (ETSI EN 319 142-1) over the whole file. The key stays at its provider."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Protocol

from asn1crypto import pem, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.ades.api import CAdESSignedAttrSpec
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD = "Seal"
LONGEST = 72  # bytes of an ECDSA signature on P-256


class Key(Protocol):
    """What signs: a provider of keys, told which of them."""

    def sign(self, key_name: str, data: bytes) -> bytes:
        """Return the DER signature, ECDSA P-256 over SHA-256, of these bytes."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A seal as a PDF takes it: its key at the provider, its X.509 certificate and those above it."""

    key: Key
    key_name: str
    certificate_pem: str
    chain_pem: str
    organ: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where the visible seal stands: a page from 1, and its box in points from the lower left corner."""

    page: int
    box: tuple[float, float, float, float]


class _Signer(signers.Signer):
    """pyHanko's signer, whose key is at a provider."""

    def __init__(self, stamp: Stamp) -> None:
        self._stamp = stamp
        above = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        above.register_multiple(certificates(stamp.chain_pem))
        super().__init__(
            signing_cert=certificates(stamp.certificate_pem)[0], cert_registry=above, embed_roots=False
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001,FBT002 -- pyHanko's own signature
        """Have the provider sign; a dry run asks how long it may be."""
        assert digest_algorithm == "sha256"
        return bytes(LONGEST) if dry_run else self._stamp.key.sign(self._stamp.key_name, data)


class _Writer(IncrementalPdfFileWriter):
    """pyHanko's writer, which would write the document's description anew: 4 KB for the time of the seal alone."""

    def _update_meta(self) -> None:
        """Leave the description as it was set."""


def sealed(content: bytes, *, stamp: Stamp, place: Place | None, reason: str, at: datetime) -> bytes:
    """Return the PDF with the seal's signature over all of it; its field lies over the seal that is drawn there."""
    told = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        cades_signed_attr_spec=CAdESSignedAttrSpec(),
        name=stamp.organ,
        reason=reason,
        tight_size_estimates=True,
    )
    spec = SigFieldSpec(FIELD, on_page=place.page - 1, box=_whole(place.box)) if place else None
    signer = signers.PdfSigner(
        told, signer=_Signer(stamp), new_field_spec=spec, stamp_style=StaticStampStyle(border_width=0)
    )
    return asyncio.run(_sign(signer, _Writer(BytesIO(content)), stamp=stamp, at=at))


async def _sign(signer: signers.PdfSigner, writer: _Writer, *, stamp: Stamp, at: datetime) -> bytes:
    session = signer.init_signing_session(writer)
    session.system_time = at
    size = await _size(session, stamp)
    ready = session.prepare_tbs_document(None, bytes_reserved=size)
    digest, output = ready.digest_tbs_document()
    attributes = PdfCMSSignedAttributes(
        signing_time=at, cades_signed_attrs=signer.signature_meta.cades_signed_attr_spec
    )
    await ready.perform_signature(digest.document_digest, attributes)
    output.seek(0)
    sealed_file: bytes = output.read()
    return sealed_file


async def _size(session: PdfSigningSession, stamp: Stamp) -> int:
    """Return how much room the signature needs: the same for all papers of a seal, and half the work of signing."""
    chain = (stamp.certificate_pem, stamp.chain_pem)
    if chain not in _sizes:
        _sizes[chain] = await session.estimate_signature_container_size(None, tight=True)
    return _sizes[chain]


_sizes: dict[tuple[str, str], int] = {}


def _whole(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    left, low, right, high = map(round, box)
    return left, low, right, high


@cache
def certificates(text: str) -> tuple[x509.Certificate, ...]:
    """Return the X.509 certificates of a PEM text, in their order."""
    if not text.strip():
        return ()
    return tuple(x509.Certificate.load(der) for _, _, der in pem.unarmor(text.encode(), multiple=True))
