"""The sealer: committed entries become signed Merkle blocks, once, behind one advisory lock.

Writers never wait for it. It takes what `Pending` names, in the order of ids, whatever order they committed in.
"""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction

from common import clock
from records.models import Block, BlockEntry
from records.proving import chain
from records.proving.heads import HeadsFile

BLOCK_SIZE = 5000
_ONE_SEALER = 0x6A6F75726E616C  # advisory lock: "journal"
_TAKE = """
WITH due AS (
    SELECT p.entry_id, e.hash FROM records_journalpending p
    JOIN records_journalentry e ON e.id = p.entry_id ORDER BY p.entry_id LIMIT %s
), taken AS (DELETE FROM records_journalpending p USING due WHERE p.entry_id = due.entry_id)
SELECT entry_id, hash FROM due ORDER BY entry_id
"""


def seal_pending(*, block_size: int = BLOCK_SIZE) -> int:
    """Seal every committed entry that waits, in blocks of at most `block_size`; return how many were sealed.

    Does nothing while another sealer is at it.
    """
    total = 0
    while sealed := _seal_one_block(block_size):
        total += sealed
    transaction.on_commit(append_heads)
    return total


def append_heads() -> None:
    """Bring the heads file up to the last committed block, also after a crash between commit and append."""
    with HeadsFile(settings.JOURNAL_HEADS_FILE) as heads:
        missing = Block.objects.filter(height__gt=heads.last_height()).order_by("height")
        heads.append(as_block(block) for block in missing.iterator())


def as_block(block: Block) -> chain.Block:
    """Return a stored block as the pure value that is hashed."""
    return chain.Block(
        height=block.height,
        previous=bytes(block.previous),
        root=bytes(block.root),
        size=block.size,
        at=block.at,
        key_id=block.key_id,
        hash=bytes(block.hash),
        signature=bytes(block.signature),
    )


@transaction.atomic
def _seal_one_block(block_size: int) -> int:
    if not _alone():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [block_size])
        leaves = [(pk, bytes(leaf)) for pk, leaf in cursor.fetchall()]
    if not leaves:
        return 0
    block = _signed_block([leaf for _, leaf in leaves])
    Block.objects.bulk_create([_row(block)])
    BlockEntry.objects.bulk_create(
        BlockEntry(entry_id=pk, block_id=block.height, position=position, leaf=leaf)
        for position, (pk, leaf) in enumerate(leaves)
    )
    return len(leaves)


def _alone() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_ONE_SEALER])
        return bool(cursor.fetchone()[0])


def _signed_block(leaves: list[bytes]) -> chain.Block:
    key = Ed25519PrivateKey.from_private_bytes(settings.JOURNAL_KEY)
    last = Block.objects.order_by("-height").first()
    unsigned = chain.Block(
        height=last.height + 1 if last else 1,
        previous=bytes(last.hash) if last else chain.GENESIS,
        root=chain.merkle_root(leaves),
        size=len(leaves),
        at=clock.now(),
        key_id=chain.key_id(key.public_key()),
        hash=b"",
        signature=b"",
    )
    return replace(
        unsigned, hash=chain.block_hash(unsigned), signature=key.sign(chain.block_header(unsigned))
    )


def _row(block: chain.Block) -> Block:
    return Block(**{name: getattr(block, name) for name in chain.Block.__slots__})
