"""Sealed papers for tests, and the tools others check them with."""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
from asn1crypto import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.models import Certificate
from certificates.papers import making, stamping
from certificates.papers.stamping import Stamp
from certificates.sealing import keys
from tests.factories import seals
from tests.factories.certificates import AT, ISSUER


def paper(certificate: Certificate) -> bytes:
    """Return the certificate's sealed PDF."""
    return making.paper_of(certificate, actor="system", at=AT)


def text(content: bytes) -> str:
    """Return what the pages say, without spaces."""
    document = pdfium.PdfDocument(content)
    told = "".join(page.get_textpage().get_text_bounded() for page in document)
    document.close()
    return "".join(told.split())


def own_place(content: bytes) -> tuple[int, int]:
    """Return where the signature itself stands: the one place it does not cover."""
    found = re.search(rb"/ByteRange\s*\[\s*0 (\d+) (\d+) \d+\s*\]", content)
    assert found is not None
    return int(found[1]), int(found[2])


def flipped(content: bytes, position: int) -> bytes:
    """Return the content with one bit of one byte changed."""
    changed = bytearray(content)
    changed[position] ^= 1
    return bytes(changed)


def sealed_anew(content: bytes, *, chain: str = "", at: datetime = AT, **changes: Any) -> bytes:
    """Return the paper as a forger makes it: the same pages, sealed anew with another key, certificate or time."""
    bare = content[: content.index(b"%%EOF") + 6]
    seal = seals.seal_of(ISSUER)
    stamp = Stamp(keys.FILE_KEYS, seal.key_name, seal.certificate_pem, chain or seal.chain_pem, "测试局")
    return stamping.sealed(bare, stamp=replace(stamp, **changes), place=None, reason="x", at=at)


def blank(words: str) -> bytes:
    """Return a PDF of one page as anybody can set it: Latin words, no seal, no data."""
    shown = f"BT /F1 12 Tf 20 700 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    written, places = b"%PDF-1.7\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ends = b"trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % len(written)
    return written + b"xref\n0 6\n0000000000 65535 f \n" + table + ends


def positions(content: bytes, *, many: int) -> tuple[list[int], list[int]]:
    """Return positions the signature covers, and positions within itself; the same ones each time."""
    begins, ends = own_place(content)
    dice = random.Random("one changed byte")
    after = range(ends, len(content), (len(content) - ends) // 8)
    covered = [*range(0, begins, begins // many), *after, len(content) - 1]
    return covered, sorted(dice.sample(range(begins, ends), many))


def believed_by_pyhanko(content: bytes) -> bool:
    """Return whether pyHanko's own validator finds the file whole, signed, and its signer trusted."""
    root = x509.Certificate.load(seals.root().public_bytes(serialization.Encoding.DER))
    try:
        (signature,) = PdfFileReader(BytesIO(content)).embedded_signatures
        context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=AT)
        status = validate_pdf_signature(signature, signer_validation_context=context)
    except Exception:  # noqa: BLE001 -- a file it cannot read is a file it does not believe
        return False
    return bool(status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE)


def trust_folder(folder: Path) -> Path:
    """Write the tests' authority as an outsider would keep it: a folder of PEM files."""
    folder.mkdir(exist_ok=True)
    (folder / "authority.pem").write_text(seals.pem(seals.root()), encoding="ascii")
    return folder


class Poppler:
    """pdfsig with a store of its own that trusts the tests' authority."""

    def __init__(self, folder: Path) -> None:
        """Make the store (NSS)."""
        self._folder = folder
        authority = trust_folder(folder / "trust") / "authority.pem"
        store = f"sql:{folder}"
        subprocess.run(["certutil", "-N", "-d", store, "--empty-password"], check=True)
        subprocess.run(
            ["certutil", "-A", "-d", store, "-n", "authority", "-t", "CT,C,C", "-i", str(authority)],
            check=True,
        )

    def believes(self, content: bytes) -> bool:
        """Return whether it finds the signature valid, its signer trusted, and the whole file signed."""
        path = self._folder / "asked.pdf"
        path.write_bytes(content)
        told = subprocess.run(
            ["pdfsig", "-nssdir", f"sql:{self._folder}", str(path)], capture_output=True, text=True
        ).stdout
        wanted = ("Signature is Valid", "Certificate is Trusted", "Total document signed")
        return all(words in told for words in wanted) and "Signature #2" not in told


TODAY: date = AT.date()
