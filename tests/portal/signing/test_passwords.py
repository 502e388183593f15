"""修改密码: by who knows the old one; sessions elsewhere end, the person is told, nothing of it is kept in clear."""

from __future__ import annotations

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts import registering
from accounts.models import Message, SignIn, User
from accounts.signing import identity
from records.models import JournalEntry
from tests.factories import district
from tests.portal.signing import making
from tests.portal.signing.making import CODE, PASSWORD, code, enter, is_in, phone

pytestmark = pytest.mark.django_db
PAGE = "/me/password"
NEW = "correct horse battery"


@pytest.fixture
def chen(db: None) -> User:
    return making.citizen()


def signed_in(user: User, *, password: str = PASSWORD) -> Client:
    browser = Client()
    enter(browser, user, door="/sign-in", password=password)
    return browser


def change(browser: Client, *, old: str = PASSWORD, new: str = NEW, again: str = NEW):
    return browser.post(PAGE, {"old": old, "new": new, "again": again})


def test_the_new_one_counts_and_the_old_one_no_longer(chen: User) -> None:
    browser = signed_in(chen)
    answer = change(browser)
    assert (answer.status_code, answer["Location"]) == (302, "/me/sign-ins")
    assert "密码已修改" in browser.get("/me/sign-ins").content.decode()
    assert not is_in(signed_in(chen))
    assert is_in(signed_in(chen, password=NEW))


def test_this_session_goes_on_under_a_new_key_and_the_others_end(chen: User) -> None:
    here, elsewhere = signed_in(chen), signed_in(chen)
    key = here.session.session_key
    change(here)
    assert here.session.session_key != key
    assert is_in(here)
    assert elsewhere.get("/me/sign-ins").status_code == 302
    ends = SignIn.objects.filter(user=chen).order_by("at").values_list("end", flat=True)
    assert list(ends) == ["", SignIn.End.PASSWORD]
    assert "现在这台" in here.get("/me/sign-ins").content.decode()


def test_the_person_is_told_and_the_journal_has_the_act_alone(chen: User) -> None:
    change(signed_in(chen))
    assert "登录密码已修改" in Message.objects.get(kind="password_changed").title
    entry = JournalEntry.objects.get(act="password_changed")
    assert entry.stream == f"user:{chen.pk}"
    assert NEW not in str(JournalEntry.objects.values())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"old": "not the old one"}, "现在的密码不对"),
        ({"old": ""}, "请填写：现在的密码"),
        ({"new": "short", "again": "short"}, "至少要 10 个字符"),
        ({"new": "1234567890", "again": "1234567890"}, "容易被猜到"),
        ({"new": PASSWORD, "again": PASSWORD}, "和现在的一样"),
        ({"again": "correct horse batter"}, "两次输入的新密码不一样"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(chen: User, given: dict[str, str], said: str) -> None:
    browser = signed_in(chen)
    answer = change(browser, **given)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert not any(value in page for value in given.values() if value)
    assert is_in(signed_in(chen))
    assert not JournalEntry.objects.filter(act="password_changed").exists()


@pytest.mark.usefixtures("brakes")
def test_the_old_one_is_not_found_by_trying(chen: User) -> None:
    browser = signed_in(chen)
    answers = [change(browser, old=f"guess number {serial}") for serial in range(12)]
    assert answers[-1].status_code == 429
    assert "停一停" in answers[-1].content.decode()


@pytest.mark.usefixtures("brakes")
def test_the_right_old_one_is_no_failure(chen: User) -> None:
    browser = signed_in(chen)
    for _ in range(12):
        assert change(browser, new="short").status_code == 422
    assert change(browser).status_code == 302
    assert is_in(signed_in(chen, password=NEW))


@pytest.mark.usefixtures("brakes")
def test_a_given_one_counts_at_once_after_too_many_tries(chen: User) -> None:
    for serial in range(12):
        signed_in(chen, password=f"guess number {serial}")
    assert not is_in(signed_in(chen))
    assert is_in(signed_in(chen, password=identity.give_password(chen)))


def test_of_two_at_once_the_second_is_told(chen: User) -> None:
    """A double click, or a thief beside the owner: what was checked is not what stands any more."""
    checked = User.objects.get(pk=chen.pk)
    identity.change_password(chen, new=NEW, keep="")
    with pytest.raises(identity.ChangedMeanwhile):
        identity.change_password(checked, new="another long password", keep="")
    assert User.objects.get(pk=chen.pk).check_password(NEW)


@pytest.mark.parametrize("bound", [True, False])
def test_who_was_half_in_with_the_old_one_comes_no_further(stocked: None, bound: bool) -> None:
    clerk = district.clerk()
    secret = phone(clerk) if bound else ""
    browser = Client()
    enter(browser, clerk)
    identity.give_password(clerk)
    address = CODE if bound else f"{CODE}/new"
    assert "/staff/sign-in" in browser.get(address)["Location"]
    if bound:
        browser.post(CODE, {"code": code(secret)})
    assert not is_in(browser)


def test_who_came_in_without_the_code_gives_it_first(chen: User, stocked: None) -> None:
    phone(district.officer(user=chen))
    browser = signed_in(chen)
    assert browser.get(PAGE)["Location"].startswith(CODE)
    assert change(browser)["Location"].startswith(CODE)
    assert is_in(signed_in(chen))


def test_who_comes_by_the_platform_alone_has_none_to_change(chen: User) -> None:
    chen.set_unusable_password()
    chen.save()
    browser = Client()
    browser.force_login(chen)
    assert "修改密码" not in browser.get("/me/sign-ins").content.decode()
    assert browser.get(PAGE).status_code == 409


def test_guests_are_led_to_the_door() -> None:
    assert Client().get(PAGE)["Location"].startswith("/sign-in")


def test_staff_change_theirs_and_keep_the_second_factor(stocked: None) -> None:
    clerk = district.clerk()
    secret = phone(clerk)
    browser = Client()
    enter(browser, clerk)
    browser.post(CODE, {"code": code(secret)})
    assert change(browser).status_code == 302
    assert browser.get("/office/posts").status_code in {200, 403}, "still inside, no code asked"


def test_a_given_password_is_printed_once_and_ends_every_session(chen: User) -> None:
    browser, said = signed_in(chen), io.StringIO()
    call_command("give_password", chen.username, stdout=said)
    given = said.getvalue().strip()
    assert re.fullmatch(f"[{identity.ALPHABET}]{{{identity.LENGTH}}}", given)
    assert browser.get("/me/sign-ins").status_code == 302
    assert is_in(signed_in(chen, password=given))
    assert not is_in(signed_in(chen))
    assert JournalEntry.objects.get(act="password_given").actor == "system"
    assert given not in str(JournalEntry.objects.values())


def test_nobody_gets_one_without_an_account(chen: User) -> None:
    User.objects.filter(pk=chen.pk).update(is_active=False)
    for name in ("nobody", chen.username):
        with pytest.raises(CommandError, match="no account"):
            call_command("give_password", name)


def test_an_account_without_a_password_lets_nobody_in(db: None) -> None:
    (user,) = registering.accounts({"new": "新同事"}, password=None)
    for tried in ("", "None", user.password):
        assert not is_in(signed_in(user, password=tried))
