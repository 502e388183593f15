"""A consent or a certificate that ends while a decision reads it: the decision saw it valid before, or refers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from approvals import deciding
from approvals.applying import drafting, submission
from approvals.deciding import carrying
from approvals.models import Application, Decision
from approvals.states import ApplicationState as S
from certificates.holding import authorising
from certificates.issuance import lifecycle
from certificates.models import Certificate, UseRecord
from certificates.states import CertificateStatus, UseOutcome
from common import clock
from tests.factories import district
from tests.factories.district import Citizen
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def submitted(chen: Citizen) -> Application:
    draft = drafting.start(chen.principal, matter=district.matter(), consent=True)
    return submission.submit(chen.principal, reference=draft.reference, key="k")


def withdraw(chen: Citizen, case: Application) -> None:
    authorising.revoke(chen.principal, authorisation_id=case.authorisation_id, at=clock.now())


def end(chen: Citizen, _case: Application) -> None:
    held = Certificate.objects.get(pk=chen.certificates["resident_id"].pk)
    lifecycle.change_status(held, CertificateStatus.REVOKED, reason="冒领", actor="system", at=clock.now())


def suspend(chen: Citizen, _case: Application) -> None:
    held = Certificate.objects.get(pk=chen.certificates["social_card"].pk)
    lifecycle.change_status(held, CertificateStatus.SUSPENDED, reason="挂失", actor="system", at=clock.now())


@pytest.mark.parametrize(
    ("act", "outcome"),
    [(withdraw, UseOutcome.UNAUTHORISED), (end, UseOutcome.REVOKED), (suspend, UseOutcome.REVOKED)],
)
def test_what_ends_between_reading_and_deciding_is_read_again_and_refers(
    city: Standin,
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[[Citizen, Application], None],
    outcome: UseOutcome,
) -> None:
    chen = district.citizen(city)
    case = submitted(chen)
    waves: list[list[str]] = []
    carry_out = carrying.carry_out

    def first_ended(*judged: Any, **told: Any) -> Any:
        if not waves:
            act(chen, case)
        waves.append(carry_out(*judged, **told))
        return waves[-1]

    monkeypatch.setattr(carrying, "carry_out", first_ended)
    deciding.decide_waiting()
    deciding.decide_waiting()
    assert waves == [[], [case.reference]]
    case.refresh_from_db()
    assert case.state == S.IN_REVIEW
    assert not Decision.objects.exists()
    looked = UseRecord.objects.filter(case_reference=case.reference, purpose="自动核验")
    assert {str(UseOutcome.FOUND), str(outcome)} == set(looked.values_list("outcome", flat=True))


@pytest.mark.parametrize("act", [withdraw, end, suspend])
def test_what_ends_after_the_decision_was_seen_valid_before(
    city: Standin, act: Callable[[Citizen, Application], None]
) -> None:
    chen = district.citizen(city)
    case = submitted(chen)
    deciding.decide_waiting()
    act(chen, case)
    case.refresh_from_db()
    assert case.state == S.GRANTED
    looked = UseRecord.objects.filter(case_reference=case.reference, purpose="自动核验")
    assert set(looked.values_list("outcome", flat=True)) == {"found"}
