"""The file of secrets: private, complete, and read by the settings."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from bootstrap import keys


def test_what_is_written_is_read_back_and_private(tmp_path: Path) -> None:
    values = {**keys.new_secrets(), "DATABASE_URL": "postgresql://a:b=c@127.0.0.1:1/portal"}
    keys.write(tmp_path / "env", values)
    assert keys.read(tmp_path / "env") == values
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600


def test_two_checkouts_share_no_secret() -> None:
    first, second = keys.new_secrets(), keys.new_secrets()
    assert not [name for name in first if first[name] == second[name]]


def test_keys_have_the_size_the_ciphers_need() -> None:
    made = keys.new_secrets()
    ring = json.loads(made["FIELD_KEYS"])
    assert list(ring) == [made["FIELD_KEY_ACTIVE"]]
    assert {
        len(base64.b64decode(key)) for key in [*ring.values(), made["HASH_KEY"], made["JOURNAL_KEY"]]
    } == {32}


def test_a_missing_file_holds_nothing(tmp_path: Path) -> None:
    assert keys.read(tmp_path / "none") == {}
