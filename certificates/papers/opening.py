"""Opens a sealed PDF as an outsider does: its one signature, what it carries, what its pages say. No Django."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import pypdfium2 as pdfium
from asn1crypto import cms
from cryptography import x509
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.sealing.statement import parsed

PADES = "/ETSI.CAdES.detached"
NOT_A_PDF = "文件不是完整的 PDF"
CHANGED = "签章后内容被改动过"


@dataclass(frozen=True, slots=True)
class Opened:
    """What a sealed PDF is made of; `faults` are Chinese sentences, and then nothing else is told."""

    faults: tuple[str, ...] = ()
    signer: x509.Certificate | None = None
    chain: tuple[x509.Certificate, ...] = ()
    signed_at: datetime | None = None
    attached: bytes | None = None
    text: str = ""


def open_pdf(content: bytes) -> Opened:
    """Return what a PDF is made of, its signature proven to cover every byte of it; whom to trust is not asked here."""
    try:
        reader = PdfFileReader(BytesIO(content), strict=True)
        signatures = reader.embedded_signatures
        if not signatures:
            return Opened(("文件没有电子签章",))
        if len(signatures) > 1:
            return Opened(("文件有不止一个电子签章，不是本系统制作的",))
        fault = _fault(signatures[0], content)
        return Opened((fault,)) if fault else _opened(reader, signatures[0], content)
    except Exception as error:  # noqa: BLE001 -- whatever a stranger's file does to a parser, the answer is no
        logging.getLogger(__name__).debug("a PDF could not be read: %r", error)
        return Opened((NOT_A_PDF,))


def organ(certificate: x509.Certificate) -> str:
    """Return the name a seal's certificate gives its organ."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""


def plain(text: str) -> str:
    """Return text without what setting it changes: spaces, line breaks, wide and narrow forms."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _fault(signature: EmbeddedPdfSignature, content: bytes) -> str:
    """Return why the signature does not vouch for every byte, or an empty text."""
    if signature.sig_object.get("/SubFilter") != PADES:
        return "电子签章的格式不是 PAdES"
    # Its signer is believed here only as far as the arithmetic goes; the chain is judged by who calls.
    alone = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=alone)
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE or not status.intact:
        return CHANGED
    if not status.valid:
        return "电子签名与内容不符"
    return "" if _is_as_written(signature, content) else CHANGED


def _is_as_written(signature: EmbeddedPdfSignature, content: bytes) -> bool:
    """Return whether the one place a signature cannot cover, its own, is byte for byte as we write it.

    Others read hexadecimal in any case, pass over marks that nobody signs, and do not look behind its end.
    """
    begins, ends = int(signature.byte_range[1]), int(signature.byte_range[2])
    digits, held = _as_we_write(signature).hex().upper().encode(), content[begins:ends]
    return held == b"<" + digits + b"0" * (len(held) - 2 - len(digits)) + b">"


def _as_we_write(signature: EmbeddedPdfSignature) -> bytes:
    """Return the CMS container anew from what its signature vouches for (RFC 5652, with what PAdES leaves open)."""
    told = signature.signer_info
    # Each once and in the order of DER, and none of another kind: nobody signs which of them come along.
    held = {one.dump(): one for one in (signature.signer_cert, *signature.other_embedded_certs)}
    signer = {
        "version": "v1",
        "sid": told["sid"],
        "digest_algorithm": {"algorithm": "sha256"},
        "signed_attrs": told["signed_attrs"],
        "signature_algorithm": {"algorithm": "sha256_ecdsa"},
        "signature": told["signature"],
    }
    anew = {
        "version": "v1",
        "digest_algorithms": [{"algorithm": "sha256"}],
        "encap_content_info": {"content_type": "data"},
        "certificates": [cms.CertificateChoices(name="certificate", value=one) for one in held.values()],
        "signer_infos": [signer],
    }
    written: bytes = cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(anew)}).dump()
    return written


def _opened(reader: PdfFileReader, signature: EmbeddedPdfSignature, content: bytes) -> Opened:
    told = signature.self_reported_timestamp
    if told is None:
        return Opened(("电子签章没有写明时间",))
    if told.tzinfo is None:
        told = told.replace(tzinfo=UTC)
    files = list(_attached(reader))
    if len(files) > 1:
        return Opened(("文件里附有不止一份数据，不是本系统制作的",))
    held = (signature.signer_cert, *signature.other_embedded_certs)
    signer, *others = (parsed(x509.load_der_x509_certificate(one.dump())) for one in held)
    return Opened((), signer, tuple(others), told, files[0] if files else None, _text(content))


def _attached(reader: PdfFileReader) -> Iterator[bytes]:
    """Give every file the PDF carries, by the tree of names that readers show."""
    tree = reader.root.get("/Names", {}).get("/EmbeddedFiles")
    if tree is None:
        return
    for node in [tree, *(one.get_object() for one in tree.get("/Kids", []))]:
        entries = node.get("/Names", [])
        for index in range(1, len(entries), 2):
            yield entries[index]["/EF"]["/F"].data


def _text(content: bytes) -> str:
    document = pdfium.PdfDocument(content)
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()
