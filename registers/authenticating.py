"""Proving to a register who asks: a token, a signature, our certificate. Data names variables, never secrets."""

from __future__ import annotations

import hashlib
import hmac
import os
import ssl
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from common import clock
from registers.models import Register


class Unconfigured(Exception):
    """What the register's definition names is not there on this machine: nothing is sent without it."""

    def __init__(self, variable: str) -> None:
        """Keep the variable for the operator; nobody else is told its name."""
        super().__init__(variable)
        self.variable = variable


def headers(register: Register, *, path: str, body: bytes) -> dict[str, str]:
    """Return the headers that prove who asks; raises Unconfigured."""
    found: dict[str, str] = {}
    if register.secret_name:
        found["Authorization"] = f"Bearer {_secret(register.secret_name)}"
    if register.signing_key_name:
        at = str(int(clock.system_time().timestamp()))
        key = _secret(register.signing_key_name)
        found["X-Signature-Time"] = at
        found["X-Signature"] = signature(key, method="POST", path=path, at=at, body=body)
    return found


def signature(key: str, *, method: str, path: str, at: str, body: bytes) -> str:
    """Return HMAC-SHA-256 in hex over four lines: method, path, time (seconds since 1970), SHA-256 of the body."""
    signed = "\n".join((method, path, at, hashlib.sha256(body).hexdigest()))
    return hmac.digest(key.encode(), signed.encode(), hashlib.sha256).hex()


def context(register: Register) -> ssl.SSLContext | None:
    """Return how the register is spoken to where its definition says more than https; raises Unconfigured."""
    if not (register.client_certificate_name or register.authority_name):
        return None
    names = (register.client_certificate_name, register.client_key_name, register.authority_name)
    paths = [_file(name) if name else None for name in names]
    changed = tuple(path.stat().st_mtime_ns if path else 0 for path in paths)
    try:
        return _context(*paths, changed)
    except (ssl.SSLError, OSError) as error:
        raise Unconfigured(register.client_certificate_name or register.authority_name) from error


def missing(register: Register) -> Iterator[str]:
    """Yield each variable the definition names that is not there, or names no file that can be used."""
    for name in (register.secret_name, register.signing_key_name):
        try:
            if name:
                _secret(name)
        except Unconfigured as problem:
            yield problem.variable
    try:
        context(register)
    except Unconfigured as problem:
        yield problem.variable


@lru_cache(maxsize=64)
def _context(
    certificate: Path | None, key: Path | None, authority: Path | None, _changed: tuple[int, ...]
) -> ssl.SSLContext:
    """Make a context once for files as they are; certificates are renewed while a worker runs."""
    made = ssl.create_default_context(cafile=authority)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate is not None:
        made.load_cert_chain(certificate, key)
    return made


def _secret(name: str) -> str:
    """Return NAME, or the content of the file NAME_FILE names, as the portal's own secrets are read."""
    path = os.environ.get(f"{name}_FILE")
    try:
        found = Path(path).read_text(encoding="utf-8").strip() if path else os.environ.get(name, "")
    except (OSError, UnicodeDecodeError) as error:
        raise Unconfigured(name) from error
    if not found:
        raise Unconfigured(name)
    return found


def _file(name: str) -> Path:
    path = Path(os.environ.get(name, ""))
    if not os.environ.get(name) or not path.is_file():
        raise Unconfigured(name)
    return path
