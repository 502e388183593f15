"""Who may rate: derived from the case, no invitation row."""

from __future__ import annotations

from accounts.acting.principals import Principal
from approvals.models import Application
from approvals.permissions import is_applicant
from approvals.states import ApplicationState
from evaluations.models import RatedCase

RATABLE = frozenset({ApplicationState.GRANTED, ApplicationState.REFUSED})


def may_rate(principal: Principal, application: Application) -> bool:
    """Return whether the case is the principal's, decided, and not yet rated (一事一评)."""
    if not is_applicant(principal, application) or application.state not in RATABLE:
        return False
    return not RatedCase.objects.filter(application=application).exists()
