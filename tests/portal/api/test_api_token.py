"""manage.py api_token: prints a token that lets its account in, once, until its end or until it is revoked."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from common import clock
from portal.api import tokens
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.fixtures import NOON


@pytest.fixture
def chen(city: Any) -> Citizen:
    return district.citizen(city)


def run(*told: str) -> str:
    out = StringIO()
    call_command("api_token", *told, stdout=out)
    return out.getvalue().strip()


def test_it_lets_its_account_in_until_its_end(chen: Citizen) -> None:
    token = run(chen.user.username, "--days", "2")
    assert tokens.user_of(token) == chen.user
    clock.set_source(lambda: NOON + timedelta(days=2, seconds=1))
    assert tokens.user_of(token) is None


def test_all_of_an_account_are_revoked_at_once(chen: Citizen) -> None:
    mine = [run(chen.user.username) for _ in range(2)]
    other = run(district.citizen(name="林国辉").user.username)
    assert run(chen.user.username, "--revoke") == "2 revoked"
    assert [tokens.user_of(one) for one in mine] == [None, None]
    assert tokens.user_of(other) is not None
    assert run(chen.user.username, "--revoke") == "0 revoked"


@pytest.mark.parametrize(
    ("user", "days", "words"),
    [("nobody", "1", "no account nobody"), ("", "0", "1 to 366"), ("", "367", "1 to 366")],
)
def test_what_it_does_not_do(chen: Citizen, user: str, days: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        run(user or chen.user.username, "--days", days)
