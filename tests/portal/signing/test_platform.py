"""Signing in by the identity platform, against an issuer in a process of its own: what is right, what is wrong."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib.sessions.models import Session
from django.test import Client

from accounts import registering
from accounts.models import Person, SignIn, User
from accounts.registering import NewPerson
from portal.demo.issuer.page import Someone
from records.models import JournalEntry
from tests.factories import district
from tests.portal.signing import making
from tests.portal.signing.issuing import BEGIN, ID, RETURN, SECRET, Issuer
from tests.portal.signing.making import CODE, code, is_in

pytestmark = [
    pytest.mark.django_db,
    # The platform sends people back by a GET; only a state this browser was given makes it do anything.
    pytest.mark.writes_on_get(
        # who was in before is out, and shows no code any more
        "certificates_presentation",
        "certificates_scan",
        "accounts_user",
        "accounts_person",
        "accounts_signin",
        "accounts_message",
        "accounts_delivery",
        "socialaccount_socialaccount",
    ),
]
NUMBER = district.resident_number(date(1990, 1, 1))
CHEN = Someone("sub-of-chen", "陈秀英", NUMBER, mobile="13800001234")


@pytest.fixture
def chen(issuer: Issuer) -> Issuer:
    issuer.heal(CHEN)
    return issuer


def text(answer: Any) -> str:
    return answer.content.decode()


def query(address: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


class TestRight:
    def test_somebody_new_gets_person_and_account_without_a_password(
        self, chen: Issuer, client: Client
    ) -> None:
        answer = chen.walk(client, CHEN.subject, onward="/me")
        assert (answer.status_code, answer["Location"]) == (302, "/me")
        person = Person.objects.get()
        assert (person.name, person.id_number, person.real_name_level) == ("陈秀英", NUMBER, 3)
        assert person.user is not None
        assert not person.user.has_usable_password()
        assert SignIn.objects.get().way == SignIn.Way.PLATFORM
        assert "陈秀英" in text(client.get("/me"))

    def test_somebody_known_gets_their_own_account(self, chen: Issuer, client: Client) -> None:
        user = registering.account("chen", display_name="陈秀英", password=making.PASSWORD)
        known = registering.person(NewPerson("陈秀英", NUMBER, real_name_level=2), user=user)
        chen.walk(client, CHEN.subject)
        assert client.session["_auth_user_id"] == str(user.pk)
        assert Person.objects.get() == known
        assert Person.objects.get().real_name_level == 3

    def test_a_person_without_an_account_gets_one(self, chen: Issuer, client: Client) -> None:
        known = registering.person(NewPerson("陈秀英", NUMBER, real_name_level=2))
        chen.walk(client, CHEN.subject)
        known.refresh_from_db()
        assert client.session["_auth_user_id"] == str(known.user_id)

    def test_twice_is_the_same_account_and_one_link(self, chen: Issuer) -> None:
        first, second = Client(), Client()
        chen.walk(first, CHEN.subject)
        chen.walk(second, CHEN.subject)
        assert first.session["_auth_user_id"] == second.session["_auth_user_id"]
        assert SocialAccount.objects.count() == 1

    def test_a_level_is_never_lowered(self, issuer: Issuer, client: Client) -> None:
        issuer.heal(Someone("sub", "陈秀英", NUMBER, level="2"))
        registering.person(NewPerson("陈秀英", NUMBER, real_name_level=3))
        issuer.walk(client, "sub")
        assert Person.objects.get().real_name_level == 3

    def test_what_the_token_leaves_out_userinfo_tells(self, chen: Issuer, client: Client) -> None:
        chen.order(thin=True)
        chen.walk(client, CHEN.subject)
        assert Person.objects.get().id_number == NUMBER

    def test_never_by_email(self, chen: Issuer, client: Client) -> None:
        other = registering.person(NewPerson("王美珍", district.resident_number(date(1991, 1, 1))))
        other.email = "a@example.cn"
        other.save(update_fields=["email"])
        chen.order(wrong={"claims": {"email": "a@example.cn", "email_verified": True}})
        chen.walk(client, CHEN.subject)
        other.refresh_from_db()
        assert other.user is None
        assert not EmailAddress.objects.exists()

    def test_what_is_asked(self, chen: Issuer, client: Client) -> None:
        asked = query(client.get(BEGIN)["Location"])
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "profile"}
        assert asked["redirect_uri"] == f"http://testserver{RETURN}"
        assert len(asked["nonce"]) >= 32
        again = query(Client().get(BEGIN)["Location"])
        assert not {asked[name] for name in ("state", "nonce", "code_challenge")} & set(again.values())

    def test_the_session_gets_a_new_key(self, chen: Issuer, client: Client) -> None:
        client.get(BEGIN)
        before = client.session.session_key
        chen.walk(client, CHEN.subject)
        assert client.session.session_key != before
        assert not Session.objects.filter(session_key=before).exists()

    def test_it_goes_on_only_within_the_site(self, chen: Issuer, client: Client) -> None:
        assert chen.walk(client, CHEN.subject, onward="https://evil.example/")["Location"] == "/"

    def test_who_was_in_before_is_out(self, chen: Issuer, client: Client) -> None:
        """Two tabs: one leads to the platform, in the other somebody signs in by password meanwhile."""
        address = chen.consent(client.get(BEGIN)["Location"], CHEN.subject)
        other = making.citizen("wu")
        making.enter(client, other, door="/sign-in")
        key = client.session.session_key
        assert client.get(address).status_code == 302
        assert client.session["_auth_user_id"] != str(other.pk)
        assert not Session.objects.filter(session_key=key).exists()

    def test_signing_out_tells_of_the_platform(self, chen: Issuer, client: Client) -> None:
        chen.walk(client, CHEN.subject)
        assert client.post("/sign-out")["Location"] == "/sign-out/platform"
        assert not is_in(client)
        page = text(client.get("/sign-out/platform"))
        assert f'href="{chen.url}/leave"' in page
        assert Client().get("/sign-out/platform")["Location"] == "/"


class TestWrong:
    """One thing wrong at a time; nobody is let in, nothing is entered, and the log names no person."""

    @pytest.fixture(autouse=True)
    def _nobody_comes_in(self, chen: Issuer, client: Client, caplog: pytest.LogCaptureFixture) -> Any:
        caplog.set_level(logging.DEBUG)
        yield
        assert not is_in(client)
        assert not Person.objects.exists()
        assert not SignIn.objects.exists()
        assert NUMBER not in caplog.text
        assert "陈秀英" not in caplog.text

    @pytest.mark.parametrize(
        "wrong",
        [
            {"claims": {"nonce": "of another browser"}},
            {"without": ["nonce"]},
            {"claims": {"nonce": ""}},
            {"shifted": -3600},  # expired
            {"shifted": 3600},  # not yet issued
            {"without": ["exp"]},
            {"claims": {"aud": "another portal"}},
            {"claims": {"aud": ["another portal"]}},
            {"without": ["aud"]},
            {"claims": {"aud": [ID, "another portal"], "azp": "another portal"}},
            {"claims": {"iss": "https://evil.example"}},
            {"without": ["iss"]},
            {"without": ["sub"]},
            {"key": "unknown"},
            {"key": "as_secret"},
            {"algorithm": "none"},
            {"algorithm": "RS512"},
        ],
        ids=str,
    )
    def test_a_token(self, chen: Issuer, client: Client, wrong: dict[str, Any]) -> None:
        chen.order(wrong=wrong)
        answer = chen.walk(client, CHEN.subject)
        assert answer.status_code == 422, wrong
        assert "这次登录没有完成" in text(answer)

    def test_a_key_changed_in_between_signs_no_old_token_and_signs_new_ones(
        self, chen: Issuer, client: Client
    ) -> None:
        """The key id that the token names is published no more; see `TestKeys` for the other half."""
        chen.order(wrong={"key": "unknown"}, rotate=True)
        assert chen.walk(client, CHEN.subject).status_code == 422

    def test_a_state_counts_once(self, chen: Issuer, client: Client) -> None:
        address = chen.consent(client.get(BEGIN)["Location"], CHEN.subject)
        chen.order(wrong={"claims": {"nonce": "x"}})
        assert client.get(address).status_code == 422
        chen.order()
        assert client.get(address).status_code == 422

    def test_a_state_of_another_browser(self, chen: Issuer, client: Client) -> None:
        """Sign-in CSRF: an address made in somebody else's browser signs nobody in."""
        address = chen.consent(Client().get(BEGIN)["Location"], CHEN.subject)
        client.get(BEGIN)
        assert client.get(address).status_code == 422

    def test_a_code_of_another_sign_in(self, chen: Issuer, client: Client) -> None:
        """Code injection: PKCE binds the code to the browser that asked for it."""
        stolen = query(chen.consent(Client().get(BEGIN)["Location"], CHEN.subject))["code"]
        own = query(client.get(BEGIN)["Location"])["state"]
        assert client.get(RETURN, {"code": stolen, "state": own}).status_code == 422

    @pytest.mark.parametrize(
        "sent",
        [{}, {"state": "x"}, {"code": "x"}, {"state": "x", "code": "x"}, {"error": "server_error"}],
        ids=str,
    )
    def test_an_address_made_up(self, chen: Issuer, client: Client, sent: dict[str, str]) -> None:
        client.get(BEGIN)
        assert client.get(RETURN, sent).status_code == 422

    @pytest.mark.parametrize("sent", [{}, {"error": "server_error"}, {"code": "made up"}], ids=str)
    def test_a_right_state_with_nothing_behind(
        self, chen: Issuer, client: Client, sent: dict[str, str]
    ) -> None:
        state = query(client.get(BEGIN)["Location"])["state"]
        assert client.get(RETURN, {"state": state, **sent}).status_code == 422

    def test_the_answer_of_another_platform(self, chen: Issuer, client: Client) -> None:
        address = chen.consent(client.get(BEGIN)["Location"], CHEN.subject)
        assert client.get(f"{address}&{urlencode({'iss': 'https://evil.example'})}").status_code == 422

    def test_turning_back_at_the_platform(self, chen: Issuer, client: Client) -> None:
        answer = chen.walk(client, "")
        assert answer.status_code == 422
        assert "您在省统一身份认证平台取消了登录" in text(answer)

    def test_userinfo_of_somebody_else(self, chen: Issuer, client: Client) -> None:
        chen.order(thin=True, wrong={"without": ["userinfo"]})
        assert chen.walk(client, CHEN.subject).status_code == 422

    @pytest.mark.parametrize("when", ["before", "between"])
    def test_a_platform_that_does_not_answer(self, chen: Issuer, client: Client, when: str) -> None:
        address = "" if when == "before" else chen.consent(client.get(BEGIN)["Location"], CHEN.subject)
        chen.order(away=True, people=[])
        answer = client.get(address or BEGIN)
        assert answer.status_code == 502
        assert "暂时连不上" in text(answer)

    def test_a_platform_that_is_not_there(self, client: Client, settings: Any) -> None:
        settings.PLATFORM_ISSUER = "http://127.0.0.1:9"
        assert client.get(BEGIN).status_code == 502

    def test_a_wrong_secret(self, chen: Issuer, client: Client, settings: Any) -> None:
        settings.PLATFORM_CLIENT_SECRET = "wrong"
        assert chen.walk(client, CHEN.subject).status_code == 422

    def test_discovery_that_names_another(self, chen: Issuer, client: Client, settings: Any) -> None:
        settings.PLATFORM_ISSUER = chen.url.replace("127.0.0.1", "localhost")
        assert client.get(BEGIN).status_code == 502

    @pytest.mark.parametrize("level", ["1", "", "0", "9", "face"])
    def test_whom_the_platform_has_not_verified(self, issuer: Issuer, client: Client, level: str) -> None:
        """They may have typed anybody's number."""
        issuer.heal(Someone("sub", "陈秀英", NUMBER, level=level))
        answer = issuer.walk(client, "sub")
        assert answer.status_code == 422
        assert "还没有实名认证" in text(answer)

    @pytest.mark.parametrize("number", ["", "440507199001010000", "x" * 300, "１" * 18])
    def test_a_number_that_is_none(self, issuer: Issuer, client: Client, number: str) -> None:
        issuer.heal(Someone("sub", "陈秀英", number))
        assert issuer.walk(client, "sub").status_code == 409

    def test_nobody_without_a_name(self, issuer: Issuer, client: Client) -> None:
        issuer.heal(Someone("sub", "", NUMBER))
        assert issuer.walk(client, "sub").status_code == 409


