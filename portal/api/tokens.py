"""Bearer tokens: made by a command, shown once, found by keyed hash, revocable at once."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts import actors
from accounts.models import User
from common import clock
from portal.api.models import ApiToken
from records import journal
from records.hashing import HashKind, keyed

PREFIX = "zw_"  # so that a scanner for leaked secrets knows one
DAYS = 90


@transaction.atomic
def create(user: User, *, name: str, days: int = DAYS) -> str:
    """Return a new token of an account, valid for some days; it cannot be shown again."""
    token = PREFIX + secrets.token_urlsafe(32)
    at = clock.now()
    kept = ApiToken.objects.create(
        user=user, name=name, digest=_digest(token), created_at=at, expires_at=at + timedelta(days=days)
    )
    _note(kept, act="api_token_created")
    return token


@transaction.atomic
def revoke_all(user: User) -> int:
    """Revoke every token of an account; returns how many were open."""
    open_ones = list(ApiToken.objects.select_for_update().filter(user=user, revoked_at=None).order_by("pk"))
    ApiToken.objects.filter(pk__in=[one.pk for one in open_ones]).update(revoked_at=clock.now())
    for one in open_ones:
        _note(one, act="api_token_revoked")
    return len(open_ones)


def user_of(token: str) -> User | None:
    """Return whose token this is, None for one that is unknown, expired or revoked."""
    usable = Q(revoked_at=None, expires_at__gt=clock.now(), user__is_active=True)
    found = ApiToken.objects.filter(usable, digest=_digest(token)).select_related("user__person").first()
    return found.user if found is not None else None


def _digest(token: str) -> bytes:
    return keyed(HashKind.BEARER, f"api {token}")


def _note(token: ApiToken, *, act: str) -> None:
    journal.note(
        stream=f"user:{token.user_id}",
        act=act,
        actor=actors.SYSTEM,
        subject=str(token.user_id),
        details={"token": str(token.pk), "until": token.expires_at.isoformat()},
    )
