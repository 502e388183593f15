"""Finds what is wrong with a journal, pure: entries, blocks and heads in, named faults out. No Django."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import combinations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from records.proving import chain

SEALED_WITHIN = timedelta(minutes=1)
PAIRS_TRIED = 60  # how many changed entries are compared with each other to name a swap
_CONTENT = ("act", "actor", "subject", "details", "at", "salt", "digest")
_EXCHANGES: tuple[tuple[str, ...], ...] = (
    ("stream", "sequence"),
    _CONTENT,
    (*_CONTENT, "hash"),
    (*_CONTENT, "previous", "hash"),
    *((name,) for name in ("stream", "sequence", *_CONTENT, "previous")),
)


class FaultKind(StrEnum):
    """What happened to the journal."""

    ENTRY_CHANGED = "entry changed"
    ENTRY_MISSING = "entry missing"
    ENTRIES_SWAPPED = "entries swapped"
    LINK_BROKEN = "link broken"
    EVENT_CHANGED = "event changed"
    BLOCK_CHANGED = "block changed"
    BLOCK_MISSING = "block missing"
    HEAD_DIFFERS = "head differs"
    HEAD_MISSING = "head missing"
    UNSEALED = "unsealed"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and where."""

    kind: FaultKind
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.where}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """A place in a block: which entry, and the hash it had when sealed."""

    position: int
    entry_id: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Head:
    """A block head as the file outside the database keeps it."""

    height: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class _Seen:
    where: str
    hash: bytes
    at: datetime


