"""Who is asking, and for whom: the person of the account, and the one they chose to act for in this session."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.acting import principals
from accounts.acting.principals import MayNotAct, Principal
from accounts.models import Person
from common.errors import DomainError

ACTING_FOR = "acting_for"  # session key: Principal.whom; absent or empty for oneself
WHOM = "whom"  # form field: for whom the page was drawn
_FOUND = "_principal"  # the request's own: a right is asked for once a request, and anew in the next


class NoPerson(DomainError):
    """An account of staff alone: it belongs to no natural person who could apply."""

    status = 403
    message = "您现在登录的是工作人员账号，不能办个人或单位的事。请退出后，用您本人的账号登录。"


class OtherPrincipal(DomainError):
    """The page is another one's than the session acts for: opened before a switch, or from a message.

    Nothing is done; `switch_to` is whose page it is, `onward` the page to go on with after switching.
    """

    status = 409

    def __init__(self, switch_to: Principal, *, now: str, onward: str, acted: bool, kept: bool) -> None:
        self.switch_to, self.onward = switch_to, onward
        whose = f"“{switch_to.name}”" if switch_to.whom else "您本人"
        done = "这一步没有办。" if acted else ""
        done += "刚才填的内容替您留着，换过去就能接着办。" if kept else ""
        super().__init__(f"这一页是替{whose}办的，您现在选的是替{now}办事。{done}")


def person_of(request: HttpRequest) -> Person:
    """Return the natural person of the signed-in account, or raise NoPerson."""
    person: Person | None = getattr(request.user, "person", None)
    if person is None:
        raise NoPerson
    return person


def acting_for(request: HttpRequest) -> str:
    """Return for whom this session acts, empty for oneself."""
    return str(request.session.get(ACTING_FOR, ""))


def principal_of(request: HttpRequest) -> Principal:
    """Return the applicant: the person, or the one they chose to act for. Raises NoPerson, MayNotAct."""
    person, whom = person_of(request), acting_for(request)
    found: Principal | None = getattr(request, _FOUND, None)
    if found is None or found.whom != whom:
        found = principals.principal(person, whom=whom)
        setattr(request, _FOUND, found)
    return found


def chosen(request: HttpRequest) -> Principal | None:
    """Return the one besides oneself the session acts for; None for oneself, or when that right has ended."""
    if not acting_for(request) or getattr(request.user, "person", None) is None:
        return None
    try:
        return principal_of(request)
    except MayNotAct:
        return None


def acts_for(request: HttpRequest) -> str:
    """Return in words for whom the session acts."""
    if not acting_for(request):
        return "您本人"
    now = chosen(request)
    return f"“{now.name}”" if now else "已经不能替的人"
