"""A code at a window: taken once, by one window, while it is shown; everything else is refused with what to do."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from accounts import registering
from accounts.acting.principals import Principal, principal
from accounts.identifying import UnknownIdentity
from accounts.models import ActingRight, Organisation, Person, Post, User
from certificates.errors import CannotConsent
from certificates.models import Authorisation, Presentation, Scan
from certificates.presenting import codes, scanning
from certificates.presenting.errors import (
    CannotAskNow,
    CannotAskThat,
    ExpiredCode,
    ForgedCode,
    NoLongerActs,
    NoSuchScan,
    NotAtWindow,
    OtherWindow,
    OwnCode,
    ReplacedCode,
    ScanBraked,
    UsedCode,
)
from certificates.states import ScanStatus
from common.errors import DomainError
from records.models import JournalEntry
from tests.certificates.presenting.making import SECOND, Meeting, clerk
from tests.factories import people
from tests.factories.certificates import AT, card_type
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db


def agent_of(shop: Organisation, agent: Person, head: Person, **changed: Any) -> ActingRight:
    told: dict[str, Any] = {
        "role": "agent",
        "valid_from": date(2020, 1, 1),
        "sees_certificates": True,
        **changed,
    }
    return ActingRight.objects.create(person=agent, organisation=shop, given_by=head, **told)


@pytest.fixture
def meeting() -> Meeting:
    card_type()
    return Meeting(people.principal(), clerk())


def test_a_scan_says_who_scanned_where(meeting):
    found = Scan.objects.get(pk=meeting.scan().pk)
    assert (found.clerk, found.window, found.body) == (meeting.user, "3 号窗口", "测试大厅")
    assert (found.status, found.scope) == (ScanStatus.SCANNED, {})
    entry = JournalEntry.objects.get(act="code_scanned")
    assert (entry.stream, entry.actor) == (f"presentation:{found.presentation_id}", f"user:{meeting.user.pk}")


def test_a_code_is_used_up(meeting):
    shown = meeting.show()
    meeting.scan(shown)
    with pytest.raises(UsedCode, match="已经在 3 号窗口扫过"):
        meeting.scan(shown, user=clerk(), window="5 号窗口")
    with pytest.raises(UsedCode):
        meeting.scan(shown, at=AT + 2 * SECOND)
    assert Scan.objects.count() == 1


def test_a_scanner_that_reads_twice_in_one_go_gets_the_same_scan(meeting):
    shown = meeting.show()
    assert meeting.scan(shown) == meeting.scan(shown, at=AT + 1.9 * SECOND)


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_that_scan_one_code_one_gets_it():
    card_type()
    meeting = Meeting(people.principal(), clerk())
    shown = meeting.show()
    users = [meeting.user, clerk(), clerk()]

    def attempt(number: int) -> str:
        try:
            return type(meeting.scan(shown, user=users[number], window=f"{number} 号窗口")).__name__
        except DomainError as error:
            return type(error).__name__

    assert sorted(in_threads(attempt, threads=3)) == ["Scan", "UsedCode", "UsedCode"]
    assert Scan.objects.count() == 1


@pytest.mark.parametrize(
    ("after", "refused"), [(64, None), (65, ExpiredCode), (90, ExpiredCode), (9000, ExpiredCode)]
)
def test_a_photograph_is_old_after_its_minute(meeting, after, refused):
    shown = meeting.show()
    photo = meeting.code(shown)
    if refused is None:
        assert meeting.scan(shown, code=photo, at=AT + after * SECOND)
        return
    with pytest.raises(refused, match="60 秒"):
        meeting.scan(shown, code=photo, at=AT + after * SECOND)


def test_a_code_that_was_changed_is_worth_nothing(meeting):
    old = meeting.show()
    text = meeting.code(old)
    codes.begin(meeting.shower, types=[], at=AT + SECOND)
    with pytest.raises(ReplacedCode, match="换掉"):
        meeting.scan(old, code=text, at=AT + 2 * SECOND)


def test_a_later_minute_of_the_same_showing_is_a_new_code(meeting):
    shown = meeting.show()
    meeting.scan(shown)
    later = meeting.later(seconds=60)
    assert later.scan(shown).slot == 1


def test_what_was_never_issued_is_forged(meeting):
    other = Presentation(secret="ab" * 32, begun_at=AT, ends_at=AT + codes.LIFE)
    with pytest.raises(ForgedCode):
        meeting.scan(other)
    known = meeting.show()
    stolen = Presentation(pk=known.pk, secret="ab" * 32, begun_at=AT, ends_at=AT + codes.LIFE)
    with pytest.raises(ForgedCode):
        meeting.scan(stolen)
    assert not Scan.objects.exists()


def test_guessing_is_braked(meeting, monkeypatch):
    monkeypatch.setattr("accounts.signing.braking.count", lambda *_args: 30)
    with pytest.raises(ScanBraked, match="1 分钟后"):
        meeting.scan(Presentation(secret="ab" * 32, begun_at=AT, ends_at=AT + codes.LIFE))


def test_only_a_clerk_at_a_window_scans(meeting):
    officer = registering.account("officer", display_name="王审批", password="a long test password")
    registering.appoint(officer, role=Post.Role.OFFICER, department=None, on=date(2020, 1, 1))
    shown = meeting.show()
    with pytest.raises(NotAtWindow):
        meeting.scan(shown, user=officer)
    with pytest.raises(NotAtWindow):
        meeting.scan(shown, window="")


def test_nobody_scans_their_own(meeting):
    person = people.person()
    own = Meeting(Principal(person), clerk(person=person))
    with pytest.raises(OwnCode):
        own.scan()


def test_a_work_account_beside_a_private_one_scans_none_of_its_persons_codes(meeting):
    own = Meeting(Principal(people.person()), clerk())
    for digest, error in ((own.shower.person.id_number_hash, OwnCode), (None, UnknownIdentity)):
        User.objects.filter(pk=own.user.pk).update(id_number_hash=digest)
        own.user = User.objects.get(pk=own.user.pk)
        with pytest.raises(error):
            own.scan()


def test_an_agents_right_is_looked_at_when_the_code_is_scanned(meeting):
    head, agent = people.person(), people.person(name="王经办")
    shop = people.business(operator=head)
    right = agent_of(shop, agent, head)
    acting = Meeting(principal(agent, whom=f"organisation:{shop.pk}", on=AT.date()), meeting.user)
    assert acting.scan().presentation.holder_organisation == shop
    shown = acting.show()
    ActingRight.objects.filter(pk=right.pk).update(revoked_at=AT)
    with pytest.raises(NoLongerActs, match="本人亮码"):
        acting.scan(shown)


def test_what_is_asked_is_kept_with_the_matter(meeting):
    found = Scan.objects.get(pk=meeting.ask().pk)
    assert (found.status, found.scope) == ("asked", {"test_card": ["name", "born"]})
    assert (found.matter_name, found.deciding_body, found.purpose) == ("测试事项", "测试局", "")


def test_only_chosen_types_are_asked_for(meeting):
    card_type(slug="other_card", code="11440507MB2X00012R902", name="另一张卡")
    wide = {"test_card": ["name"], "other_card": ["name"]}
    narrow = meeting.scan(meeting.show(["other_card"]))
    assert meeting.ask(narrow, scope=wide).scope == {"other_card": ["name"]}
    nothing = meeting.scan(meeting.show(["other_card"]))
    with pytest.raises(CannotAskThat, match="只选了出示另一张卡"):
        meeting.ask(nothing)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"scope": {}}, "没有要看的证照"),
        ({"scope": {"test_card": []}}, "没有要看的证照"),
        ({"scope": {"test_card": ["name", "salary"]}}, "没有这一项"),
        ({"matter_code": "", "purpose": "  "}, "请写明用来做什么"),
        ({"matter_code": "", "purpose": "陈桂英本人来开户"}, "不要写姓名和号码"),
        ({"matter_code": "", "purpose": "长" * 201}, "4 到 200 个字"),
    ],
)
def test_what_cannot_be_asked(meeting, changed, words):
    with pytest.raises((CannotAskThat, CannotConsent), match=words):
        meeting.ask(**changed)
    assert Scan.objects.get().status == "scanned"


def test_a_question_is_put_once_and_soon(meeting):
    found = meeting.ask()
    with pytest.raises(CannotAskNow):
        meeting.ask(found)
    old = meeting.scan()
    with pytest.raises(CannotAskNow):
        meeting.later(minutes=11).ask(old)


def test_a_mandate_for_one_matter_is_none_for_another(meeting):
    head, agent = people.person(), people.person(name="王经办")
    shop = people.business(operator=head)
    agent_of(shop, agent, head, matters=["another"])
    acting = Meeting(principal(agent, whom=f"organisation:{shop.pk}", on=AT.date()), meeting.user)
    tries: list[dict[str, Any]] = [{}, {"matter_code": "", "purpose": "核对身份"}]
    for changed in tries:
        with pytest.raises(CannotAskThat, match="授权不包括"):
            acting.ask(**changed)


def test_a_scan_is_its_windows_own(meeting):
    found = meeting.scan()
    other = clerk()
    with pytest.raises(OtherWindow, match="3 号窗口"):
        scanning.of_window(other, scan_id=found.pk, window="3 号窗口")
    with pytest.raises(OtherWindow):
        scanning.of_window(meeting.user, scan_id=found.pk, window="4 号窗口")
    with pytest.raises(NoSuchScan):
        scanning.of_window(meeting.user, scan_id=found.presentation_id, window="3 号窗口")
    second = registering.appoint(meeting.user, role=Post.Role.CLERK, department=None, on=date(2020, 1, 1))
    meeting.user.active_post_id = second.pk
    meeting.user.save(update_fields=["active_post"])
    with pytest.raises(OtherWindow):
        scanning.of_window(meeting.user, scan_id=found.pk, window="3 号窗口")


def test_leaving_ends_it_and_changing_the_code_too(meeting):
    found = meeting.scan()
    assert (
        scanning.leave(meeting.user, scan_id=found.pk, window=meeting.window, taken=False, at=AT).status
        == "ended"
    )
    assert (
        scanning.leave(meeting.user, scan_id=found.pk, window=meeting.window, taken=False, at=AT).status
        == "ended"
    )
    waiting = meeting.ask()
    codes.begin(meeting.shower, types=[], at=AT + timedelta(minutes=1))
    waiting.refresh_from_db()
    assert waiting.status == "ended"


@pytest.mark.parametrize("taken", [True, False])
def test_a_consent_under_which_nothing_was_begun_ends_with_the_scan(meeting, taken):
    found = meeting.agree()
    scanning.leave(meeting.user, scan_id=found.pk, window=meeting.window, taken=taken, at=AT)
    given = Authorisation.objects.get()
    assert (given.status, given.ended_at) == (("granted", None) if taken else ("ended", AT))
