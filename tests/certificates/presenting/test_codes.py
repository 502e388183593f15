"""The presentation code: one a minute, from a secret; nothing near it is taken."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.acting.principals import Limits, MayNotAct, Principal
from accounts.models import Person
from certificates.errors import UnknownType
from certificates.models import Presentation
from certificates.presenting import codes
from certificates.presenting.errors import (
    BeganTooOften,
    ForgedCode,
    MayNotShow,
    NotOurCode,
    NotProven,
    PublicCheckCode,
)
from records.models import JournalEntry
from tests.factories import people
from tests.factories.certificates import AT, card_type

SECRET = "5e" * 32
QR_ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
SMALL_QR = 61  # characters of a version 3 code, level M


PK = UUID(int=7)


def presentation(pk: UUID = PK, secret: str = SECRET) -> Presentation:
    return Presentation(pk=pk, secret=secret, begun_at=AT, ends_at=AT + codes.LIFE)


moments = st.timedeltas(timedelta(0), codes.LIFE - timedelta(microseconds=1)).map(lambda delta: AT + delta)
ids = st.uuids()
secrets = st.binary(min_size=32, max_size=32).map(bytes.hex)


@given(pk=ids, secret=secrets, at=moments)
def test_what_is_shown_is_read_and_proven_while_it_is_shown(pk, secret, at):
    shown = presentation(pk, secret)
    code = codes.current(shown, at=at)
    assert set(code.text) <= QR_ALPHANUMERIC
    assert len(code.text) <= SMALL_QR
    read = codes.read(code.text)
    assert (read.presentation_id, read.slot) == (pk, code.slot)
    codes.prove(shown, read)
    assert codes.fresh(shown, code.slot, at=at)
    assert 1 <= code.seconds <= 60
    last = at + timedelta(seconds=code.seconds - 1)
    assert codes.current(shown, at=last).text == code.text or code.seconds == 1
    assert codes.slot_at(shown, at + timedelta(seconds=code.seconds)) == code.slot + 1


@given(at=moments, later=st.timedeltas(timedelta(0), timedelta(hours=2)))
def test_a_code_lives_a_minute_and_a_breath(at, later):
    shown = presentation()
    slot = codes.slot_at(shown, at)
    age = at + later - (AT + codes.SLOT * slot)
    assert codes.fresh(shown, slot, at=at + later) == (age < codes.SLOT + codes.GRACE)


@given(at=moments, earlier=st.timedeltas(timedelta(microseconds=1), timedelta(hours=2)))
def test_no_code_is_taken_before_it_is_shown(at, earlier):
    shown = presentation()
    slot = codes.slot_at(shown, at)
    begins = AT + codes.SLOT * slot
    assert not codes.fresh(shown, slot, at=begins - earlier)


@given(place=st.integers(0, 53), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567890189"))
def test_one_changed_letter_is_refused(place, letter):
    shown = presentation()
    code = codes.current(shown, at=AT + timedelta(minutes=3)).text
    changed = code[:place] + letter + code[place + 1 :]
    if changed == code:
        return
    try:
        read = codes.read(changed)
    except NotOurCode:
        return
    if read.presentation_id != shown.pk:
        return  # it names another one, which is not there
    with pytest.raises(ForgedCode):
        codes.prove(shown, read)


@given(secret=secrets.filter(lambda one: one != SECRET))
def test_a_code_of_another_secret_is_forged(secret):
    read = codes.read(codes.current(presentation(secret=secret), at=AT).text)
    with pytest.raises(ForgedCode):
        codes.prove(presentation(), read)


def test_the_codes_of_a_presentation_share_no_proof():
    shown = presentation()
    texts = [codes.current(shown, at=AT + codes.SLOT * slot).text for slot in range(codes.SLOTS)]
    assert len({text[-24:] for text in texts}) == codes.SLOTS
    for text, other in pairwise(texts):  # the proof of one minute put behind the next
        with pytest.raises(ForgedCode):
            codes.prove(shown, codes.read(other[:-24] + text[-24:]))


@given(text=st.text(max_size=200))
def test_anything_else_is_no_code_of_ours(text):
    with pytest.raises(NotOurCode):
        codes.read(text)


@pytest.mark.parametrize(
    "change", [str.lower, lambda code: f" {code}\r\n", lambda code: code[:9] + "　" + code[9:]]
)
def test_what_scanners_and_keyboards_do_to_a_code_is_undone(change):
    code = codes.current(presentation(), at=AT).text
    full = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    assert codes.read(change(code)) == codes.read(full) == codes.read(code)


def test_the_code_printed_on_a_certificate_is_told_apart():
    with pytest.raises(PublicCheckCode, match="验证码"):
        codes.read("https://zwfw.example/check/Ab3dE")


@pytest.mark.django_db
def test_a_secret_is_kept_sealed_and_nothing_of_it_is_noted():
    who = people.principal()
    begun = codes.begin(who, types=[], at=AT)
    again = codes.begin(who, types=[], at=AT)
    begun.refresh_from_db()
    assert begun.secret != again.secret
    assert len(bytes.fromhex(begun.secret)) == 32
    assert begun.ended_at == AT  # the newer one replaced it
    entry = JournalEntry.objects.get(stream=f"presentation:{begun.pk}")
    assert (entry.act, entry.actor) == ("presentation_begun", f"person:{who.person.pk}")
    assert begun.secret not in str(entry.details)


@pytest.mark.django_db
def test_who_may_show():
    card_type()
    mother, daughter = people.person(), people.person(name="陈晓燕")
    seeing = Principal(mother, agent=daughter, mandate="guardianship:x", limits=Limits("监护人"))
    assert codes.begin(seeing, types=["test_card"], at=AT).shown_by == daughter
    blind = Principal(
        mother, agent=daughter, mandate="delegation:x", limits=Limits("代办人", sees_certificates=False)
    )
    with pytest.raises(MayNotShow):
        codes.begin(blind, types=[], at=AT)
    with pytest.raises(UnknownType):
        codes.begin(seeing, types=["nothing"], at=AT)
    Person.objects.filter(pk=daughter.pk).update(real_name_level=0)
    daughter.refresh_from_db()
    with pytest.raises(NotProven):
        codes.begin(Principal(daughter), types=[], at=AT)


@pytest.mark.django_db
def test_a_mandate_that_has_ended_shows_nothing():
    mother, daughter = people.person(), people.person(name="陈晓燕")
    begun = codes.begin(
        Principal(mother, agent=daughter, mandate="guardianship:x", limits=Limits("监护人")), types=[], at=AT
    )
    with pytest.raises(MayNotAct):
        codes.principal_of(begun, at=AT)


@pytest.mark.django_db
def test_changing_codes_without_end_is_braked(monkeypatch):
    monkeypatch.setattr("accounts.signing.braking.count", lambda *_args: 61)
    with pytest.raises(BeganTooOften, match="2 分钟后"):
        codes.begin(people.principal(), types=[], at=AT)
