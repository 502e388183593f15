"""Brakes: how often something may be tried from one place. Counted in the broker, where only keyed hashes stand.

The broker carries no truth: when it is away nothing is braked, and the log says so. Signing in must not depend on it;
`lockouts` counts its tries here for django-axes.
"""

from __future__ import annotations

import ipaddress
import logging
import math

import redis
from django.conf import settings

from accounts.models import Person
from common.errors import DomainError
from common.redis import connection
from records.hashing import HashKind, keyed

log = logging.getLogger("accounts")


class Braked(DomainError):
    """Tried too often: 429 with the seconds after which it may be tried again."""

    status = 429
    words = "短时间内试了太多次，先停一停。请 {minutes} 分钟后再试。"

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__(self.words.format(minutes=math.ceil(seconds / 60)))


class CheckBraked(Braked):
    """Too many certificates checked from one address."""

    words = "从您这里查验证照的次数太多，先停一停。请 {minutes} 分钟后再查。没有查到结果的证照，不要当作有效证照。"


class FindingBraked(Braked):
    """Too many people looked for by name and number."""

    words = "短时间内查找的次数太多，先停一停。请核对姓名和号码，{minutes} 分钟后再试。"


def try_check(*, address: str, by: int = 1) -> None:
    """Count a public check of a certificate, a dear one as several. Raises CheckBraked."""
    if wait := count("check_address", block(address), by=by):
        raise CheckBraked(wait)


def try_find(*, person: Person) -> None:
    """Count a look for a person by name and number, so that nobody is found by trying. Raises FindingBraked."""
    if wait := count("find_person", str(person.pk)):
        raise FindingBraked(wait)


def try_api(*, who: str) -> None:
    """Count a request to the API. Raises Braked."""
    if wait := count("api", who):
        raise Braked(wait)


def block(address: str) -> str:
    """Return what one visitor has of the net: an IPv4 address, the first 64 bits of an IPv6 one; empty if neither."""
    try:
        known = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address) and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((known, 64), strict=False))
    return str(getattr(known, "ipv4_mapped", None) or known)


def count(brake: str, of: str, *, by: int = 1) -> int:
    """Return the seconds to wait when the limit is passed, else 0. The time runs from the first one on."""
    most, seconds = settings.BRAKES[brake]
    if not of:
        return 0
    key = _key(brake, of)
    try:
        with connection().pipeline(transaction=True) as commands:
            commands.set(key, 0, ex=seconds, nx=True)
            commands.incrby(key, by)
            commands.ttl(key)
            _, counted, left = commands.execute()
    except redis.RedisError as error:
        log.warning("brake %s open, the broker does not answer: %s", brake, type(error).__name__)
        return 0
    return max(int(left), 1) if counted > most else 0


def forget(brake: str, of: str) -> None:
    """Start anew."""
    try:
        connection().delete(_key(brake, of))
    except redis.RedisError:
        return  # counting has said so already


def _key(brake: str, of: str) -> str:
    return f"brake:{brake}:{keyed(HashKind.LOGIN, f'{brake} {of}').hex()}"
