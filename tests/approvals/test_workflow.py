"""Only the moves of the table are possible; each leaves an event and its proof."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction

from approvals import workflow
from approvals.applying import drafting, submission
from approvals.errors import NotAllowed
from approvals.models import Application, Decision, Judgement
from approvals.states import CLOSED, OPEN, TRANSITIONS, DecisionKind, Maker
from approvals.states import ApplicationState as S
from approvals.workflow import Move
from common import clock
from records.models import Event, JournalEntry
from tests.factories import district
from tests.factories.standin import Standin


def test_every_state_is_reachable_and_every_closed_one_final() -> None:
    reached, frontier = {S.SUBMITTED}, {S.SUBMITTED}
    while frontier:
        frontier = {to for state in frontier for to in TRANSITIONS[state]} - reached
        reached |= frontier
    assert reached == set(S) == OPEN | CLOSED
    assert all(not TRANSITIONS[state] for state in CLOSED)


@pytest.fixture
def application(city: Standin) -> Application:
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    return submission.submit(citizen.principal, reference=draft.reference, key="k")


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "to"), list(product(S, S)))
def test_only_the_tables_moves(application: Application, state: S, to: S) -> None:
    closed_at = clock.now() if state in CLOSED else None
    Application.objects.filter(pk=application.pk).update(state=state, closed_at=closed_at)
    entries = JournalEntry.objects.count()
    with transaction.atomic():
        move = Move(workflow.lock(application.pk), to, "system", "moved", "一步。")
        if to not in TRANSITIONS[state]:
            with pytest.raises(NotAllowed):
                workflow.advance(move, at=clock.now())
        else:
            workflow.advance(move, at=clock.now())
            assert Application.objects.get(pk=application.pk).state == to
            assert Event.objects.get(kind="moved").text == "一步。"
    assert JournalEntry.objects.count() == entries + (to in TRANSITIONS[state])


def judged(application: Application) -> Judgement:
    """Return a judgement that would grant."""
    return application.judgements.create(
        number=1,
        edition=application.edition,
        verdict="grant",
        on=clock.today(),
        record={},
        judged_at=clock.now(),
    )


@pytest.mark.django_db
def test_the_database_allows_one_original_decision(application: Application) -> None:
    judgement = judged(application)
    told = {
        "application": application,
        "kind": DecisionKind.GRANTED,
        "judgement": judgement,
        "decided_at": clock.now(),
    }
    Decision.objects.create(maker=Maker.SYSTEM, **told)
    with pytest.raises(IntegrityError, match="one_original_decision"), transaction.atomic():
        Decision.objects.create(maker=Maker.SYSTEM, **told)


@pytest.mark.django_db
@pytest.mark.parametrize("told", [{"kind": DecisionKind.REFUSED}, {"judgement": None}])
def test_the_database_lets_the_machine_only_grant_on_a_judgement(
    application: Application, told: dict[str, object]
) -> None:
    judgement = judged(application)
    row = {"kind": DecisionKind.GRANTED, "judgement": judgement, **told}
    with pytest.raises(IntegrityError, match="machine_only_grants"), transaction.atomic():
        Decision.objects.create(application=application, maker=Maker.SYSTEM, decided_at=clock.now(), **row)


@pytest.mark.django_db
def test_what_a_move_changed_is_written_each_to_its_own_column(
    application: Application, city: Standin
) -> None:
    """Two cases in one statement, with nothing where the other has something."""
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    other = submission.submit(citizen.principal, reference=draft.reference, key="k")
    at = clock.now()
    with transaction.atomic():
        referred, withdrawn = (workflow.lock(one.pk) for one in (application, other))
        referred.referral_reason, referred.due_on, referred.attempts = "数据源未响应", at.date(), 3
        referred.waiting_since = at - timedelta(minutes=7)
        moves = [Move(referred, S.IN_REVIEW, "system", "referred", "转人工。")]
        moves += [Move(withdrawn, S.WITHDRAWN, "system", "withdrawn", "已撤回。")]
        workflow.advance_many(moves, at=at)
    for moved in (referred, withdrawn):
        stored = Application.objects.get(pk=moved.pk)
        for field in Application._meta.concrete_fields:
            assert getattr(stored, field.attname) == getattr(moved, field.attname), field.attname
    assert (referred.closed_at, withdrawn.closed_at) == (None, at)
    assert (referred.state, withdrawn.state) == (S.IN_REVIEW, S.WITHDRAWN)
    assert referred.lease_until is None
    assert withdrawn.due_on is None
