"""Who looks at a public page: a guest, someone of the staff, or a person and the one they act for."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.acting.principals import Principal, organisations_of
from accounts.models import Organisation, Person
from accounts.permissions import is_staff
from common import clock
from portal.web.principals import acting_for


@dataclass(frozen=True, slots=True)
class Visitor:
    """`principal` is None for a guest and for an account that belongs to no natural person."""

    principal: Principal | None = None
    organisations: tuple[Organisation, ...] = ()
    signed_in: bool = False
    staff: bool = False


def of(request: HttpRequest) -> Visitor:
    """Return the visitor. A right to act that has ended counts as acting for oneself: a public page stays readable."""
    if not request.user.is_authenticated:
        return Visitor()
    person: Person | None = getattr(request.user, "person", None)
    if person is None:
        return Visitor(signed_in=True, staff=is_staff(request.user))
    organisations = tuple(organisations_of(person, on=clock.today()))
    chosen = next((each for each in organisations if str(each.pk) == acting_for(request)), None)
    return Visitor(Principal(person, chosen), organisations, signed_in=True)
