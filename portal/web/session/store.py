"""Sessions that end after a time without use: shorter where staff work. settings.SESSION_ENGINE."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY as SIGNED_IN
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from typing_extensions import override

from common import clock
from common.statements.worded import Select

SECOND_FACTOR = "second_factor"  # session key: when a code was given
SEEN = "seen"  # session key: when it was last used, in seconds of the machine's clock
ENDED = "ended"  # session key: who was signed in until the time without use was over; nobody is now
GUEST_FOR = timedelta(hours=1)
_SESSIONS = Select(Session.objects.all)
_GOING_ON = "WHERE session_key = %s AND expire_date > %s"


class SessionStore(db.SessionStore):
    """Django's sessions in the database; one in which somebody was signed in ends in becoming a guest's.

    It keeps its key, so that no request that comes after the end takes the browser's cookie away from another one that
    is under way: the form a person presses, beside what the page's script saves or asks. Signing in gives a new key.
    """

    def get_session_cookie_age(self) -> int:
        """Return the seconds without use after which the session ends."""
        return int(settings.STAFF_IDLE_SECONDS if self.get(SECOND_FACTOR) else settings.SESSION_COOKIE_AGE)

    @override
    def load(self) -> dict[str, Any]:
        """Return what is kept, of a session that has ended only that."""
        key = self.session_key
        found = _SESSIONS.first(_GOING_ON, [key, clock.system_time()])
        if found is not None:
            return dict(self.decode(found.session_data))
        left = _left_of(key) if key is not None else {}
        if not left:
            self._session_key = None
        return left


def _left_of(key: str) -> dict[str, Any]:
    """Empty the row of a session that has run out and return what stays in it; nothing where nobody was signed in."""
    row = Session.objects.filter(session_key=key).first()
    whose = row.get_decoded().get(SIGNED_IN) if row is not None else None
    if whose is None:
        return {}
    left = {ENDED: whose}
    told = SessionStore().encode(left)
    Session.objects.filter(pk=key).update(session_data=told, expire_date=clock.system_time() + GUEST_FOR)
    return left
