import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.proving import chain

# Test vectors of RFC 6962 (Certificate Transparency): roots over the first n of these leaves.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ENTRY = chain.Entry(
    id=1,
    stream="application:1",
    sequence=1,
    act="submitted",
    actor="person:1",
    subject="",
    details={"edition": 3},
    at=datetime(2026, 11, 21, 1, 2, 3, 4, tzinfo=UTC),
    salt=b"s" * 16,
    digest=b"d" * 32,
    previous=chain.GENESIS,
    hash=b"",
)


@pytest.mark.parametrize("count", range(9))
def test_merkle_roots_of_the_standard(count: int) -> None:
    assert chain.merkle_root([bytes.fromhex(leaf) for leaf in LEAVES[:count]]).hex() == ROOTS[count]


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40, unique=True), st.data())
def test_any_changed_dropped_or_swapped_leaf_changes_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    root = chain.merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    assert chain.merkle_root([*leaves[:place], bytes(32), *leaves[place + 1 :]]) != root or leaves[
        place
    ] == bytes(32)
    assert chain.merkle_root(leaves[:place] + leaves[place + 1 :]) != root
    if place:
        swapped = [*leaves[: place - 1], leaves[place], leaves[place - 1], *leaves[place + 1 :]]
        assert chain.merkle_root(swapped) != root


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": "application:2"},
        {"sequence": 2},
        {"act": "withdrawn"},
        {"actor": "person:2"},
        {"subject": "x"},
        {"details": {"edition": 4}},
        {"details": {}},
        {"at": ENTRY.at + timedelta(microseconds=1)},
        {"salt": b"t" * 16},
        {"digest": b"e" * 32},
        {"previous": b"p" * 32},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_everything_an_entry_says_is_in_its_hash(changes: dict[str, object]) -> None:
    assert chain.entry_hash(replace(ENTRY, **changes)) != chain.entry_hash(ENTRY)  # type: ignore[arg-type]


def test_the_hash_does_not_depend_on_spelling() -> None:
    elsewhere = ENTRY.at.astimezone(timezone(timedelta(hours=8)))
    ordered = replace(ENTRY, details={"a": 1, "b": 2}, at=elsewhere)
    assert chain.entry_hash(ordered) == chain.entry_hash(replace(ENTRY, details={"b": 2, "a": 1}))


def test_the_canonical_form_is_fixed_for_ever() -> None:
    written = (
        '{"act":"submitted","actor":"person:1","at":"2026-11-21T01:02:03.000004+00:00","details":{"edition":3},'
        f'"digest":"{"64" * 32}","previous":"{"00" * 32}","salt":"{"73" * 16}","sequence":1,'
        '"stream":"application:1","subject":""}'
    )
    assert chain.entry_hash(ENTRY) == hashlib.sha256(written.encode()).digest()


def test_the_digest_keeps_kind_and_text_apart() -> None:
    digests = {
        chain.payload_digest(salt=b"s", kind="ab", text="c"),
        chain.payload_digest(salt=b"s", kind="a", text="bc"),
        chain.payload_digest(salt=b"t", kind="a", text="bc"),
    }
    assert len(digests) == 3
