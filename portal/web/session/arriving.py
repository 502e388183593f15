"""Coming in: the one place where a session becomes somebody's, whatever way they proved who they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from accounts.models import SignIn, User
from accounts.permissions import is_staff
from accounts.signing import devices, identity, lockouts, sign_ins
from accounts.signing.identity import BACKEND
from certificates.presenting import codes
from common import clock
from portal.web.session.store import SECOND_FACTOR, SEEN
from portal.web.visitors import address_of

DEVICE_COOKIE = "device"
DEVICE_SECONDS = 365 * 24 * 3600
HALF = "half_signed_in"  # session key: whose password was right, and no code given yet
HALF_SECONDS = 600
PLATFORM_END = "platform_end"  # session key: where one signs out of the identity platform too
STEPPED_UP: Mapping[tuple[str, str], str] = {
    ("code", SignIn.Way.PASSWORD): SignIn.Way.CODE,
    ("recovery", SignIn.Way.PASSWORD): SignIn.Way.RECOVERY,
    ("code", SignIn.Way.PLATFORM): SignIn.Way.PLATFORM_CODE,
    ("recovery", SignIn.Way.PLATFORM): SignIn.Way.PLATFORM_RECOVERY,
}
_View = TypeVar("_View", bound=Callable[..., HttpResponseBase])


def safe(request: HttpRequest, wanted: str) -> str:
    """Return an address of this portal to go on to, or an empty text."""
    known = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if known else ""


def arrive(
    request: HttpRequest, user: User, *, way: str, response: HttpResponse, second_factor: bool = False
) -> HttpResponse:
    """Make the session this person's under a new key, keep that they came in, and mark the browser as theirs."""
    request.session.pop(HALF, None)
    old = request.session.session_key
    login(request, user, backend=BACKEND)
    if request.session.session_key in {old, None}:
        request.session.cycle_key()  # a key known before is worth nothing afterwards
    moment = clock.system_time().timestamp()
    request.session[SEEN] = moment
    if second_factor:
        request.session[SECOND_FACTOR] = moment
    trace = devices.trace(
        user_agent=request.headers.get("User-Agent", ""),
        address=address_of(request),
        token=request.COOKIES.get(DEVICE_COOKIE, ""),
    )
    sign_ins.record(user, way=way, trace=trace, session_key=str(request.session.session_key), at=clock.now())
    response.set_cookie(
        DEVICE_COOKIE,
        trace.token,
        max_age=DEVICE_SECONDS,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )
    return response


def hold(request: HttpRequest, user: User, *, onward: str) -> HttpResponseRedirect:
    """Remember whose password was right, under a new key, and ask for a code; nobody is signed in yet."""
    lockouts.take_back(request)
    if request.user.is_authenticated:
        depart(request)
    request.session.cycle_key()
    request.session[HALF] = {
        "user": str(user.pk),
        "at": clock.system_time().timestamp(),
        "hash": user.get_session_auth_hash(),  # a password that is changed meanwhile was not the right one
    }
    return to_code(onward)


def to_code(onward: str) -> HttpResponseRedirect:
    """Lead to the page that asks for a code."""
    return redirect(f"{reverse('signing:code')}?{urlencode({'next': onward})}")


def held(request: HttpRequest) -> User | None:
    """Return who owes a code: somebody whose password was right, or staff who came in by the door of citizens."""
    half = request.session.get(HALF)
    if half is not None and clock.system_time().timestamp() - half["at"] <= HALF_SECONDS:
        owing = User.objects.filter(pk=UUID(half["user"]), is_active=True).first()
        same = owing is not None and constant_time_compare(
            half.get("hash", ""), owing.get_session_auth_hash()
        )
        return owing if same else None
    user = request.user
    return user if isinstance(user, User) and is_staff(user) else None


def step_up(request: HttpRequest, user: User, *, kind: str, response: HttpResponse) -> HttpResponse:
    """Let the one who gave a code in: a new session, or the one they have under a new key."""
    if request.user.is_authenticated and request.user.pk == user.pk:
        old = str(request.session.session_key)
        came = sign_ins.way_of(old)
        request.session[SECOND_FACTOR] = clock.system_time().timestamp()
        request.session.cycle_key()
        way = STEPPED_UP.get((kind, came), came)
        sign_ins.moved(old=old, new=str(request.session.session_key), way=way)
        return response
    way = STEPPED_UP[kind, SignIn.Way.PASSWORD]
    return arrive(request, user, way=way, response=response, second_factor=True)


def change_password(request: HttpRequest, user: User, *, new: str) -> None:
    """Change the password; this session goes on under a new key, every other one ends. Raises ChangedMeanwhile."""
    old = str(request.session.session_key)
    identity.change_password(user, new=new, keep=old)
    update_session_auth_hash(request, user)
    sign_ins.moved(old=old, new=str(request.session.session_key), way=sign_ins.way_of(old))


def depart(request: HttpRequest) -> None:
    """End the session, and keep that it ended; what its person is showing at a window is shown no longer."""
    sign_ins.ended(request.session.session_key or "")
    person = getattr(request.user, "person", None)
    if person is not None:
        codes.end_all(person, at=clock.now())
    elsewhere = request.session.get(PLATFORM_END, "")
    logout(request)
    if elsewhere:
        request.session[PLATFORM_END] = elsewhere


def passed(request: HttpRequest) -> bool:
    """Return whether a code was given in this session."""
    return bool(request.session.get(SECOND_FACTOR))


def office_page(view: _View) -> _View:
    """Open a page to staff whose session has a second factor; others are led to their sign-in, or asked for a code."""

    @wraps(view)
    def gated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User) and not passed(request) and is_staff(user):
            return to_code(request.get_full_path() if request.method == "GET" else reverse("bureau:queue"))
        return view(request, *args, **kwargs)

    # A guest is led to the sign-in of staff, not to that of citizens.
    return login_required(gated, login_url="public:staff_sign_in")  # type: ignore[return-value]
