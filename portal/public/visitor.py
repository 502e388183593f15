"""Who looks at a public page: a guest, someone of the staff, or a person and the one they act for."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from accounts.acting.principals import Principal, choices
from accounts.models import Person
from accounts.permissions import is_staff
from common import clock
from portal.web.principals import acting_for


@dataclass(frozen=True, slots=True)
class Visitor:
    """`principal` is None for a guest and for an account that belongs to no natural person; `others`: whom else."""

    principal: Principal | None = None
    others: tuple[Principal, ...] = ()
    signed_in: bool = False
    staff: bool = False


def of(request: HttpRequest) -> Visitor:
    """Return the visitor. A right to act that has ended counts as acting for oneself: a public page stays readable."""
    if not request.user.is_authenticated:
        return Visitor()
    person: Person | None = getattr(request.user, "person", None)
    if person is None:
        return Visitor(signed_in=True, staff=is_staff(request.user))
    others = tuple(choices(person, on=clock.today()))
    chosen = next((each for each in others if each.whom == acting_for(request)), Principal(person))
    return Visitor(chosen, others, signed_in=True)
