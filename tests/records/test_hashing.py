import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from records.hashing import HashKind, keyed, normalised

NUMBER = "11010519491231002X"


def test_every_kind_has_its_own_key() -> None:
    hashes = {keyed(kind, NUMBER) for kind in HashKind}
    assert len(hashes) == len(HashKind)
    assert {len(value) for value in hashes} == {32}


def test_it_is_no_plain_hash_and_depends_on_the_key(settings: Settings) -> None:
    before = keyed(HashKind.RESIDENT_ID, NUMBER)
    assert before != hashlib.sha256(NUMBER.encode()).digest()
    assert before == keyed(HashKind.RESIDENT_ID, NUMBER)
    settings.HASH_KEY = bytes(32)
    assert keyed(HashKind.RESIDENT_ID, NUMBER) != before


@pytest.mark.parametrize(
    ("kind", "typed", "means"),
    [
        (HashKind.RESIDENT_ID, " 110105 19491231 002x", NUMBER),
        (HashKind.RESIDENT_ID, "１１０１０５１９４９１２３１００２Ｘ", NUMBER),
        (HashKind.CREDIT_CODE, "91110000600037341l", "91110000600037341L"),
        (HashKind.MOBILE, "+86 138-0013-8000", "13800138000"),
        (HashKind.MOBILE, "8613800138000", "13800138000"),
        (HashKind.BANK_ACCOUNT, "6222 0000-1111 2222", "6222000011112222"),
        (HashKind.NAME, "迪丽热巴 • 迪力木拉提", "迪丽热巴·迪力木拉提"),
        (HashKind.LOGIN, " Chen.Xiuying ", "chen.xiuying"),
        (HashKind.BEARER, "aB ", "aB "),
    ],
)
def test_one_spelling(kind: HashKind, typed: str, means: str) -> None:
    assert normalised(kind, typed) == means
    assert keyed(kind, typed) == keyed(kind, means)


@given(st.sampled_from(HashKind), st.text(max_size=30))
def test_normalising_twice_changes_nothing(kind: HashKind, text: str) -> None:
    once = normalised(kind, text)
    assert normalised(kind, once) == once


@given(st.integers(10**10, 10**11 - 1), st.integers(10**10, 10**11 - 1))
def test_two_numbers_do_not_meet(first: int, second: int) -> None:
    hashes = {keyed(HashKind.MOBILE, str(number)) for number in (first, second)}
    assert len(hashes) == len({first, second})
