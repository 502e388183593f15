"""The presentation code (亮证码): from one secret a new code follows every minute, so that looking changes nothing.

LZ1 + presentation (26) + slot (1) + 120 bits of HMAC-SHA256 (24): capitals and digits, which a QR code packs densely.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import b32decode, b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from accounts import actors
from accounts.acting import principals
from accounts.acting.principals import Principal
from accounts.models import Organisation, Person
from accounts.organising import require_active
from accounts.signing import braking
from certificates import schemas
from certificates.models import Presentation, Scan
from certificates.presenting.errors import (
    BeganTooOften,
    ForgedCode,
    MayNotShow,
    NotHeard,
    NotOurCode,
    NotProven,
    PublicCheckCode,
)
from certificates.states import ScanStatus
from common.clock import day_of
from records.hashing import HashKind, keyed
from records.journal import note

SLOT = timedelta(seconds=60)
SLOTS = 10
LIFE = SLOT * SLOTS
GRACE = timedelta(seconds=5)  # from the screen through the scanner to here
SECRET_BYTES, MAC_BYTES = 32, 15
# Read aloud. Ten guesses a window in ten minutes against a thousand codes shown: one in a million hits any.
DIGITS = 10
_SPOKEN = re.compile(f"[0-9]{{{DIGITS}}}")
_FORM = re.compile(r"LZ1([A-Z2-7]{26})([0-9])([A-Z2-7]{24})")


@dataclass(frozen=True, slots=True)
class Shown:
    """The code of a moment, and for how many more seconds it is shown."""

    text: str
    slot: int
    seconds: int
    spoken: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a code says of itself; nothing of it is proven yet."""

    presentation_id: UUID
    slot: int
    mac: bytes


@transaction.atomic
def begin(principal: Principal, *, types: Sequence[str], at: datetime) -> Presentation:
    """Begin to show one's certificates, or the chosen types of them; what was being shown before ends.

    Raises MayNotShow, NotProven, UnknownType, OrganisationClosed, BeganTooOften.
    """
    _require_may_show(principal)
    schemas.kinds(types)
    if wait := braking.count("present", str(principal.acting.pk)):
        raise BeganTooOften(wait)
    end_all(principal.acting, at=at)
    secret = secrets.token_hex(SECRET_BYTES)
    begun = Presentation(
        holder_organisation=principal.organisation,
        holder_person=None if principal.organisation else principal.person,
        shown_by=principal.acting,
        mandate=principal.mandate,
        types=sorted(set(types)),
        secret=secret,
        begun_at=at,
        ends_at=at + LIFE,
    )
    begun.spoken = [_hashed(_spoken(begun, slot)) for slot in range(SLOTS)]
    begun.save(force_insert=True)
    note(
        stream=f"presentation:{begun.pk}",
        act="presentation_begun",
        actor=actors.of_person(principal.acting),
        subject=str(begun.pk),
        details={"types": list(begun.types), "mandate": principal.mandate},
    )
    return begun


@transaction.atomic
def end_all(person: Person, *, at: datetime) -> None:
    """End what a person is showing: no code of it is taken any more, no question about it waits any longer."""
    Presentation.objects.filter(shown_by=person, ended_at__isnull=True).update(ended_at=at)
    waiting = (ScanStatus.SCANNED, ScanStatus.ASKED)
    Scan.objects.filter(presentation__shown_by=person, status__in=waiting).update(status=ScanStatus.ENDED)


def live(presentation: Presentation, *, at: datetime) -> bool:
    """Return whether codes of it are shown."""
    return presentation.ended_at is None and presentation.begun_at <= at < presentation.ends_at


