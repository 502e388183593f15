"""Keyed hashes: how a person is found without the number standing anywhere in clear."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from common.identifiers import tidy


class HashKind(StrEnum):
    """What is hashed; each kind has its own key, so equal values of two kinds do not meet."""

    RESIDENT_ID = "resident_id"
    CREDIT_CODE = "credit_code"
    MOBILE = "mobile"
    BANK_ACCOUNT = "bank_account"
    NAME = "name"
    ADDRESS = "address"
    CERTIFICATE_NUMBER = "certificate_number"
    CERTIFICATE_SALT = "certificate_salt"
    LOGIN = "login"
    BEARER = "bearer"
    FILE = "file"
    HOUSEHOLD = "household"
    REGISTER_QUESTION = "register_question"
    SPOKEN_CODE = "spoken_code"


_AS_IT_IS = frozenset({HashKind.BEARER, HashKind.REGISTER_QUESTION})


def keyed(kind: HashKind, value: str) -> bytes:
    """Return 32 bytes, HMAC-SHA256 of the normalised value under the key of its kind (from settings.HASH_KEY)."""
    running = _begun(settings.HASH_KEY, kind).copy()
    running.update(normalised(kind, value).encode())
    return running.digest()


def keyed_stream(chunks: Iterable[bytes]) -> bytes:
    """Return 32 bytes, the keyed hash of a file's content."""
    running = _begun(settings.HASH_KEY, HashKind.FILE).copy()
    for chunk in chunks:
        running.update(chunk)
    return running.digest()


def normalised(kind: HashKind, value: str) -> str:
    """Return the one spelling of a value, so that half-width, spaces, hyphens and case do not hide a person."""
    if kind in _AS_IT_IS:
        return value
    return tidy(_FOLDED.get(kind, str.casefold)(tidy(value)))


_FOLDED: dict[HashKind, Callable[[str], str]] = {
    HashKind.RESIDENT_ID: str.upper,
    HashKind.CREDIT_CODE: str.upper,
    HashKind.MOBILE: lambda text: re.sub(r"^(\+86|86(?=1\d{10}$))", "", text.replace("-", "")),
    HashKind.BANK_ACCOUNT: lambda text: text.replace("-", ""),
    HashKind.NAME: lambda text: re.sub(r"[·•‧・∙.]", "·", text).upper(),
}


@lru_cache(maxsize=64)
def _begun(root: bytes, kind: HashKind) -> hmac.HMAC:
    """Return the hash with its key taken in, to be copied: taking the key in is half of what a short value costs."""
    info = f"keyed-hash:{kind}".encode()
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(root)
    return hmac.new(key, digestmod=hashlib.sha256)
