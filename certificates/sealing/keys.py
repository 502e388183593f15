"""Who keeps the seals' private keys: one seam. Here they lie sealed in files; a card or a seal platform fits too."""

from __future__ import annotations

import os
import re
import uuid
from pathlib import Path
from typing import Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from certificates.sealing.statement import ECDSA
from records.encrypting import envelope
from records.encrypting.envelope import Tampered

FILE = "file"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,120}")


class KeyUnavailable(Exception):
    """The provider has no such key, or cannot use it now."""


class Kept(Protocol):
    """What says who keeps its key: a seal, or a request for one."""

    @property
    def provider(self) -> str:
        """Return the provider's name."""


class Provider(Protocol):
    """What a keeper of keys must do. The private key itself never leaves it."""

    def make(self, key_name: str, *, algorithm: str) -> None:
        """Make a new key under a name nobody used."""

    def has(self, key_name: str) -> bool:
        """Return whether the key can be used now."""

    def sign(self, key_name: str, data: bytes) -> bytes:
        """Return the signature over data. Raises KeyUnavailable."""

    def request(self, key_name: str, *, subject: x509.Name) -> str:
        """Return a request for a certificate (PKCS#10, PEM) signed with the key. Raises KeyUnavailable."""

    def destroy(self, key_name: str) -> None:
        """Make the key unusable for ever; one that is gone is no fault."""


def provider(kept: Kept | str) -> Provider:
    """Return who keeps a seal's key. Raises KeyUnavailable for a name that is not configured."""
    name = kept if isinstance(kept, str) else kept.provider
    if name not in _PROVIDERS:
        raise KeyUnavailable(f"no provider {name!r}")
    return _PROVIDERS[name]


class FileKeys:
    """Keys in files of SEAL_KEYS_DIR, sealed with the keys of the encrypted fields, readable by the portal alone."""

    def __init__(self) -> None:
        """Begin with no key opened."""
        self._open: dict[Path, tuple[_Mark, ec.EllipticCurvePrivateKey]] = {}

    def make(self, key_name: str, *, algorithm: str = ECDSA) -> None:
        """Make a key and write it sealed; it is there whole or not at all."""
        if algorithm != ECDSA:
            raise KeyUnavailable(f"keys for {algorithm!r} are not made here")
        path = _path(key_name)
        if path.exists():
            raise FileExistsError(path.name)
        clear = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        _write(path, envelope.seal(clear.decode(), aad=_place(key_name)))

    def has(self, key_name: str) -> bool:
        """Return whether the file is there and opens."""
        try:
            self.private(key_name)
        except KeyUnavailable:
            return False
        return True

    def sign(self, key_name: str, data: bytes) -> bytes:
        """Return the DER signature (ECDSA P-256, SHA-256)."""
        return self.private(key_name).sign(data, ec.ECDSA(hashes.SHA256()))

    def request(self, key_name: str, *, subject: x509.Name) -> str:
        """Return the request for a certificate."""
        request = x509.CertificateSigningRequestBuilder().subject_name(subject)
        signed = request.sign(self.private(key_name), hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()

    def destroy(self, key_name: str) -> None:
        """Remove the file."""
        path = _path(key_name)
        self._open.pop(path, None)
        path.unlink(missing_ok=True)

    def seal_anew(self) -> int:
        """Seal every key with the active key of the encrypted fields; return how many were sealed otherwise."""
        changed = 0
        for path in sorted(settings.SEAL_KEYS_DIR.glob("*.key")):
            token, place = path.read_text(encoding="ascii"), _place(path.stem)
            if envelope.key_of(token) != settings.FIELD_KEY_ACTIVE:
                _write(path, envelope.seal(envelope.unseal(token, aad=place), aad=place))
                changed += 1
        return changed

    def private(self, key_name: str) -> ec.EllipticCurvePrivateKey:
        """Return the opened key, of the file provider only: kept open while its file stands there as it was opened.

        The file is looked at each time: another process may have destroyed the key, and then it is gone here, too.
        """
        path = _path(key_name)
        mark = _mark(path)
        known = self._open.get(path)
        if mark is None or known is None or known[0] != mark:
            self._open.pop(path, None)
            self._open[path] = known = (mark or (), _opened(path, key_name))
        return known[1]


_Mark = tuple[int, ...]  # what changes with a file: another one in its place, or written anew
FILE_KEYS = FileKeys()
_PROVIDERS: dict[str, Provider] = {FILE: FILE_KEYS}


def _mark(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns


def _opened(path: Path, key_name: str) -> ec.EllipticCurvePrivateKey:
    try:
        clear = envelope.unseal(path.read_text(encoding="ascii"), aad=_place(key_name))
    except (OSError, ValueError, Tampered) as error:
        raise KeyUnavailable(f"{key_name}: {type(error).__name__}") from error
    key = serialization.load_pem_private_key(clear.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def _path(key_name: str) -> Path:
    if not _NAME.fullmatch(key_name):
        raise KeyUnavailable("a key's name holds letters, digits, - and _")
    return Path(settings.SEAL_KEYS_DIR / f"{key_name}.key")


def _place(key_name: str) -> str:
    return f"seal-key:{key_name}"


def _write(path: Path, content: str) -> None:
    """Write a file only its owner reads; it must outlive a power cut: a seal's row will name it."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f".{path.name}-{uuid.uuid4().hex}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        target.write(content)
        target.flush()
        os.fsync(target.fileno())
    partial.replace(path)
