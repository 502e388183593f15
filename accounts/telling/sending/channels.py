"""The ways out of the portal: which are set up, and handing one letter over. Django's mail, and a gateway for SMS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings

from accounts.states import Channel
from accounts.telling import wording
from accounts.telling.sending import gateway, mailing
from accounts.telling.sending.failures import Failed, Rejected

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True, slots=True)
class Letter:
    """One SMS or one e-mail; several messages of one kind go out as one letter, known to the gateway by `sending`."""

    sending: UUID
    channel: Channel
    kind: str
    to: str = field(repr=False)
    values: Mapping[str, str] = field(repr=False)
    titles: tuple[str, ...] = field(repr=False, default=())

    @property
    def count(self) -> int:
        """Return how many messages it stands for."""
        return len(self.titles) or 1


def is_on(channel: Channel) -> bool:
    """Return whether a channel is set up here."""
    if channel is Channel.SMS:
        return bool(settings.SMS_URL)
    return bool(settings.EMAIL_HOST) or settings.EMAIL_BACKEND != SMTP


def hand_over(letter: Letter) -> None:
    """Send one letter. Raises Failed (try again) or Rejected (for good)."""
    try:
        if letter.channel is Channel.SMS:
            _send_sms(letter)
        else:
            mail = wording.email(letter.kind, letter.values, titles=letter.titles if letter.count > 1 else ())
            mailing.send(letter.sending, to=letter.to, mail=mail)
    except (wording.NotForOutside, KeyError) as error:
        raise Rejected(f"文字不能发出：{type(error).__name__}") from error


def _send_sms(letter: Letter) -> None:
    name = letter.kind if letter.count == 1 else wording.NAME
    gateway.send(
        letter.sending,
        mobile=letter.to,
        template=settings.SMS_TEMPLATES.get(name, name),
        values=wording.sms_values(letter.kind, letter.values, count=letter.count),
    )


__all__ = ["Failed", "Letter", "Rejected", "hand_over", "is_on"]
