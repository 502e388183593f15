from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.conf import settings
from django.db import connection, transaction

from records.journal import Note, note, note_many
from records.models import Block, BlockEntry, JournalEntry, Pending
from records.proving import chain
from records.proving.heads import read_heads
from records.proving.sealing import as_block, seal_pending
from records.proving.verifying import verify
from records.tasks import seal
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def write(count: int, *, stream: str = "s") -> None:
    with transaction.atomic():
        note_many([Note(f"{stream}:{number % 7}", "x", "y") for number in range(count)])


def sealed_ids() -> list[int]:
    return list(BlockEntry.objects.order_by("block_id", "position").values_list("entry_id", flat=True))


def test_every_entry_stands_in_one_block_once() -> None:
    write(25)
    assert seal_pending(block_size=10) == 25
    assert list(Block.objects.order_by("height").values_list("size", flat=True)) == [10, 10, 5]
    assert sorted(sealed_ids()) == list(JournalEntry.objects.order_by("id").values_list("id", flat=True))
    assert not Pending.objects.exists()
    assert verify() == []


def test_nothing_pending_makes_no_block() -> None:
    assert seal_pending() == 0
    write(1)
    assert seal_pending() == 1
    assert seal_pending() == 0
    assert Block.objects.count() == 1


def test_the_task_seals() -> None:
    write(3)
    seal()
    assert not Pending.objects.exists()


def test_blocks_are_signed_and_chained() -> None:
    for _ in range(3):
        write(2)
        seal_pending()
    blocks = [as_block(block) for block in Block.objects.order_by("height")]
    assert [block.height for block in blocks] == [1, 2, 3]
    assert [block.previous for block in blocks] == [chain.GENESIS, blocks[0].hash, blocks[1].hash]
    key = chain.public_key(settings.JOURNAL_KEY)
    for block in blocks:
        assert chain.block_hash(block) == block.hash
        key.verify(block.signature, chain.block_header(block))
    with pytest.raises(InvalidSignature):
        chain.public_key(b"x" * 32).verify(blocks[0].signature, chain.block_header(blocks[0]))


def test_heads_go_to_the_file_outside() -> None:
    write(2)
    seal_pending()
    write(2)
    seal_pending()
    stored = [(block.height, bytes(block.hash)) for block in Block.objects.order_by("height")]
    assert [(head.height, head.hash) for head in read_heads(settings.JOURNAL_HEADS_FILE)] == stored


def test_a_head_lost_in_a_crash_after_commit_is_appended_by_the_next_run(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(1)
    with monkeypatch.context() as patch:
        patch.setattr("records.proving.sealing.append_heads", lambda: None)
        seal_pending()
    assert read_heads(settings.JOURNAL_HEADS_FILE) == []
    seal_pending()
    assert [head.height for head in read_heads(settings.JOURNAL_HEADS_FILE)] == [1]


def test_a_block_that_is_rolled_back_leaves_no_head() -> None:
    write(1)
    with transaction.atomic():
        assert seal_pending() == 1
        transaction.set_rollback(True)
    assert read_heads(settings.JOURNAL_HEADS_FILE) == []
    assert Pending.objects.count() == 1
    assert seal_pending() == 1
    assert verify() == []


def test_an_open_transaction_is_sealed_once_it_commits_whatever_its_ids() -> None:
    early_stands, late_is_sealed = Event(), Event()

    def work(number: int) -> None:
        if number == 0:
            with transaction.atomic():
                note(stream="early", act="x", actor="y")
                early_stands.set()
                assert late_is_sealed.wait(timeout=30)
            return
        assert early_stands.wait(timeout=30)
        with transaction.atomic():
            note(stream="late", act="x", actor="y")
        assert seal_pending() == 1
        late_is_sealed.set()

    in_threads(work, threads=2)
    assert seal_pending() == 1
    ids = sealed_ids()
    assert ids == sorted(ids, reverse=True)
    assert verify() == []


def test_two_sealers_at_once_seal_each_entry_once() -> None:
    write(60)
    counts = in_threads(lambda _number: seal_pending(block_size=7), threads=3)
    while seal_pending():
        pass
    assert sum(counts) <= 60
    assert sorted(sealed_ids()) == list(JournalEntry.objects.order_by("id").values_list("id", flat=True))
    assert [head.height for head in read_heads(settings.JOURNAL_HEADS_FILE)] == list(
        Block.objects.order_by("height").values_list("height", flat=True)
    )
    assert verify() == []


def test_while_one_seals_the_other_does_not_wait() -> None:
    def work(number: int) -> Any:
        if number == 0:
            with transaction.atomic():
                answer = seal_pending()
                first_holds.set()
                assert second_answered.wait(timeout=30)
            return answer
        assert first_holds.wait(timeout=30)
        try:
            return seal_pending()
        finally:
            second_answered.set()

    write(5)
    first_holds, second_answered = Event(), Event()
    assert in_threads(work, threads=2) == [5, 0]
    assert BlockEntry.objects.count() == 5


def test_writers_do_not_wait_for_the_sealer() -> None:
    write(5)
    with transaction.atomic():
        seal_pending()

        def work(_number: int) -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '1s'")
            with transaction.atomic():
                note(stream="s:0", act="meanwhile", actor="y")

        in_threads(work, threads=1)
    assert verify() == []


def test_sealing_asks_for_a_bounded_number_of_statements(django_assert_num_queries: Any) -> None:
    write(5)
    with django_assert_num_queries(12):  # one block and the look that finds no more
        seal_pending()
    write(500)
    with django_assert_num_queries(12):
        seal_pending()
