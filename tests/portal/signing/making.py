"""Staff with a phone, and browsers."""

from __future__ import annotations

from datetime import date, timedelta

from django.test import Client

from accounts import registering
from accounts.models import User
from accounts.registering import NewPerson
from accounts.signing import second_factor
from common import clock
from tests.factories import district

PASSWORD = "a long test password"
DOOR = "/staff/sign-in"
CODE = "/staff/code"


def departments() -> None:
    registering.regions()
    for one in district.DEPARTMENTS:
        registering.department({**district.COMMON, **one})


def citizen(name: str = "chen") -> User:
    user = registering.account(name, display_name="陈秀英", password=PASSWORD)
    registering.person(NewPerson("陈秀英", district.resident_number(date(1990, 1, 1))), user=user)
    return user


def phone(user: User) -> str:
    """Bind a phone and return its secret."""
    secret = second_factor.new_secret()
    second_factor.activate(user, secret=secret)
    return secret


def code(secret: str, *, steps: int = 0) -> str:
    return second_factor.code_at(secret, at=clock.system_time() + timedelta(seconds=30 * steps))


def enter(browser: Client, user: User, *, door: str = DOOR, password: str = PASSWORD, **more: str):
    return browser.post(door, {"username": user.username, "password": password, **more})


def is_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session