@dataclass(slots=True)
class Inspection:
    """One pass over a journal: all entries first, then all blocks, then `finish`. Memory: one small row an entry."""

    now: datetime
    public_keys: Mapping[str, Ed25519PublicKey]
    faults: list[Fault] = field(default_factory=list)
    _seen: dict[int, _Seen] = field(default_factory=dict)
    _sealed: set[int] = field(default_factory=set)
    _changed: list[chain.Entry] = field(default_factory=list)
    _blocks: dict[int, chain.Block] = field(default_factory=dict)

    def read_entries(self, entries: Iterable[chain.Entry]) -> None:
        """Check entries ordered by stream and sequence: own hash, place in the stream, link to the one before."""
        last: chain.Entry | None = None
        for entry in entries:
            before = last if last is not None and last.stream == entry.stream else None
            sound = chain.entry_hash(entry) == entry.hash
            if not sound:
                self._changed.append(entry)
            self._check_place(entry, before, sound=sound)
            self._seen[entry.id] = _Seen(place_of(entry), entry.hash, entry.at)
            last = entry
        self.faults += _name_changes(self._changed)

    def _check_place(self, entry: chain.Entry, before: chain.Entry | None, *, sound: bool) -> None:
        expected = before.sequence + 1 if before else 1
        if entry.sequence != expected:
            gone = f"stream {entry.stream} sequence {expected}"
            if entry.sequence > expected + 1:
                gone += f" to {entry.sequence - 1}"
            self._add(FaultKind.ENTRY_MISSING, gone, f"the next entry there is {entry.sequence}")
            return
        neighbour_changed = before is not None and before in self._changed[-2:]
        link = before.hash if before else chain.GENESIS
        if sound and not neighbour_changed and entry.previous != link:
            self._add(FaultKind.LINK_BROKEN, place_of(entry), "it does not point to the entry before it")

    def read_block(self, block: chain.Block, leaves: Sequence[Leaf]) -> None:
        """Check one block, in order of height, with its leaves in order of position."""
        before = self._blocks.get(block.height - 1)
        where = f"block {block.height}"
        tip = max(self._blocks, default=0)
        if block.height != tip + 1:
            self._add(FaultKind.BLOCK_MISSING, f"block {tip + 1}", f"the next block is {block.height}")
        elif block.previous != (before.hash if before else chain.GENESIS):
            self._add(FaultKind.BLOCK_CHANGED, where, "it does not point to the block before it")
        if fault := self._header_fault(block):
            self._add(FaultKind.BLOCK_CHANGED, where, fault)
        self._blocks[block.height] = block
        self._check_leaves(block, leaves)

    def _header_fault(self, block: chain.Block) -> str:
        if chain.block_hash(block) != block.hash:
            return "its header does not have its hash"
        key = self.public_keys.get(block.key_id)
        if key is None:
            return f"it is signed with a key that is not known ({block.key_id})"
        try:
            key.verify(block.signature, chain.block_header(block))
        except InvalidSignature:
            return "its signature is wrong"
        return ""

    def _check_leaves(self, block: chain.Block, leaves: Sequence[Leaf]) -> None:
        where = f"block {block.height}"
        gone = set(range(block.size)) - {leaf.position for leaf in leaves}
        for position in sorted(gone):
            self._add(
                FaultKind.ENTRY_MISSING,
                f"{where} position {position}",
                "the sealed entry was dropped with its place",
            )
        if not gone and chain.merkle_root([leaf.hash for leaf in leaves]) != block.root:
            self._add(FaultKind.BLOCK_CHANGED, where, "its entries do not give its Merkle root")
        differing = []
        for leaf in leaves:
            self._sealed.add(leaf.entry_id)
            seen = self._seen.get(leaf.entry_id)
            if seen is None:
                place = f"{where} position {leaf.position}"
                self._add(
                    FaultKind.ENTRY_MISSING, place, f"entry {leaf.entry_id} was dropped after it was sealed"
                )
            elif seen.hash != leaf.hash:
                differing.append((leaf, seen))
        self._name_differing(where, differing)

    def _name_differing(self, where: str, differing: Sequence[tuple[Leaf, _Seen]]) -> None:
        by_hash = {seen.hash: leaf for leaf, seen in differing}
        for leaf, seen in differing:
            other = by_hash.get(leaf.hash)
            if other is None:
                detail = f"not as it was sealed at {where} position {leaf.position}"
                self._add(FaultKind.ENTRY_CHANGED, seen.where, detail)
            elif leaf.position < other.position:
                detail = f"positions {leaf.position} and {other.position} hold each other's entry"
                self._add(FaultKind.ENTRIES_SWAPPED, where, detail)

    def finish(self, heads: Sequence[Head] | None) -> list[Fault]:
        """Compare with the heads kept outside (None: none were given), name what is unsealed, and return all faults."""
        for entry_id, seen in self._seen.items():
            if entry_id not in self._sealed and self.now - seen.at > SEALED_WITHIN:
                self._add(FaultKind.UNSEALED, seen.where, f"in no block since {chain.moment(seen.at)}")
        if heads is not None:
            self._compare_heads({head.height: head for head in heads}, heads)
        return self.faults

    def _compare_heads(self, known: Mapping[int, Head], heads: Sequence[Head]) -> None:
        for head in heads:
            block = self._blocks.get(head.height)
            if block is None:
                self._add(FaultKind.BLOCK_MISSING, f"block {head.height}", "the heads file knows it")
            elif block.hash != head.hash:
                self._add(
                    FaultKind.HEAD_DIFFERS, f"block {head.height}", "the heads file has another hash for it"
                )
        for height, block in self._blocks.items():
            if height not in known and self.now - block.at > SEALED_WITHIN:
                self._add(FaultKind.HEAD_MISSING, f"block {height}", "the heads file does not know it")

    def _add(self, kind: FaultKind, where: str, detail: str) -> None:
        self.faults.append(Fault(kind, where, detail))


def place_of(entry: chain.Entry) -> str:
    """Return how a fault names an entry."""
    return f"stream {entry.stream} sequence {entry.sequence} (entry {entry.id})"


def _name_changes(changed: Sequence[chain.Entry]) -> Iterator[Fault]:
    """Name entries whose content does not have their hash; two that hold each other's content were swapped."""
    swapped: set[int] = set()
    for one, other in combinations(changed[:PAIRS_TRIED], 2):
        if not {one.id, other.id} & swapped and _were_exchanged(one, other):
            swapped |= {one.id, other.id}
            yield Fault(FaultKind.ENTRIES_SWAPPED, place_of(one), f"exchanged with {place_of(other)}")
    for entry in changed:
        if entry.id not in swapped:
            yield Fault(FaultKind.ENTRY_CHANGED, place_of(entry), "its content does not have its hash")


def _were_exchanged(one: chain.Entry, other: chain.Entry) -> bool:
    for names in _EXCHANGES:
        back_one = replace(one, **{name: getattr(other, name) for name in names})
        back_other = replace(other, **{name: getattr(one, name) for name in names})
        if all(chain.entry_hash(entry) == entry.hash for entry in (back_one, back_other)):
            return True
    return False