class TestPeople:
    def test_another_name_to_a_known_number(self, issuer: Issuer, client: Client) -> None:
        user = making.citizen()
        issuer.heal(Someone("sub", "林志强", Person.objects.get().id_number))
        answer = issuer.walk(client, "sub")
        assert answer.status_code == 409
        assert "不一致" in text(answer)
        assert not is_in(client)
        assert Person.objects.get().user == user

    def test_another_number_to_a_known_subject(self, chen: Issuer, client: Client) -> None:
        chen.walk(Client(), CHEN.subject)
        chen.heal(Someone(CHEN.subject, "林志强", district.resident_number(date(1980, 1, 1))))
        assert chen.walk(client, CHEN.subject).status_code == 409
        assert not is_in(client)
        assert Person.objects.count() == 1

    def test_a_closed_account_stays_closed(self, chen: Issuer, client: Client) -> None:
        chen.walk(Client(), CHEN.subject)
        User.objects.update(is_active=False)
        assert chen.walk(client, CHEN.subject).status_code == 422
        assert not is_in(client)

    def test_staff_still_owe_a_code(self, chen: Issuer, client: Client) -> None:
        making.departments()
        officer = district.officer()
        registering.person(NewPerson("陈秀英", NUMBER), user=officer)
        secret = making.phone(officer)
        assert chen.walk(client, CHEN.subject, onward="/office/")["Location"] == "/office/"
        assert client.get("/office/")["Location"] == f"{CODE}?next=%2Foffice%2F"
        client.post(CODE, {"code": code(secret)})
        assert client.get("/office/").status_code == 200
        assert SignIn.objects.get().way == SignIn.Way.PLATFORM_CODE

    def test_nothing_of_the_platform_stands_in_clear(self, chen: Issuer, client: Client) -> None:
        chen.walk(client, CHEN.subject)
        rows = str([list(model.objects.order_by("pk").values()) for model in (SocialAccount, SignIn, User)])
        notes = str(list(JournalEntry.objects.order_by("pk").values("act", "subject", "details")))
        session = str([one.get_decoded() for one in Session.objects.order_by("pk")])
        for stored in (rows, notes, session):
            assert NUMBER not in stored
            assert CHEN.subject not in stored
            assert CHEN.mobile not in stored
        assert SECRET not in session
        assert not SocialToken.objects.exists()
        assert not SocialApp.objects.exists()


