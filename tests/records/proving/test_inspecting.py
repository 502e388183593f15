"""Any change to any part of a journal is found, whatever it is: a property over small journals held in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from records.proving import chain
from records.proving.inspecting import Fault, FaultKind, Head, Inspection, Leaf

NOW = datetime(2026, 11, 21, tzinfo=UTC)
KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
Journal = tuple[list[chain.Entry], list[tuple[chain.Block, list[Leaf]]]]


def built(streams: list[int], *, block_size: int = 3) -> Journal:
    """Return a sound journal: one entry for each number of a stream, sealed in order."""
    entries: list[chain.Entry] = []
    for number, stream in enumerate(streams, 1):
        before = [entry for entry in entries if entry.stream == f"s{stream}"]
        bare = chain.Entry(
            id=number,
            stream=f"s{stream}",
            sequence=len(before) + 1,
            act=f"act {number}",
            actor="x",
            subject="",
            details={"n": number},
            at=NOW - timedelta(hours=1),
            salt=bytes([number]) * 16,
            digest=bytes([number]) * 32,
            previous=before[-1].hash if before else chain.GENESIS,
            hash=b"",
        )
        entries.append(replace(bare, hash=chain.entry_hash(bare)))
    blocks: list[tuple[chain.Block, list[Leaf]]] = []
    for start in range(0, len(entries), block_size):
        leaves = [
            Leaf(position, entry.id, entry.hash)
            for position, entry in enumerate(entries[start : start + block_size])
        ]
        blocks.append((signed(blocks, leaves), leaves))
    return entries, blocks


def signed(blocks: list[tuple[chain.Block, list[Leaf]]], leaves: list[Leaf]) -> chain.Block:
    bare = chain.Block(
        height=len(blocks) + 1,
        previous=blocks[-1][0].hash if blocks else chain.GENESIS,
        root=chain.merkle_root([leaf.hash for leaf in leaves]),
        size=len(leaves),
        at=NOW - timedelta(minutes=30),
        key_id=chain.key_id(KEY.public_key()),
        hash=b"",
        signature=b"",
    )
    return replace(bare, hash=chain.block_hash(bare), signature=KEY.sign(chain.block_header(bare)))


def inspected(journal: Journal, heads: list[Head] | None = None) -> list[Fault]:
    entries, blocks = journal
    inspection = Inspection(now=NOW, public_keys={chain.key_id(KEY.public_key()): KEY.public_key()})
    inspection.read_entries(sorted(entries, key=lambda entry: (entry.stream, entry.sequence)))
    for block, leaves in blocks:
        inspection.read_block(block, leaves)
    return inspection.finish(heads)


journals = st.lists(st.integers(0, 3), min_size=1, max_size=12).map(built)


@given(journals)
def test_a_sound_journal_has_no_fault(journal: Journal) -> None:
    heads = [Head(block.height, block.hash) for block, _ in journal[1]]
    assert inspected(journal, heads) == []


def other_value(value: Any) -> Any:
    match value:
        case bytes():
            return bytes([value[0] ^ 1]) + value[1:]
        case str():
            return value + "x"
        case int():
            return value + 1
        case datetime():
            return value + timedelta(microseconds=1)
        case _:
            return {**value, "more": 1}


@given(journals, st.data())
def test_any_changed_field_of_an_entry_is_found(journal: Journal, data: st.DataObject) -> None:
    entries, blocks = journal
    place = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(chain.Entry.__slots__))
    entries[place] = replace(entries[place], **{name: other_value(getattr(entries[place], name))})
    assert inspected((entries, blocks))


@given(journals, st.data())
def test_any_changed_field_of_a_block_is_found(journal: Journal, data: st.DataObject) -> None:
    entries, blocks = journal
    place = data.draw(st.integers(0, len(blocks) - 1))
    name = data.draw(st.sampled_from(chain.Block.__slots__))
    block, leaves = blocks[place]
    blocks[place] = replace(block, **{name: other_value(getattr(block, name))}), leaves
    assert inspected((entries, blocks))


@given(journals, st.data())
def test_any_dropped_entry_is_found_with_or_without_its_leaf(journal: Journal, data: st.DataObject) -> None:
    entries, blocks = journal
    gone = entries.pop(data.draw(st.integers(0, len(entries) - 1)))
    if data.draw(st.booleans()):
        blocks = [(block, [leaf for leaf in leaves if leaf.entry_id != gone.id]) for block, leaves in blocks]
    assert FaultKind.ENTRY_MISSING in {fault.kind for fault in inspected((entries, blocks))}


@given(st.lists(st.integers(0, 2), min_size=2, max_size=12).map(built), st.data())
def test_any_two_entries_with_swapped_content_are_named(journal: Journal, data: st.DataObject) -> None:
    entries, blocks = journal
    places = st.lists(st.integers(0, len(entries) - 1), min_size=2, max_size=2, unique=True)
    one, other = data.draw(places)
    names = data.draw(st.sampled_from([("act",), ("details", "salt"), ("act", "details", "salt", "digest")]))
    first, second = entries[one], entries[other]
    entries[one] = replace(first, **{name: getattr(second, name) for name in names})
    entries[other] = replace(second, **{name: getattr(first, name) for name in names})
    kinds = {fault.kind for fault in inspected((entries, blocks))}
    expected = FaultKind.ENTRY_CHANGED if names == ("details", "salt") else FaultKind.ENTRIES_SWAPPED
    assert expected in kinds


@given(journals)
def test_a_dropped_tail_of_blocks_is_known_to_the_heads(journal: Journal) -> None:
    entries, blocks = journal
    heads = [Head(block.height, block.hash) for block, _ in blocks]
    _, leaves = blocks.pop()
    kept = [entry for entry in entries if entry.id not in {leaf.entry_id for leaf in leaves}]
    assert FaultKind.BLOCK_MISSING in {fault.kind for fault in inspected((kept, blocks), heads)}


@given(journals)
def test_entries_in_no_block_are_unsealed(journal: Journal) -> None:
    faults = inspected((journal[0], []))
    assert [fault.kind for fault in faults] == [FaultKind.UNSEALED] * len(journal[0])


def test_one_entry_in_two_blocks_is_found() -> None:
    entries, blocks = built([0, 0, 0, 0])
    block, leaves = blocks[1]
    again = [*leaves, Leaf(1, 1, entries[0].hash)]
    assert inspected((entries, [blocks[0], (block, again)]))
