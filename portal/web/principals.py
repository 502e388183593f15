"""Who is asking, and for whom: the person of the account, and the organisation chosen in this session."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.acting import principals
from accounts.acting.principals import Principal
from accounts.models import Person
from common.errors import DomainError

ACTING_FOR = "acting_for"  # session key: the id of the organisation, absent for oneself


class NoPerson(DomainError):
    """An account of staff alone: it belongs to no natural person who could apply."""

    status = 403
    message = "您现在登录的是工作人员账号，不能办个人或单位的事。请退出后，用您本人的账号登录。"


def person_of(request: HttpRequest) -> Person:
    """Return the natural person of the signed-in account, or raise NoPerson."""
    person: Person | None = getattr(request.user, "person", None)
    if person is None:
        raise NoPerson
    return person


def acting_for(request: HttpRequest) -> str:
    """Return the id of the organisation chosen in this session, empty for oneself."""
    return str(request.session.get(ACTING_FOR, ""))


def principal_of(request: HttpRequest) -> Principal:
    """Return the applicant: the person, or the organisation they chose to act for. Raises NoPerson, MayNotAct."""
    return principals.principal(person_of(request), organisation_id=acting_for(request))
