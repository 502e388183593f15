"""The second factor of staff: a code of the moment (TOTP, RFC 6238), ten codes for a lost device, an admin's reset.

Tables and codes are django-allauth's; its pages are not used. A code counts once: the last one is kept with the
secret, under a lock, because a cache forgets and is not shared (RFC 6238, 5.2).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.utils import decrypt
from django.db import transaction

from accounts import actors, identifying
from accounts.models import Post, SignIn, User
from accounts.posting import may_manage
from accounts.signing import sealing, sign_ins
from common.errors import DomainError
from records import journal

Kind = Literal["code", "recovery"]
TRIED = (0, -1, 1)  # steps of 30 s: a clock may go wrong by as much


class NotYourColleague(DomainError):
    """Only an admin of the department a colleague works in, and never for oneself."""

    status = 403
    message = "您不能重置这个账号的动态口令。只有同一部门的事项管理员能重置，并且不能重置自己的。"


class AlreadyEnrolled(DomainError):
    """A second factor is exchanged by a reset, not by enrolling again."""

    status = 409
    message = "这个账号已经绑定动态口令。换手机请先请本部门管理员重置。"


def new_secret() -> str:
    """Return a fresh secret (160 bits, base32)."""
    return str(generate_totp_secret())


def address_of(user: User, *, secret: str) -> str:
    """Return the otpauth:// address an authenticator app reads from a QR code."""
    return str(sealing.SealingAdapter().build_totp_url(user, secret))


def is_enrolled(user: User) -> bool:
    """Return whether codes are asked of the account."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def code_at(secret: str, *, at: datetime) -> str:
    """Return the code an app shows at a moment."""
    return str(format_hotp_value(hotp_value(secret, _step(at))))


@transaction.atomic
def enrol(user: User, *, secret: str, code: str, at: datetime) -> list[str] | None:
    """Bind an app that shows the right code, and return the recovery codes; None for a wrong code.

    Raises AlreadyEnrolled.
    """
    step = _matching(secret, code, at=at, after=0)
    return None if step is None else activate(user, secret=secret, used=step)


@transaction.atomic
def activate(user: User, *, secret: str, used: int = 0) -> list[str]:
    """Bind a secret and return the recovery codes. Raises AlreadyEnrolled."""
    User.objects.select_for_update().get(pk=user.pk)
    if is_enrolled(user):
        raise AlreadyEnrolled
    bound = TOTP.activate(user, secret).instance
    bound.data["used"] = used
    bound.save(update_fields=["data"])
    _note(user, "second_factor_enrolled", actor=actors.of_user(user))
    return _fresh_codes(user)


@transaction.atomic
def check(user: User, *, code: str, at: datetime) -> Kind | None:
    """Return which kind of code it is, using it up; None if it is neither. Codes may be typed with spaces."""
    typed = "".join(code.split())
    found = Authenticator.objects.select_for_update().filter(user=user).order_by("pk")
    held = {one.type: one for one in found}
    bound, spare = held.get(Authenticator.Type.TOTP), held.get(Authenticator.Type.RECOVERY_CODES)
    if bound is None:
        return None
    step = _matching(decrypt(bound.data["secret"]), typed, at=at, after=bound.data["used"])
    if step is not None:
        bound.data["used"] = step
        bound.last_used_at = at
        bound.save(update_fields=["data", "last_used_at"])
        return "code"
    if spare is not None and RecoveryCodes(spare).validate_code(typed):
        _note(user, "recovery_code_used", actor=actors.of_user(user))
        return "recovery"
    return None


def codes_left(user: User) -> int:
    """Return how many recovery codes are unused."""
    held = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(held).get_unused_codes()) if held else 0


@transaction.atomic
def renew_codes(user: User) -> list[str]:
    """Return ten new recovery codes; the old ones are void. Who asks has just given a code."""
    _note(user, "recovery_codes_renewed", actor=actors.of_user(user))
    return _fresh_codes(user)


@transaction.atomic
def reset(admin: User, *, post: Post) -> None:
    """Unbind the lost device of who holds a post, and end their sessions. Raises NotYourColleague, UnknownIdentity."""
    if not may_manage(admin, post.department) or identifying.is_same_person(admin, post.user):
        raise NotYourColleague
    unbind(post.user, actor=actors.of_user(admin))


@transaction.atomic
def unbind(user: User, *, actor: str) -> None:
    """Remove the second factor and end every session of the account."""
    Authenticator.objects.filter(user=user).delete()
    sign_ins.end_all(user, how=SignIn.End.RESET, actor=actor)
    _note(user, "second_factor_reset", actor=actor)


def _fresh_codes(user: User) -> list[str]:
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    return list(RecoveryCodes.activate(user).generate_codes())


def _matching(secret: str, code: str, *, at: datetime, after: int) -> int | None:
    """Return the step whose code this is; one at or before the last used step is no code any more."""
    for step in (_step(at) + off for off in TRIED):
        if step > after and compare_user_code(
            actual=code, expected=format_hotp_value(hotp_value(secret, step))
        ):
            return step
    return None


def _step(at: datetime) -> int:
    return int(at.timestamp()) // int(app_settings.TOTP_PERIOD)


def _note(user: User, act: str, *, actor: str) -> None:
    journal.note(stream=f"user:{user.pk}", act=act, actor=actor, subject=str(user.pk))
