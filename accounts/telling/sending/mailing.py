"""E-mail through Django's backend. A repeated send carries the same Message-ID, which is all SMTP knows."""

from __future__ import annotations

import smtplib
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage

from accounts.telling.sending.failures import Failed, Rejected
from accounts.telling.wording import Mail


def send(sending: UUID, *, to: str, mail: Mail) -> None:
    """Hand one e-mail to the server. Raises Failed, Rejected."""
    headers = {"Message-ID": f"<{sending}@{settings.PUBLIC_HOST}>", "Auto-Submitted": "auto-generated"}
    letter = EmailMessage(mail.subject, f"{mail.body}\n\n{settings.SITE['name']}", to=[to], headers=headers)
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as error:
        if all(code >= 500 for code, _ in error.recipients.values()):
            raise Rejected("邮箱地址被拒收") from error
        raise Failed("邮件服务器暂时不收") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Failed(f"邮件没有发出：{type(error).__name__}") from error
