"""The export of a journal as JSON lines, written and read, pure: what an outside auditor gets. No Django."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from records.proving import chain
from records.proving.inspecting import Head, Leaf

FORMAT = "records-journal/1"


class ExportUnreadable(ValueError):
    """The file is not an export of this format."""


def lines(
    *,
    at: datetime,
    public_keys: Mapping[str, Ed25519PublicKey],
    entries: Iterable[chain.Entry],
    blocks: Iterable[tuple[chain.Block, list[Leaf]]],
    heads: Iterable[Head],
) -> Iterator[str]:
    """Return the lines of an export: a header, entries by stream and sequence, blocks by height, heads."""
    keys = {kid: key.public_bytes_raw().hex() for kid, key in public_keys.items()}
    yield _line("export", {"format": FORMAT, "at": chain.moment(at), "public_keys": keys})
    for entry in entries:
        yield _line("entry", _plain(entry))
    for block, leaves in blocks:
        rows = [[leaf.position, leaf.entry_id, leaf.hash.hex()] for leaf in leaves]
        yield _line("block", _plain(block) | {"leaves": rows})
    for head in heads:
        yield _line("head", _plain(head))


def read_line(line: str) -> tuple[str, dict[str, Any]]:
    """Return the kind and the content of one line."""
    try:
        ((kind, content),) = json.loads(line).items()
    except (ValueError, AttributeError) as error:
        raise ExportUnreadable(f"not a line of an export: {line[:60]!r}") from error
    return kind, content


def as_entry(said: Mapping[str, Any]) -> chain.Entry:
    """Read an entry back."""
    raw = {name: bytes.fromhex(said[name]) for name in ("salt", "digest", "previous", "hash")}
    return chain.Entry(**{**said, **raw, "at": datetime.fromisoformat(said["at"])})


def as_block(said: Mapping[str, Any]) -> tuple[chain.Block, list[Leaf]]:
    """Read a block and its leaves back."""
    raw = {name: bytes.fromhex(said[name]) for name in ("previous", "root", "hash", "signature")}
    header = {name: value for name, value in said.items() if name != "leaves"}
    leaves = [Leaf(position, entry_id, bytes.fromhex(leaf)) for position, entry_id, leaf in said["leaves"]]
    return chain.Block(**{**header, **raw, "at": datetime.fromisoformat(said["at"])}), leaves


def as_head(said: Mapping[str, Any]) -> Head:
    """Read a head back."""
    return Head(int(said["height"]), bytes.fromhex(said["hash"]))


def _line(kind: str, content: Mapping[str, Any]) -> str:
    return json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _plain(value: chain.Entry | chain.Block | Head) -> dict[str, Any]:
    return {name: _text(getattr(value, name)) for name in value.__slots__}


def _text(value: Any) -> Any:
    match value:
        case bytes():
            return value.hex()
        case datetime():
            return chain.moment(value)
        case _:
            return value
