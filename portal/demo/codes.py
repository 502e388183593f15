"""The phones of the demo's staff: secrets that this machine can work out, so that the demo page shows their codes."""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.conf import settings

from accounts.models import User
from accounts.signing import second_factor
from common import clock


def secret_of(username: str) -> str:
    """Return the secret of one of the demo's staff. The demo alone can do this; nobody else's is like it."""
    digest = hmac.digest(
        settings.SECRET_KEY.encode(), f"demo second factor {username}".encode(), hashlib.sha1
    )
    return base64.b32encode(digest).decode()


def hand_out(user: User) -> None:
    """Bind the phone of one of the demo's staff, unless one is bound."""
    if not second_factor.is_enrolled(user):
        second_factor.activate(user, secret=secret_of(user.username))


def now(username: str) -> str:
    """Return the code of this moment, in the machine's time: real phones know no other."""
    return second_factor.code_at(secret_of(username), at=clock.system_time())
