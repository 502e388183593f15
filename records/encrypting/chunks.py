"""Sealed streams: AES-256-GCM a chunk at a time, so that a large file is never whole in memory nor in clear on disk.

A file is `kid` and newline, then frames of nonce, ciphertext and tag. Each frame is bound to its place, its number and
to whether it is the last: none can be changed, swapped, left out, or cut off at the end without being found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from records.encrypting.envelope import KEY_ID, NONCE_BYTES, Tampered

CHUNK = 64 * 1024  # bytes of plaintext in a frame; the last one holds fewer
FRAME = NONCE_BYTES + CHUNK + 16  # GCM's tag has 16 bytes
_LONGEST_HEADER = 34


class SealedWriter:
    """Seals what is written to an open file; nothing is readable before `finish`."""

    def __init__(self, target: BinaryIO, *, place: str) -> None:
        """Write the key's name under the active key; `place` names where the content belongs."""
        self._target, self._place, self._kid = target, place, settings.FIELD_KEY_ACTIVE
        self._cipher = _cipher(settings.FIELD_KEYS[self._kid])
        self._held = bytearray()
        self._number = 0
        target.write(f"{self._kid}\n".encode())

    def write(self, content: bytes) -> None:
        """Take more plaintext; whole chunks are sealed, the rest is held in memory."""
        self._held += content
        while len(self._held) > CHUNK:
            self._seal(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]

    def finish(self) -> None:
        """Seal the last chunk. The caller closes the file."""
        self._seal(bytes(self._held), last=True)
        self._held.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        nonce = os.urandom(NONCE_BYTES)
        bound = _bound(self._kid, self._place, self._number, last=last)
        self._target.write(nonce + self._cipher.encrypt(nonce, chunk, bound))
        self._number += 1


def unsealed(source: BinaryIO, *, place: str) -> Iterator[bytes]:
    """Give the plaintext of a sealed stream chunk by chunk. Raises Tampered where it is not what was sealed there."""
    kid = source.readline(_LONGEST_HEADER).decode("ascii", "replace").removesuffix("\n")
    key = settings.FIELD_KEYS.get(kid)
    if key is None:
        raise Tampered(f"no key {kid[:32] if KEY_ID.fullmatch(kid) else '?'!r} for {place}")
    cipher, number, frame = _cipher(key), 0, source.read(FRAME)
    while True:
        following = source.read(FRAME)
        yield _opened(cipher, frame, _bound(kid, place, number, last=not following), place)
        if not following:
            return
        frame, number = following, number + 1


def _opened(cipher: AESGCM, frame: bytes, bound: bytes, place: str) -> bytes:
    try:
        return cipher.decrypt(frame[:NONCE_BYTES], frame[NONCE_BYTES:], bound)
    except (InvalidTag, ValueError) as error:
        raise Tampered(f"the sealed stream at {place} is not what was written there") from error


def _bound(kid: str, place: str, number: int, *, last: bool) -> bytes:
    return f"{kid}:{place}:{number}:{'last' if last else 'more'}".encode()


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
