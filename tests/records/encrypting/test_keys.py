import pytest
from django.core.checks import run_checks
from pytest_django import Settings

from records.encrypting.keys import check_keys


def test_the_keys_of_the_tests_pass_and_are_among_djangos_checks() -> None:
    assert check_keys() == []
    assert not [message for message in run_checks(tags=["security"]) if message.id == "records.E001"]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("FIELD_KEY_ACTIVE", "gone", "FIELD_KEY_ACTIVE names no key"),
        ("FIELD_KEYS", {"t1": b"short"}, "not 32 bytes"),
        ("FIELD_KEYS", {"t1": b"k" * 32, "a:b": b"k" * 32}, "letters, digits"),
        ("HASH_KEY", b"", "HASH_KEY is not 32 bytes"),
        ("JOURNAL_KEY", b"k" * 31, "JOURNAL_KEY is not 32 bytes"),
    ],
)
def test_a_key_that_cannot_work_stops_the_start(
    settings: Settings, name: str, value: object, says: str
) -> None:
    setattr(settings, name, value)
    messages = [message.msg for message in run_checks(tags=["security"]) if message.id == "records.E001"]
    assert any(says in message for message in messages)
