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
