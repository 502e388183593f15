"""Idempotency-Key: the same request sent again has one effect; another request under the same key is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from rest_framework.request import Request

from accounts.models import User
from common import clock
from common.errors import DomainError
from portal.api.models import KeptRequest
from portal.api.problems import Invalid, PreconditionRequired
from records.hashing import HashKind, keyed

LONGEST = 64
ABANDONED = timedelta(seconds=60)  # whoever held the key that long without an answer has died
KEPT = timedelta(days=2)


class StillWorking(DomainError):
    """The first request under this key is not answered yet."""

    status = 409
    retry_after = 2
    message = "同一个 Idempotency-Key 的请求正在处理，请稍后再发一次。"


class OtherRequest(DomainError):
    """Another body under a key that was used."""

    status = 422
    message = "这个 Idempotency-Key 已经用于另一份内容。请换一个新的 Idempotency-Key。"


def once(request: Request, *, do: Callable[[str], str]) -> tuple[str, bool]:
    """Return the reference that came of this request, and whether it came of it now. `do` gets the key."""
    user, key = request.user, key_of(request)
    assert isinstance(user, User)
    digest = keyed(HashKind.BEARER, _canonical(request.data, request.headers.get("Acting-For", "")))
    kept, new = KeptRequest.objects.get_or_create(
        user=user, key=key, defaults={"digest": digest, "at": clock.now()}
    )
    if bytes(kept.digest) != digest:
        raise OtherRequest
    if kept.reference:
        return kept.reference, False
    if not new and not _taken_over(kept):
        raise StillWorking
    return _done(kept, do), True


def _done(kept: KeptRequest, do: Callable[[str], str]) -> str:
    """Do it; what is refused leaves the key free for another try."""
    try:
        reference = do(kept.key)
    except Exception:
        KeptRequest.objects.filter(pk=kept.pk, reference="").delete()
        raise
    KeptRequest.objects.filter(pk=kept.pk).update(reference=reference)
    return reference


def _taken_over(kept: KeptRequest) -> bool:
    """Take over from a request that died: one alone can."""
    dead = KeptRequest.objects.filter(pk=kept.pk, reference="", at__lt=clock.now() - ABANDONED)
    return dead.update(at=clock.now()) == 1


def key_of(request: Request) -> str:
    """Return the key, or raise PreconditionRequired or Invalid."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise PreconditionRequired("请带上 Idempotency-Key：重发时用同一个，系统只受理一次。")
    if len(key) > LONGEST or not key.isprintable():
        raise Invalid({"Idempotency-Key": f"不超过 {LONGEST} 个可见字符。"})
    return key


def forget_old() -> int:
    """Delete keys nobody can send again; returns how many."""
    return KeptRequest.objects.filter(at__lt=clock.now() - KEPT).delete()[0]


def _canonical(data: Any, whom: str) -> str:
    return whom + json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
