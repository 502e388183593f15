"""Sealed text: AES-256-GCM under a named key, bound to the one place it belongs to (个人信息保护法 51)."""

from __future__ import annotations

import os
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")
NONCE_BYTES = 12  # random: one key may seal 2^32 values before it must be rotated


class Tampered(Exception):
    """A sealed value was changed, moved to another place, or sealed with a key this process does not hold."""


def seal(plaintext: str, *, aad: str) -> str:
    """Return `kid:nonce:ciphertext` (URL-safe base64) under the active key; `aad` names the place it belongs to."""
    kid = settings.FIELD_KEY_ACTIVE
    nonce = os.urandom(NONCE_BYTES)
    ciphertext = _cipher(settings.FIELD_KEYS[kid]).encrypt(nonce, plaintext.encode(), _bound(kid, aad))
    return f"{kid}:{urlsafe_b64encode(nonce).decode()}:{urlsafe_b64encode(ciphertext).decode()}"


def unseal(token: str, *, aad: str) -> str:
    """Return the plaintext of a token made by `seal` for the same place, with any key of the ring."""
    kid, _, rest = token.partition(":")
    nonce, _, ciphertext = rest.partition(":")
    key = settings.FIELD_KEYS.get(kid)
    if key is None:
        raise Tampered(f"no key {kid[:32]!r} for {aad}")
    try:
        return _cipher(key).decrypt(_bytes(nonce), _bytes(ciphertext), _bound(kid, aad)).decode()
    except (InvalidTag, ValueError) as error:
        raise Tampered(f"the sealed value at {aad} is not what was written there") from error


def key_of(token: str) -> str:
    """Return the id of the key a token was sealed with: what a rotation looks for."""
    return token.partition(":")[0]


def _bytes(text: str) -> bytes:
    """Return what was encoded. The decoder also reads `+` for `-` and any last bits; a token has one spelling."""
    read = urlsafe_b64decode(text)
    if urlsafe_b64encode(read).decode() != text:
        raise ValueError("not as it was written")
    return read


def _bound(kid: str, aad: str) -> bytes:
    return f"{kid}:{aad}".encode()


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
