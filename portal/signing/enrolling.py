"""What the page that binds a phone needs: a secret that waits in the session, and the picture of it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.signing import second_factor
from records.encrypting import envelope

SESSION_KEY = "new_second_factor"


def secret_of(request: HttpRequest, user: User) -> str:
    """Return the secret offered in this session; sealed, because a session row is no place for one."""
    place = f"{SESSION_KEY}:{user.pk}"
    kept = request.session.get(SESSION_KEY)
    if kept is not None and kept["user"] == str(user.pk):
        return envelope.unseal(kept["sealed"], aad=place)
    secret = second_factor.new_secret()
    request.session[SESSION_KEY] = {"user": str(user.pk), "sealed": envelope.seal(secret, aad=place)}
    return secret


def forget(request: HttpRequest) -> None:
    """Drop the secret from the session."""
    request.session.pop(SESSION_KEY, None)


def picture(user: User, secret: str) -> dict[str, Any]:
    """Return the address for the QR code, and the secret in groups of four for typing."""
    groups = [secret[start : start + 4] for start in range(0, len(secret), 4)]
    return {"otpauth": second_factor.address_of(user, secret=secret), "groups": groups}
