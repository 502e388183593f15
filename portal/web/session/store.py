"""Sessions that end after a time without use: shorter where staff work. settings.SESSION_ENGINE."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.backends import db

SECOND_FACTOR = "second_factor"  # session key: when a code was given
SEEN = "seen"  # session key: when it was last used, in seconds of the machine's clock


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def get_session_cookie_age(self) -> int:
        """Return the seconds without use after which the session ends."""
        return int(settings.STAFF_IDLE_SECONDS if self.get(SECOND_FACTOR) else settings.SESSION_COOKIE_AGE)
