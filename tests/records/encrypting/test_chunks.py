"""A sealed stream gives back what was sealed, and nothing else: not changed, swapped, moved, nor cut off."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.encrypting.chunks import CHUNK, FRAME, SealedWriter, unsealed
from records.encrypting.envelope import Tampered

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7]


def sealed(content: bytes, *, place: str = "file:1:main", step: int = 10_000) -> bytes:
    target = io.BytesIO()
    writer = SealedWriter(target, place=place)
    for start in range(0, len(content), step):
        writer.write(content[start : start + step])
    writer.finish()
    return target.getvalue()


def opened(token: bytes, *, place: str = "file:1:main") -> bytes:
    return b"".join(unsealed(io.BytesIO(token), place=place))


def content_of(size: int) -> bytes:
    return bytes(number % 251 for number in range(size))


@pytest.mark.parametrize("step", [1000, CHUNK, 3 * CHUNK])
@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_comes_back(size: int, step: int) -> None:
    assert opened(sealed(content_of(size), step=step)) == content_of(size)


@given(st.binary(max_size=300))
def test_nothing_of_it_can_be_read(content: bytes) -> None:
    token = sealed(content + b"a long enough needle")
    assert b"a long enough needle" not in token
    assert opened(token) == content + b"a long enough needle"


def test_two_seals_of_one_content_differ() -> None:
    assert sealed(b"x" * 100) != sealed(b"x" * 100)


@pytest.mark.parametrize("size", SIZES)
def test_any_changed_byte_is_found(size: int) -> None:
    token = sealed(content_of(size))
    for at in {3, len(token) // 2, len(token) - 1}:
        changed = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
        with pytest.raises(Tampered):
            opened(changed)


def test_another_place_is_refused() -> None:
    with pytest.raises(Tampered):
        opened(sealed(b"x"), place="file:2:main")


def test_frames_are_neither_swapped_nor_left_out_nor_cut_off_nor_repeated() -> None:
    token = sealed(content_of(3 * CHUNK + 7))
    head, rest = token[: token.index(b"\n") + 1], token[token.index(b"\n") + 1 :]
    frames = [rest[start : start + FRAME] for start in range(0, len(rest), FRAME)]
    assert len(frames) == 4
    for order in ([1, 0, 2, 3], [0, 2, 3], [0, 1, 2], [0], [0, 1, 2, 3, 3], [0, 0, 1, 2, 3], [3]):
        with pytest.raises(Tampered):
            opened(head + b"".join(frames[number] for number in order))


@pytest.mark.parametrize("token", [b"", b"\n", b"nobody\n" + bytes(60), b"\xff" * 200])
def test_what_was_never_sealed_is_refused(token: bytes) -> None:
    with pytest.raises(Tampered):
        opened(token)


def test_what_an_old_key_sealed_opens_with_the_ring(settings) -> None:
    settings.FIELD_KEY_ACTIVE = "t0"
    token = sealed(b"written last year")
    settings.FIELD_KEY_ACTIVE = "t1"
    assert opened(token) == b"written last year"
    settings.FIELD_KEYS = {"t1": settings.FIELD_KEYS["t1"]}
    with pytest.raises(Tampered):
        opened(token)
