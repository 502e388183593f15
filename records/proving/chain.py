"""The arithmetic of the journal, pure: what is hashed, how entries and blocks hang together. No Django."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"
GENESIS = bytes(32)  # what the first entry of a stream and the first block point back to


@dataclass(frozen=True, slots=True)
class Entry:
    """One journal entry as stored."""

    id: int
    stream: str
    sequence: int
    act: str
    actor: str
    subject: str
    details: Mapping[str, Json]
    at: datetime
    salt: bytes
    digest: bytes
    previous: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """One sealed block as stored; `leaves` stand apart."""

    height: int
    previous: bytes
    root: bytes
    size: int
    at: datetime
    key_id: str
    hash: bytes
    signature: bytes


def moment(at: datetime) -> str:
    """Return the one spelling of a moment: UTC, microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def payload_digest(*, salt: bytes, kind: str, text: str) -> bytes:
    """Return the salted digest of what the applicant was told: proof of the words without the words."""
    return hashlib.sha256(salt + rfc8785.dumps([kind, text])).digest()


def entry_hash(entry: Entry) -> bytes:
    """Return SHA-256 over the canonical JSON (RFC 8785) of everything an entry says, and of the one before it."""
    said: dict[str, Any] = {
        "stream": entry.stream,
        "sequence": entry.sequence,
        "act": entry.act,
        "actor": entry.actor,
        "subject": entry.subject,
        "details": entry.details,
        "at": moment(entry.at),
        "salt": entry.salt.hex(),
        "digest": entry.digest.hex(),
        "previous": entry.previous.hex(),
    }
    return hashlib.sha256(rfc8785.dumps(said)).digest()


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash of RFC 6962 over entry hashes."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    while len(level) > 1:
        pairs = [
            hashlib.sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)
        ]
        level = pairs + (level[-1:] if len(level) % 2 else [])
    return level[0]


def block_header(block: Block) -> bytes:
    """Return the canonical JSON that is hashed and signed."""
    said: dict[str, Any] = {
        "height": block.height,
        "previous": block.previous.hex(),
        "root": block.root.hex(),
        "size": block.size,
        "at": moment(block.at),
        "key": block.key_id,
    }
    return rfc8785.dumps(said)


def block_hash(block: Block) -> bytes:
    """Return SHA-256 of the header: what the next block and the heads file name."""
    return hashlib.sha256(block_header(block)).digest()


def public_key(seed: bytes) -> Ed25519PublicKey:
    """Return the key that proves signatures made with this seed."""
    return Ed25519PrivateKey.from_private_bytes(seed).public_key()


def key_id(key: Ed25519PublicKey) -> str:
    """Return the short name of a public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]
