"""Codes of the moment (RFC 6238), recovery codes, and who may reset them."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection

from accounts import registering
from accounts.identifying import UnknownIdentity
from accounts.models import Post, SignIn, User
from accounts.signing import devices, second_factor, sign_ins
from accounts.signing.second_factor import AlreadyEnrolled, NotYourColleague
from common import clock
from records.models import JournalEntry
from tests.factories import district

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 4, 0, 15, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def officer(db: None) -> User:
    registering.regions()
    for one in district.DEPARTMENTS:
        registering.department({**district.COMMON, **one})
    return district.officer()


def bind(user: User) -> tuple[str, list[str]]:
    secret = second_factor.new_secret()
    codes = second_factor.enrol(
        user, secret=secret, code=second_factor.code_at(secret, at=NOW - STEP), at=NOW - STEP
    )
    assert codes is not None
    return secret, codes


def acts(user: User) -> list[str]:
    found = JournalEntry.objects.filter(stream=f"user:{user.pk}").order_by("sequence")
    return [act for act in found.values_list("act", flat=True) if "factor" in act or "code" in act]


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_the_codes_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of eight digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert second_factor.code_at(secret, at=datetime.fromtimestamp(seconds, UTC)) == code


def test_a_wrong_first_code_binds_nothing(officer: User) -> None:
    secret = second_factor.new_secret()
    wrong = f"{(int(second_factor.code_at(secret, at=NOW)) + 1) % 1_000_000:06d}"
    assert second_factor.enrol(officer, secret=secret, code=wrong, at=NOW) is None
    assert not second_factor.is_enrolled(officer)


def test_a_second_phone_needs_a_reset(officer: User) -> None:
    bind(officer)
    with pytest.raises(AlreadyEnrolled):
        bind(officer)


@pytest.mark.parametrize(
    ("late", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False), (20, False)]
)
def test_a_clock_may_go_wrong_by_one_step(officer: User, late: int, right: bool) -> None:
    secret, _ = bind(officer)
    at = NOW + 10 * STEP
    found = second_factor.check(officer, code=second_factor.code_at(secret, at=at - late * STEP), at=at)
    assert found == ("code" if right else None)


def test_a_code_counts_once_and_so_does_every_one_before_it(officer: User) -> None:
    secret, _ = bind(officer)
    before, code = (second_factor.code_at(secret, at=at) for at in (NOW, NOW + STEP))
    assert second_factor.check(officer, code=code, at=NOW + STEP) == "code"
    assert second_factor.check(officer, code=code, at=NOW + STEP) is None
    assert second_factor.check(officer, code=before, at=NOW + STEP) is None
    assert second_factor.check(
        officer, code=second_factor.code_at(secret, at=NOW + 2 * STEP), at=NOW + 2 * STEP
    )


def test_the_first_code_does_not_sign_in_again(officer: User) -> None:
    secret, _ = bind(officer)
    code = second_factor.code_at(secret, at=NOW - STEP)
    assert second_factor.check(officer, code=code, at=NOW - STEP) is None


@pytest.mark.parametrize(
    "typed", ["", " ", "1234567", "abcdef", "9" * 500, "１２３４５６", "000000\x00", "－"]
)
def test_what_is_no_code(officer: User, typed: str) -> None:
    bind(officer)
    assert second_factor.check(officer, code=typed, at=NOW) is None


def test_spaces_are_no_fault(officer: User) -> None:
    secret, codes = bind(officer)
    code = second_factor.code_at(secret, at=NOW + STEP)
    assert second_factor.check(officer, code=f" {code[:3]} {code[3:]} ", at=NOW + STEP) == "code"
    assert second_factor.check(officer, code=f"{codes[0][:4]} {codes[0][4:]}", at=NOW) == "recovery"


def test_recovery_codes_count_once_each(officer: User) -> None:
    _, codes = bind(officer)
    assert len(set(codes)) == 10
    assert all(len(code) == 8 and code.isdecimal() for code in codes)
    for left, code in zip(range(9, -1, -1), codes, strict=True):
        assert second_factor.check(officer, code=code, at=NOW) == "recovery"
        assert second_factor.check(officer, code=code, at=NOW) is None
        assert second_factor.codes_left(officer) == left
    assert acts(officer).count("recovery_code_used") == 10


def test_fresh_recovery_codes_void_the_old(officer: User) -> None:
    _, old = bind(officer)
    fresh = second_factor.renew_codes(officer)
    assert not set(old) & set(fresh)
    assert second_factor.check(officer, code=old[0], at=NOW) is None
    assert second_factor.check(officer, code=fresh[0], at=NOW) == "recovery"


def test_nobody_elses_code_counts(officer: User) -> None:
    secret, codes = bind(officer)
    other = district.officer()
    bind(other)
    assert second_factor.check(other, code=second_factor.code_at(secret, at=NOW), at=NOW) is None
    assert second_factor.check(other, code=codes[0], at=NOW) is None


def test_without_a_phone_no_code_is_right(officer: User) -> None:
    assert second_factor.check(officer, code="000000", at=NOW) is None


def test_no_secret_stands_in_the_table_in_clear(officer: User) -> None:
    secret, codes = bind(officer)
    stored = json.dumps(list(Authenticator.objects.order_by("pk").values("data", "type")))
    assert secret not in stored
    assert base64.b32decode(secret).hex() not in stored
    assert not any(code in stored for code in codes)
    found = Authenticator.objects.get(user=officer, type=Authenticator.Type.TOTP)
    assert found.data["secret"].startswith("t1:")  # the active key of the ring


class TestReset:
    @pytest.fixture
    def admin(self, officer: User) -> User:
        found = registering.account("admin", display_name="李管理", password="a long test password")
        department = Post.objects.get(user=officer).department
        registering.appoint(found, role=Post.Role.ADMIN, department=department, on=clock.today())
        district.known(found)
        return found

    def test_an_admin_of_the_department_does_it_and_it_is_noted(self, officer: User, admin: User) -> None:
        _, codes = bind(officer)
        session = SessionStore()
        session.create()
        sign_ins.record(
            officer,
            way=SignIn.Way.CODE,
            trace=devices.trace(user_agent="", address=""),
            session_key=str(session.session_key),
            at=clock.now(),
        )
        second_factor.reset(admin, post=officer.posts.get())
        assert not second_factor.is_enrolled(officer)
        assert second_factor.check(officer, code=codes[0], at=NOW) is None
        assert not Session.objects.filter(session_key=session.session_key).exists()
        entry = JournalEntry.objects.get(stream=f"user:{officer.pk}", act="second_factor_reset")
        assert entry.actor == f"user:{admin.pk}"
        bind(officer)

    def test_nobody_else_does(self, officer: User, admin: User) -> None:
        bind(officer)
        colleague = district.officer()
        elsewhere = registering.account("elsewhere", display_name="王", password="a long test password")
        department = registering.department({**district.COMMON, **district.DEPARTMENTS[1]})
        registering.appoint(elsewhere, role=Post.Role.ADMIN, department=department, on=clock.today())
        gone = registering.account("gone", display_name="吴", password="a long test password")
        registering.appoint(
            gone, role=Post.Role.ADMIN, department=officer.posts.get().department, on=clock.today()
        )
        Post.objects.filter(user=gone).update(valid_from="2020-01-01", valid_to="2020-02-01")
        for who in (colleague, elsewhere, gone, officer):
            with pytest.raises(NotYourColleague):
                second_factor.reset(who, post=officer.posts.get())
        assert second_factor.is_enrolled(officer)

    def test_not_even_an_admin_their_own(self, admin: User) -> None:
        bind(admin)
        with pytest.raises(NotYourColleague):
            second_factor.reset(admin, post=admin.posts.get())

    def test_nor_by_another_account_of_theirs_or_one_that_is_nobodys(
        self, officer: User, admin: User
    ) -> None:
        bind(officer)
        User.objects.filter(pk=admin.pk).update(id_number_hash=officer.id_number_hash)
        with pytest.raises(NotYourColleague):
            second_factor.reset(User.objects.get(pk=admin.pk), post=officer.posts.get())
        User.objects.filter(pk=admin.pk).update(id_number_hash=None)
        with pytest.raises(UnknownIdentity):
            second_factor.reset(User.objects.get(pk=admin.pk), post=officer.posts.get())
        assert second_factor.is_enrolled(officer)


@pytest.mark.django_db(transaction=True)
def test_one_code_given_by_many_at_once_counts_once() -> None:
    user = registering.account("race", display_name="王", password="a long test password")
    secret, _ = bind(user)
    code = second_factor.code_at(secret, at=NOW + STEP)

    def attempt(_: int) -> bool:
        try:
            return second_factor.check(user, code=code, at=NOW + STEP) is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, range(8))) == 1
