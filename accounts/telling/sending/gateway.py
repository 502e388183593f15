"""SMS by HTTP: template id and its values, signed; the gateway knows each letter by its id, so that none goes twice.

POST SMS_URL, JSON {"id", "mobile", "sign", "template", "values"}. Headers: `Idempotency-Key` (the id), `X-Timestamp`
(seconds) and `X-Signature`, HMAC-SHA256 in hex under SMS_SECRET over timestamp, newline, body. 2xx is accepted.
Another provider's protocol: this module and nothing else (docs/how-to/connect-a-gateway.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from functools import cache
from uuid import UUID

import httpx
from django.conf import settings

from accounts.telling.sending.failures import Failed, Rejected
from common import clock

TIMEOUT = httpx.Timeout(5.0, connect=2.0)  # seconds
# Passing, or ours to mend: wrong keys, too many at once, a gateway that is being repaired.
AGAIN = frozenset({401, 403, 404, 405, 408, 409, 425, 429})


def send(sending: UUID, *, mobile: str, template: str, values: Mapping[str, str]) -> None:
    """Hand one SMS to the gateway. Raises Failed, Rejected."""
    told = {
        "id": str(sending),
        "mobile": mobile,
        "sign": settings.SMS_SIGN,
        "template": template,
        "values": dict(values),
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    try:
        answer = _client().post(settings.SMS_URL, content=body, headers=_headers(sending, body))
    except httpx.TimeoutException as error:
        raise Failed("短信网关超时") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Failed("短信网关连不上") from error
    if answer.is_success:
        return
    if answer.status_code in AGAIN or answer.status_code >= 500 or answer.is_redirect:
        raise Failed(f"短信网关返回 {answer.status_code}")
    raise Rejected(f"短信网关拒收 {answer.status_code}")


def signed(body: bytes, *, timestamp: str, secret: str) -> str:
    """Return the signature of a request."""
    return hmac.new(secret.encode(), timestamp.encode() + b"\n" + body, hashlib.sha256).hexdigest()


@cache
def _client() -> httpx.Client:
    """Return this process's connections; making a client costs 30 ms, most of it for certificates."""
    return httpx.Client(timeout=TIMEOUT)


def _headers(sending: UUID, body: bytes) -> dict[str, str]:
    timestamp = str(int(clock.system_time().timestamp()))
    return {
        "Content-Type": "application/json",
        "Idempotency-Key": str(sending),
        "X-Timestamp": timestamp,
        "X-Signature": signed(body, timestamp=timestamp, secret=settings.SMS_SECRET),
    }
