from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from records.proving import chain
from records.proving.heads import HeadsFile, HeadsUnreadable, read_heads
from tests.records.threads import in_threads

BLOCK = chain.Block(
    1, chain.GENESIS, b"r" * 32, 1, datetime(2026, 1, 1, tzinfo=UTC), "key", b"h" * 32, b"s" * 64
)


def append(path: Path, *heights: int) -> None:
    with HeadsFile(path) as heads:
        heads.append(replace(BLOCK, height=height) for height in heights)


def test_heads_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "heads.jsonl"
    assert read_heads(path) == []
    append(path, 1, 2)
    append(path)
    append(path, 3)
    assert [head.height for head in read_heads(path)] == [1, 2, 3]
    assert read_heads(path)[0].hash == BLOCK.hash


def test_the_last_height_is_read_from_the_end(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    with HeadsFile(path) as heads:
        assert heads.last_height() == 0
    append(path, *range(1, 200))
    with HeadsFile(path) as heads:
        assert heads.last_height() == 199


def test_half_a_line_left_by_a_crash_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"
    append(path, 1, 2)
    path.write_bytes(path.read_bytes()[:-10])
    with HeadsFile(path) as heads:
        assert heads.last_height() == 1
    append(path, 2)
    assert [head.height for head in read_heads(path)] == [1, 2]


@pytest.mark.parametrize("line", ["nonsense", "{}", '{"height": 1}', '{"height": 1, "hash": "zz"}', "[]"])
def test_a_line_that_is_no_head_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "heads.jsonl"
    append(path, 1)
    with path.open("a") as target:
        target.write(line + "\n")
    with pytest.raises(HeadsUnreadable, match="line 2"):
        read_heads(path)


def test_two_appenders_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "heads.jsonl"

    def work(_number: int) -> None:
        for _ in range(30):
            with HeadsFile(path) as heads:
                heads.append([replace(BLOCK, height=heads.last_height() + 1)])

    in_threads(work, threads=3)
    assert [head.height for head in read_heads(path)] == list(range(1, 91))
