"""Ten digits read aloud where nothing scans: of this minute, once, found by their hash, few tries a window."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.signing import braking
from certificates.models import Presentation, Scan
from certificates.presenting import codes
from certificates.presenting.errors import NotHeard, ReplacedCode, ScanBraked, UsedCode
from tests.certificates.presenting.making import Meeting, clerk
from tests.factories import people
from tests.factories.certificates import AT, card_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting() -> Meeting:
    card_type()
    return Meeting(people.principal(), clerk())


def digits(shown: Presentation, meeting: Meeting) -> str:
    return codes.current(shown, at=meeting.at).spoken


@pytest.mark.parametrize("typed", ["{0}", "{1} {2}", "　{0} "])
def test_the_digits_of_this_minute_open_the_same_scan(meeting: Meeting, typed: str) -> None:
    shown = meeting.show()
    later = meeting.later(seconds=130)
    told = digits(shown, later)
    assert (len(told), told.isdecimal()) == (10, True)
    found = later.scan(shown, code=typed.format(told, told[:3], told[3:]))
    assert (found.presentation, found.slot) == (shown, 2)


def test_they_change_with_the_code_and_stand_nowhere_in_clear(meeting: Meeting) -> None:
    shown = meeting.show()
    each = {digits(shown, meeting.later(minutes=minute)) for minute in range(codes.SLOTS)}
    assert len(each) == codes.SLOTS
    stored = Presentation.objects.get().spoken
    assert len(stored) == codes.SLOTS
    assert not any(told in kept for told in each for kept in stored)


@pytest.mark.parametrize("seconds", [-1, 66, 600])
def test_digits_of_another_minute_open_nothing(meeting: Meeting, seconds: int) -> None:
    shown = meeting.show()
    told = digits(shown, meeting)
    with pytest.raises(NotHeard):
        meeting.scan(shown, code=told, at=AT + timedelta(seconds=seconds))
    assert not Scan.objects.exists()


def test_they_count_once_and_not_after_another_code_was_begun(meeting: Meeting) -> None:
    shown = meeting.show()
    told = digits(shown, meeting)
    meeting.scan(shown, code=told)
    with pytest.raises(UsedCode):
        meeting.scan(shown, code=told, at=AT + timedelta(seconds=3))
    meeting.show()
    with pytest.raises((NotHeard, ReplacedCode)):
        meeting.scan(shown, code=told, at=AT + timedelta(seconds=4))


def test_guessing_is_braked_by_the_window(meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[tuple[str, str]] = []

    def count(name: str, who: str, **_more: int) -> int:
        counted.append((name, who))
        return 60 if [one[0] for one in counted].count("type_code") > 2 else 0

    monkeypatch.setattr(braking, "count", count)
    shown = meeting.show()
    for _ in range(2):
        with pytest.raises(NotHeard):
            meeting.scan(shown, code="0000000000")
    with pytest.raises(ScanBraked):
        meeting.scan(shown, code=digits(shown, meeting))
    assert {who.partition(":")[2] for name, who in counted if name == "type_code"} == {meeting.window}
