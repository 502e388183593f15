from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from registers import defining
from registers.models import Register
from rules.language.invalid import InvalidTree
from tests.registers.conftest import ALIVE, COUNTED


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"name": "Bad"}, "name"),
        ({"label": ""}, "label"),
        ({"path": "no-slash"}, "path"),
        ({"path": "/x?id=1"}, "path"),
        ({"base_url": "ftp://x"}, "base_url"),
        ({"base_url": "http://user:pass@x"}, "base_url"),
        ({"key": {}}, "key"),
        ({"key": {"id_number": "register.other.field"}}, "key.id_number"),
        ({"fields": {}}, "fields"),
        ({"fields": {"dead": {"type": "bool", "label": "x"}}}, "fields.dead.type"),
        ({"fields": {"found": {"type": "boolean", "label": "x"}}}, "fields.found"),
        ({"no_hit": {"dead": "no"}}, "no_hit.dead"),
        ({"no_hit": {"other": False}}, "no_hit.other"),
        ({"timeout_ms": 5}, "timeout_ms"),
        ({"attempts": 0}, "attempts"),
        ({"adapter": "soap"}, "adapter"),
        ({"colour": "blue"}, "colour"),
        ({"backoff_ms": -1}, "backoff_ms"),
        ({"cache_seconds": 86_401}, "cache_seconds"),
        ({"breaker_failures": 101}, "breaker_failures"),
        ({"breaker_pause_seconds": 0}, "breaker_pause_seconds"),
        ({"signing_key_name": "lower"}, "signing_key_name"),
        ({"client_certificate_name": "A"}, ""),
        ({"client_certificate_name": "A", "client_key_name": "B", "base_url": "http://x"}, ""),
        ({"authority_name": "A", "base_url": "http://x"}, ""),
    ],
)
def test_a_faulty_definition_is_refused_with_its_path(changes, path):
    with pytest.raises(InvalidTree) as refused:
        defining.parse({**ALIVE, **changes})
    assert path in [where for where, _ in refused.value.problems]


@pytest.mark.django_db
def test_saving_again_changes_nothing_and_changes_are_kept():
    assert [defining.save(ALIVE), defining.save(ALIVE)] == ["created", "unchanged"]
    assert defining.save({**ALIVE, "timeout_ms": 900}) == "changed"
    stored = Register.objects.get()
    assert (stored.timeout_ms, stored.attempts, stored.key) == (900, 2, ALIVE["key"])


@pytest.mark.django_db
def test_files_are_loaded_all_or_none(tmp_path: Path):
    good, bad = tmp_path / "a.json", tmp_path / "b.json"
    good.write_text(json.dumps(COUNTED))
    bad.write_text(json.dumps({**ALIVE, "label": ""}))
    with pytest.raises(CommandError, match=r"b\.json\.label"):
        call_command("load_registers", good, bad)
    assert not Register.objects.exists()
    assert defining.load_registers([good]) == {"test_count": "created"}


@pytest.mark.django_db
def test_the_registers_of_the_house_load_twice(capsys):
    count = len(list((settings.DATA_DIR / "registers").glob("*.json")))
    call_command("load_registers")
    call_command("load_registers")
    assert count >= 4
    assert capsys.readouterr().out.splitlines()[-1] == f"数据共享来源：新增 0，更新 0，未变 {count}"
