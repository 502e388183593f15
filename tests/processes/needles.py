"""Searches what a portal has written for what identifies people: in clear, encoded, or hashed without key."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from urllib.parse import quote, quote_plus

DIGESTS = ("md5", "sha1", "sha256", "sha512")
LONG_NUMBER = re.compile(rb"[0-9]{11,}[Xx]?")
PACKED = re.compile(rb"\.?[A-Za-z0-9_-]{40,}(?:=*)")


def forms(secret: str) -> dict[str, bytes]:
    """Return every way a value may lie about, by the name of the way."""
    raw = secret.encode()
    found = {
        "in clear": raw,
        "escaped": json.dumps(secret)[1:-1].encode(),
        "in hex": raw.hex().encode(),
        "in base64": base64.b64encode(raw).rstrip(b"="),
        "in an address": quote(secret).encode(),
        "in a form": quote_plus(secret).encode(),
    }
    for name in DIGESTS:
        digest = hashlib.new(name, raw).digest()
        found[f"{name} in hex"] = digest.hex().encode()
        found[f"{name} in HEX"] = digest.hex().upper().encode()
        found[f"{name} in base64"] = base64.b64encode(digest).rstrip(b"=")
        found[f"{name} in base64 for addresses"] = base64.urlsafe_b64encode(digest).rstrip(b"=")
        found[f"{name} as bytes"] = digest
    return found


def variants(secret: str) -> set[str]:
    """Return the spellings under which one value may be written or hashed."""
    return {secret, secret.lower(), "".join(secret.split())}


class Needles:
    """What must be found nowhere."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets = sorted({spelling for secret in secrets for spelling in variants(secret) if spelling})
        self.ways = {
            needle: (secret, way) for secret in self.secrets for way, needle in forms(secret).items()
        }
        self.numbers = {secret.upper().encode() for secret in self.secrets if secret[:-1].isdigit()}

    def found_in(self, content: bytes) -> list[str]:
        """Return what a text holds, as `way: secret`."""
        return [f"{way}: {secret}" for needle, (secret, way) in self.ways.items() if needle in content]

    def numbers_in(self, content: bytes) -> list[str]:
        """Return which numbers stand in clear in a large file, quickly."""
        lengths = sorted({len(number) for number in self.numbers})
        found = set()
        for match in LONG_NUMBER.finditer(content):
            run = match.group().upper()
            for length in lengths:
                found |= {
                    run[at : at + length]
                    for at in range(len(run) - length + 1)
                    if run[at : at + length] in self.numbers
                }
        return sorted(f"in clear: {number.decode()}" for number in found)


def unpacked(content: bytes) -> Iterator[bytes]:
    """Give what lies inside base64 in a text (sessions, queue messages), once more unpacked if it was compressed."""
    for match in PACKED.finditer(content):
        token = match.group()
        try:
            inner = base64.urlsafe_b64decode(token.strip(b".=") + b"=" * (-len(token.strip(b".=")) % 4))
        except ValueError:
            continue
        try:
            yield zlib.decompress(inner)
        except zlib.error:
            yield inner