def current(presentation: Presentation, *, at: datetime) -> Shown:
    """Return the code to show at a moment of the presentation's life."""
    slot = slot_at(presentation, at)
    left = presentation.begun_at + SLOT * (slot + 1) - at
    seconds = max(1, -(-left // timedelta(seconds=1)))
    return Shown(_text(presentation, slot), slot, seconds, _spoken(presentation, slot))


def slot_at(presentation: Presentation, at: datetime) -> int:
    """Return which of the rotating codes belongs to a moment."""
    return (at - presentation.begun_at) // SLOT


def fresh(presentation: Presentation, slot: int, *, at: datetime) -> bool:
    """Return whether a code of this slot is, or was until a breath ago, the one on the screen."""
    begins = presentation.begun_at + SLOT * slot
    return slot < SLOTS and begins <= at < begins + SLOT + GRACE


def read(text: str) -> Scanned:
    """Take a scanned text apart, full-width or small letters too. Raises NotOurCode, PublicCheckCode."""
    tidy = _tidy(text)
    found = _FORM.fullmatch(tidy.upper())
    if found is None:
        raise PublicCheckCode if "/check/" in tidy.lower() else NotOurCode
    return Scanned(UUID(bytes=_bytes(found[1])), int(found[2]), _bytes(found[3]))


def is_spoken(text: str) -> bool:
    """Return whether it is typed digits, with or without spaces, rather than a scanned code."""
    return _SPOKEN.fullmatch(_tidy(text)) is not None


def heard(text: str, *, at: datetime) -> Scanned:
    """Find whose digits of this minute they are: by keyed hash, nothing is tried out. Raises NotHeard."""
    told = _hashed(_tidy(text))
    rows = Presentation.objects.filter(
        spoken__contains=[told], ended_at__isnull=True, begun_at__gt=at - LIFE - GRACE
    )
    fits = [(row, slot) for row in rows if fresh(row, slot := row.spoken.index(told), at=at)]
    if len(fits) != 1:  # two who show the same digits this minute: neither is served by them
        raise NotHeard
    row, slot = fits[0]
    return Scanned(row.pk, slot, _mac(row, slot))


def prove(presentation: Presentation, scanned: Scanned) -> None:
    """Raise ForgedCode unless the code was made from the presentation's secret for its slot."""
    if not hmac.compare_digest(_mac(presentation, scanned.slot), scanned.mac):
        raise ForgedCode


def principal_of(presentation: Presentation, *, at: datetime) -> Principal:
    """Return for whom and by whom it is shown, by a right that stands now. Raises MayNotAct, MayNotShow."""
    person = presentation.shown_by
    whom = ""
    if presentation.holder_organisation_id is not None:
        whom = f"organisation:{presentation.holder_organisation_id}"
    elif presentation.holder_person_id != person.pk:
        whom = f"person:{presentation.holder_person_id}"
    found = principals.principal(person, whom=whom, on=day_of(at))
    if not found.limits.sees_certificates or found.closed:
        raise MayNotShow
    return found


def holder(presentation: Presentation) -> Person | Organisation:
    """Return whose certificates are shown."""
    found = presentation.holder_organisation or presentation.holder_person
    assert found is not None
    return found


def _require_may_show(principal: Principal) -> None:
    if not principal.limits.sees_certificates:
        raise MayNotShow
    if principal.acting.real_name_level < Person.RealNameLevel.NAME_AND_NUMBER:
        raise NotProven
    if principal.organisation is not None:
        require_active(principal.organisation)


def _text(presentation: Presentation, slot: int) -> str:
    return f"LZ1{_letters(presentation.pk.bytes)}{slot}{_letters(_mac(presentation, slot))}"


def _tidy(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _spoken(presentation: Presentation, slot: int) -> str:
    key = bytes.fromhex(presentation.secret)
    drawn = hmac.digest(key, f"spoken:{presentation.pk}:{slot}".encode(), hashlib.sha256)
    return f"{int.from_bytes(drawn) % 10**DIGITS:0{DIGITS}}"


def _hashed(spoken: str) -> str:
    return keyed(HashKind.SPOKEN_CODE, spoken).hex()


def _mac(presentation: Presentation, slot: int) -> bytes:
    key = bytes.fromhex(presentation.secret)
    return hmac.digest(key, f"{presentation.pk}:{slot}".encode(), hashlib.sha256)[:MAC_BYTES]


def _letters(raw: bytes) -> str:
    return b32encode(raw).decode().rstrip("=")


def _bytes(letters: str) -> bytes:
    """Return the bytes; letters whose spare bits are not zero are no text of ours."""
    raw = b32decode(letters + "=" * (-len(letters) % 8))
    if _letters(raw) != letters:
        raise NotOurCode
    return raw
