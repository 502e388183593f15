"""Staff come in by password and code; whoever has given no code reaches no page of the office."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import URLPattern

from accounts import registering
from accounts.models import Post, SignIn, User
from accounts.registering import NewPerson
from accounts.signing import second_factor
from common import clock
from portal.bureau import urls as bureau
from portal.settings import BRAKES
from tests.factories import district
from tests.portal.signing import making
from tests.portal.signing.making import CODE, PASSWORD, code, enter, is_in

pytestmark = pytest.mark.django_db
OFFICE = "/office/"
HOLE = re.compile(r"<(\w+):\w+>")


@pytest.fixture
def officer(db: None) -> User:
    making.departments()
    return district.officer()


@pytest.fixture
def both(officer: User) -> User:
    """An officer who is also a citizen."""
    registering.person(NewPerson("王小明", district.resident_number(date(1990, 1, 1))), user=officer)
    return officer


def text(answer: Any) -> str:
    return answer.content.decode()


def test_a_password_alone_lets_nobody_in(officer: User, client: Client) -> None:
    making.phone(officer)
    answer = enter(client, officer)
    assert answer["Location"] == f"{CODE}?next=%2Foffice%2F"
    assert not is_in(client)
    assert client.get(OFFICE)["Location"].startswith("/staff/sign-in?next=")
    assert not SignIn.objects.exists()


def test_password_and_code_let_in(officer: User, client: Client) -> None:
    secret = making.phone(officer)
    enter(client, officer, next="/office/done")
    before = client.session.session_key
    answer = client.post(CODE, {"code": code(secret), "next": "/office/done"})
    assert answer["Location"] == "/office/done"
    assert is_in(client)
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()
    assert client.get("/office/done").status_code == 200
    assert SignIn.objects.get().way == SignIn.Way.CODE


def test_a_wrong_code_and_a_code_used_before_stay_out(officer: User, client: Client) -> None:
    secret = making.phone(officer)
    enter(client, officer)
    answer = client.post(CODE, {"code": "000000" if code(secret) != "000000" else "111111"})
    assert answer.status_code == 422
    assert "口令不对，或者已经用过" in text(answer)
    assert not is_in(client)
    used = code(secret)
    client.post(CODE, {"code": used})
    other = Client()
    enter(other, officer)
    assert other.post(CODE, {"code": used}).status_code == 422
    assert not is_in(other)


def test_a_recovery_code_lets_in_once(officer: User, client: Client) -> None:
    codes = second_factor.activate(officer, secret=second_factor.new_secret())
    for status, inside in ((302, True), (422, False)):
        browser = Client()
        enter(browser, officer)
        assert browser.post(CODE, {"code": codes[3]}).status_code == status
        assert is_in(browser) is inside
    assert SignIn.objects.get().way == SignIn.Way.RECOVERY


def test_codes_are_braked_with_the_passwords_of_the_name(
    officer: User, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: dict[tuple[str, str], int] = {}

    def count(brake: str, of: str, *, by: int = 1) -> int:
        counts[brake, of] = counts.get((brake, of), 0) + by
        return 60 if counts[brake, of] > BRAKES[brake][0] else 0

    monkeypatch.setattr("accounts.signing.braking.count", count)
    secret = making.phone(officer)
    enter(client, officer)
    for _ in range(9):
        assert client.post(CODE, {"code": "0"}).status_code == 422
    answer = client.post(CODE, {"code": code(secret)})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert not is_in(client)


def test_a_code_without_a_password_before_leads_back(officer: User, client: Client) -> None:
    secret = making.phone(officer)
    for address in (CODE, "/staff/code/new"):
        assert client.get(address)["Location"].startswith("/staff/sign-in?next=")
        assert client.post(address, {"code": code(secret)})["Location"].startswith("/staff/sign-in?next=")
    assert not is_in(client)


def test_a_password_is_remembered_for_ten_minutes(officer: User, client: Client) -> None:
    secret = making.phone(officer)
    enter(client, officer)
    session = client.session
    session["half_signed_in"] = {**session["half_signed_in"], "at": session["half_signed_in"]["at"] - 601}
    session.save()
    assert client.post(CODE, {"code": code(secret)})["Location"].startswith("/staff/sign-in")
    assert not is_in(client)


def test_an_account_closed_in_between_stays_out(officer: User, client: Client) -> None:
    secret = making.phone(officer)
    enter(client, officer)
    User.objects.update(is_active=False)
    client.post(CODE, {"code": code(secret)})
    assert not is_in(client)


def test_it_goes_on_only_within_the_site(officer: User, client: Client) -> None:
    secret = making.phone(officer)
    enter(client, officer)
    assert client.post(CODE, {"code": code(secret), "next": "//evil.example/"})["Location"] == OFFICE


def test_the_password_of_another_replaces_who_was_in(both: User, client: Client) -> None:
    other = district.officer()
    making.phone(both)
    client.force_login(other)
    client.post("/sign-out")
    enter(client, both)
    assert not is_in(client)


class TestGate:
    """Every page of the office, for staff who came in by the door of citizens."""

    @pytest.fixture
    def half(self, both: User, client: Client) -> Client:
        enter(client, both, door="/sign-in")
        assert is_in(client)
        return client

    def addresses(self) -> list[str]:
        holes = {"str": "x", "uuid": str(uuid.uuid4()), "int": "1"}
        return [
            "/office/" + HOLE.sub(lambda hole: holes[hole[1]], str(entry.pattern))
            for entry in bureau.urlpatterns
            if isinstance(entry, URLPattern)
        ]

    def test_no_page_of_the_office_opens(self, half: Client, both: User) -> None:
        making.phone(both)
        assert len(self.addresses()) > 10
        for address in self.addresses():
            for method in ("get", "post"):
                answer = getattr(half, method)(address)
                assert answer.status_code == 302, (method, address)
                assert answer["Location"].startswith(f"{CODE}?next="), (method, address)

    def test_pages_of_citizens_do(self, half: Client) -> None:
        assert half.get("/me").status_code == 200

    def test_a_code_opens_them_in_the_same_session_under_a_new_key(self, half: Client, both: User) -> None:
        secret = making.phone(both)
        before = half.session.session_key
        answer = half.post(CODE, {"code": code(secret), "next": "/office/done"})
        assert answer["Location"] == "/office/done"
        assert half.get("/office/done").status_code == 200
        assert half.session.session_key != before
        entry = SignIn.objects.get()
        assert (entry.way, entry.session_key) == (SignIn.Way.CODE, half.session.session_key)

    def test_a_citizen_is_not_asked_for_a_code(self, client: Client, db: None) -> None:
        client.force_login(making.citizen())
        assert client.get(OFFICE).status_code == 403
        assert client.get(CODE)["Location"] == OFFICE


class TestBinding:
    @pytest.fixture
    def at_the_page(self, officer: User, client: Client) -> Client:
        enter(client, officer)
        assert client.get(CODE)["Location"] == "/staff/code/new?next=%2Foffice%2F"
        return client

    def secret(self, page: str) -> str:
        groups = re.findall(r"<span>([A-Z2-7]{4})</span>", page)
        return "".join(groups)

    def test_the_picture_and_the_key_stay_the_same_and_codes_are_shown_once(
        self, officer: User, at_the_page: Client
    ) -> None:
        page = text(at_the_page.get("/staff/code/new"))
        secret = self.secret(page)
        assert len(secret) == 32
        assert self.secret(text(at_the_page.get("/staff/code/new"))) == secret
        assert "<svg" in page
        assert officer.username in page
        wrong = at_the_page.post("/staff/code/new", {"code": "0"})
        assert wrong.status_code == 422
        assert self.secret(text(wrong)) == secret
        shown = at_the_page.post("/staff/code/new", {"code": code(secret), "next": "/office/done"})
        assert shown.status_code == 200
        codes = re.findall(r'<li class="ref">(\d{4}) (\d{4})</li>', text(shown))
        assert len(codes) == 10
        assert 'href="/office/done"' in text(shown)
        assert shown["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
        assert "device" in shown.cookies
        assert is_in(at_the_page)
        assert at_the_page.get(OFFICE).status_code == 200
        assert at_the_page.get("/staff/code/new").status_code == 302
        assert second_factor.check(officer, code="".join(codes[0]), at=clock.system_time()) == "recovery"

    def test_the_secret_waits_sealed(self, at_the_page: Client) -> None:
        secret = self.secret(text(at_the_page.get("/staff/code/new")))
        row = Session.objects.get(session_key=at_the_page.session.session_key)
        assert secret not in str(row.get_decoded())
        assert not Authenticator.objects.exists()

    def test_each_gets_their_own(self, officer: User, at_the_page: Client) -> None:
        first = self.secret(text(at_the_page.get("/staff/code/new")))
        other = district.officer()
        enter(at_the_page, other)
        assert self.secret(text(at_the_page.get("/staff/code/new"))) != first

    def test_who_has_a_phone_binds_no_other(self, officer: User, at_the_page: Client) -> None:
        secret = self.secret(text(at_the_page.get("/staff/code/new")))
        making.phone(officer)
        answer = at_the_page.post("/staff/code/new", {"code": code(secret)})
        assert answer["Location"].startswith(f"{CODE}?next=")
        assert not is_in(at_the_page)


class TestSpareCodes:
    def test_a_code_brings_ten_new_ones(self, officer: User, client: Client) -> None:
        secret = making.phone(officer)
        client.force_login(officer)
        assert "还有 10 个备用码" in text(client.get("/staff/code/spare"))
        assert client.post("/staff/code/spare", {"code": "0"}).status_code == 422
        shown = client.post("/staff/code/spare", {"code": code(secret)})
        assert len(re.findall(r'<li class="ref">\d{4} \d{4}</li>', text(shown))) == 10

    def test_a_citizen_has_none(self, client: Client, db: None) -> None:
        client.force_login(making.citizen())
        assert client.get("/staff/code/spare").status_code == 302


class TestReset:
    @pytest.fixture
    def admin(self, officer: User) -> Client:
        user = registering.account("admin", display_name="李管理", password=PASSWORD)
        registering.appoint(
            user, role=Post.Role.ADMIN, department=officer.posts.get().department, on=clock.today()
        )
        district.known(user)
        browser = Client()
        browser.force_login(user)
        return browser

    def test_a_lost_phone_from_the_reset_to_the_new_one(
        self, officer: User, admin: Client, client: Client
    ) -> None:
        secret = making.phone(officer)
        enter(client, officer)
        client.post(CODE, {"code": code(secret)})
        page = f"/office/posts/{officer.posts.get().pk}/second-factor"
        assert page in text(admin.get("/office/posts"))
        assert "旧手机的口令和备用码全部作废" in text(admin.get(page))
        assert client.get(OFFICE).status_code == 200
        assert admin.post(page)["Location"] == "/office/posts"
        assert client.get(OFFICE)["Location"].startswith("/staff/sign-in")  # at once
        enter(client, officer)
        assert client.get(CODE)["Location"].startswith("/staff/code/new")

    def test_nobodys_own_and_no_other_departments(self, officer: User, admin: Client) -> None:
        own = Post.objects.get(user__username="admin")
        assert "不能重置自己的" in text(admin.get(f"/office/posts/{own.pk}/second-factor"))
        assert admin.post(f"/office/posts/{own.pk}/second-factor").status_code == 403
        other = district.officer(district.DEPARTMENTS[1]["credit_code"])
        making.phone(other)
        assert admin.post(f"/office/posts/{other.posts.get().pk}/second-factor").status_code == 404
        assert second_factor.is_enrolled(other)

    def test_an_officer_does_not(self, officer: User, client: Client) -> None:
        colleague = district.officer()
        making.phone(colleague)
        client.force_login(officer)
        assert client.post(f"/office/posts/{colleague.posts.get().pk}/second-factor").status_code == 403


def test_no_page_of_the_library_has_an_address(client: Client, db: None) -> None:
    """django-allauth's own pages are English and know nothing of our doors."""
    for address in (
        "/accounts/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/2fa/",
        "/login/",
        "/2fa/",
    ):
        assert client.get(address).status_code == 404


def test_only_one_place_makes_a_session_somebodys() -> None:
    """Whoever calls Django's `login` elsewhere forgets the new key, the record and the device."""
    from tests.project import sources

    calling = [
        sources.name(path)
        for path in sources.python_files(*sources.PACKAGES)
        if "import login," in path.read_text() or "import login\n" in path.read_text()
    ]
    assert calling == ["portal/web/session/arriving.py"]
