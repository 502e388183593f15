"""Keys a test draws by `uuid4` come out the same for the same test and seed: a landing does not hang on them."""

from __future__ import annotations

import os
import uuid
from uuid import UUID

import pytest

from tests import strictness


def drawn(seed: str) -> list[UUID]:
    with pytest.MonkeyPatch.context() as patch:
        strictness.draw_keys(patch, seed=seed)
        return [uuid.uuid4() for _ in range(100)]


def test_the_same_seed_draws_the_same_keys_in_no_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(strictness.KEYS, "1")
    keys = drawn("a test")
    assert drawn("a test") == keys
    assert drawn("another") != keys
    assert len(set(keys)) == len(keys)
    assert keys not in (sorted(keys), sorted(keys, reverse=True))
    assert {one.version for one in keys} == {4}
    monkeypatch.setenv(strictness.KEYS, "2")
    assert drawn("a test") != keys


def test_the_rest_of_the_system_is_as_it_is() -> None:
    assert vars(uuid)["os"].environ is os.environ
