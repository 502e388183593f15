"""Django's mail backend of a demo: hands every e-mail to the stand-in, so that none leaves the machine."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Sequence
from typing import Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from accounts.telling.sending.gateway import signed
from common import clock
from portal.demo.gateway import asking


class Backend(BaseEmailBackend):
    """Speaks to POST /mail of the stand-in, signed as an SMS is."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Send each e-mail to each of its recipients; raises what a mail server's failures raise."""
        for message in email_messages:
            for number, to in enumerate(message.recipients()):
                _send(message, to, number)
        return len(email_messages)


def _send(message: EmailMessage, to: str, number: int) -> None:
    told: dict[str, Any] = {
        "id": f"{message.extra_headers.get('Message-ID', id(message))} {number}",
        "to": to,
        "subject": message.subject,
        "body": message.body,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    timestamp = str(int(clock.system_time().timestamp()))
    headers = {
        "X-Timestamp": timestamp,
        "X-Signature": signed(body, timestamp=timestamp, secret=settings.SMS_SECRET),
    }
    try:
        answer = httpx.post(f"{asking.address()}/mail", content=body, headers=headers, timeout=5)
    except httpx.HTTPError as error:
        raise ConnectionError(type(error).__name__) from error
    if answer.status_code == 422:
        raise smtplib.SMTPRecipientsRefused({to: (550, b"refused")})
    if not answer.is_success:
        raise ConnectionError(str(answer.status_code))
