"""Shown, scanned, asked: short ways to a moment at a window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from accounts import identifying, registering
from accounts.acting.principals import Principal
from accounts.models import Hall, Person, Post, Region, User
from certificates.models import Presentation, Scan
from certificates.presenting import answering, codes, scanning
from certificates.presenting.scanning import Wanted
from common import clock
from tests.factories import people
from tests.factories.certificates import AT, MATTER, reference

WINDOW = "3 号窗口"
SCOPE = {"test_card": ["name", "born"]}
SECOND = timedelta(seconds=1)
_numbers = count(1)


def clerk(*, name: str = "林雪梅", person: Person | None = None) -> User:
    """Appoint a clerk at a hall; `person`: who they are besides."""
    user = registering.account(f"window{next(_numbers)}", display_name=name, password="a long test password")
    region, _ = Region.objects.get_or_create(code="440507", defaults={"name": "龙湖区", "level": 3})
    place, _ = Hall.objects.get_or_create(
        code="hall",
        defaults={"name": "测试大厅", "region": region, "address": "a", "phone": "1", "hours": "h"},
    )
    registering.appoint(user, role=Post.Role.CLERK, department=None, hall=place, on=date(2020, 1, 1))
    if person is None:
        identifying.link(user, number=people.id_number())
    else:
        person.user = user
        person.save(update_fields=["user"])
    return user


@dataclass
class Meeting:
    """A holder's phone and a window, at a moment."""

    shower: Principal
    user: User
    at: datetime = AT
    window: str = WINDOW

    def show(self, types: Sequence[str] = ()) -> Presentation:
        """Begin to show."""
        return codes.begin(self.shower, types=types, at=self.at)

    def code(self, presentation: Presentation) -> str:
        """Return the code on the screen."""
        return codes.current(presentation, at=self.at).text

    def scan(self, presentation: Presentation | None = None, **changed: Any) -> Scan:
        """Scan what the phone shows."""
        shown = presentation or self.show()
        told = {"window": self.window, "code": self.code(shown), "at": self.at, **changed}
        return scanning.scan(told.pop("user", self.user), **told)

    def ask(self, scan: Scan | None = None, **changed: Any) -> Scan:
        """Ask for the test card, for a matter."""
        found = scan or self.scan()
        wanted = Wanted(
            **{
                "scope": SCOPE,
                "case_reference": reference(),
                "matter_code": MATTER,
                "matter_name": "测试事项",
                "deciding_body": "测试局",
                **changed,
            }
        )
        return scanning.ask(self.user, scan_id=found.pk, window=self.window, wanted=wanted, at=self.at)

    def agree(self, scan: Scan | None = None, *, by: Person | None = None) -> Scan:
        """Agree on the phone."""
        found = scan or self.ask()
        return answering.agree(by or self.shower.acting, scan_id=found.pk, until_days=30, at=self.at)

    def later(self, **delta: float) -> Meeting:
        """Return the same meeting some time after."""
        return Meeting(self.shower, self.user, self.at + timedelta(**delta), self.window)


def today() -> date:
    """Return the day of AT."""
    return AT.astimezone(clock.SHANGHAI).date()