class TestKeys:
    def test_a_new_key_is_found_at_once(self, chen: Issuer) -> None:
        for _ in range(2):
            chen.order(rotate=True)
            browser = Client()
            chen.walk(browser, CHEN.subject)
            assert is_in(browser)


class TestNotConfigured:
    def test_there_is_no_button_and_no_page(self, client: Client) -> None:
        assert "省统一身份认证平台" not in text(client.get("/sign-in"))
        assert client.get(BEGIN).status_code == 404
        assert client.get(RETURN, {"state": "x", "code": "x"}).status_code == 404

    def test_with_one_there_is_a_button(self, issuer: Issuer, client: Client) -> None:
        page = text(client.get("/sign-in", {"next": "/me"}))
        assert 'href="/sign-in/platform?next=/me"' in page
        assert "省统一身份认证平台登录" in page


class TestIssuer:
    """The stand-in is strict where a real one is, so that the tests above mean something."""

    @pytest.mark.parametrize("name", ["state", "nonce", "code_challenge", "code_challenge_method", "scope"])
    def test_it_insists(self, chen: Issuer, client: Client, name: str) -> None:
        asked = query(client.get(BEGIN)["Location"])
        del asked[name]
        answer = httpx.get(f"{chen.url}/authorize", params=asked)
        assert answer.status_code == 303
        assert "error=invalid_request" in answer.headers["Location"]

    def test_a_code_counts_once(self, chen: Issuer, client: Client) -> None:
        address = chen.consent(client.get(BEGIN)["Location"], CHEN.subject)
        client.get(address)
        told = {
            "grant_type": "authorization_code",
            "code": query(address)["code"],
            "client_id": ID,
            "client_secret": SECRET,
        }
        assert httpx.post(f"{chen.url}/token", data=told).json() == {"error": "invalid_grant"}

    def test_a_page_cannot_order_it_about(self, chen: Issuer) -> None:
        answer = httpx.post(f"{chen.url}/control", json={}, headers={"Origin": "http://evil.example"})
        assert answer.status_code == 403
