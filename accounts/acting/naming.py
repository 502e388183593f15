"""Finding the person somebody names, by name and number together: one answer whether absent or mismatched."""

from __future__ import annotations

import hmac

from accounts.models import Person
from accounts.signing import braking
from common.errors import DomainError
from common.identifiers import InvalidIdentifier, mobile, resident_id
from records.hashing import HashKind, keyed


class NobodyFound(DomainError):
    """Unknown, or known by another name: one answer, so that nobody can be probed (个人信息保护法 art. 6)."""

    status = 422
    message = "没有找到这个人。请核对姓名和号码；对方要先在本平台实名登记。"


def named(name: str, *, number: str, asked_by: Person) -> Person:
    """Return the person of this name with this ID or mobile number. Raises NobodyFound, FindingBraked."""
    braking.try_find(person=asked_by)
    wanted = keyed(HashKind.NAME, name)
    same = [one for one in _numbered(number) if hmac.compare_digest(keyed(HashKind.NAME, one.name), wanted)]
    if len(same) != 1:  # two of one name at one mobile number: only the ID number tells them apart
        raise NobodyFound
    return same[0]


def _numbered(number: str) -> list[Person]:
    try:
        digest = keyed(HashKind.RESIDENT_ID, resident_id(number).number)
        return list(Person.objects.filter(id_number_hash=digest).order_by("pk"))
    except InvalidIdentifier:
        pass
    try:
        digest = keyed(HashKind.MOBILE, mobile(number))
    except InvalidIdentifier:
        return []
    return list(Person.objects.filter(mobile_hash=digest).order_by("pk"))
