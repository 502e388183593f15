"""A back-test over stored cases: slices, what stops it, what it leaves behind, and that nobody is asked anything."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from approvals import tasks
from approvals.backtesting import working
from approvals.models import BackTest, Judgement
from approvals.states import BackTestState
from approvals.trying import asking
from certificates.models import UseRecord
from common import clock
from matters.models import EditionDraft
from matters.writing import drafts
from records.models import JournalEntry
from registers.models import RegisterCall
from tests.approvals.backtesting import past
from tests.factories import district
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(city: Standin) -> User:
    return district.admin()


@pytest.fixture
def judged(city: Standin) -> Judgement:
    return past.first(city)


@pytest.fixture
def draft(admin: User) -> EditionDraft:
    return past.draft(admin)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices of three."""
    monkeypatch.setattr(working, "SLICE", 3)


def finished(admin: User, draft: EditionDraft, **told: Any) -> BackTest:
    test = asking.ask(admin, draft_id=draft.pk, **told)
    assert working.run(test.pk) == BackTestState.DONE
    test.refresh_from_db()
    return test


def test_what_is_in_force_against_itself_flips_nothing(
    admin: User, judged: Judgement, draft: EditionDraft, small: None
) -> None:
    past.like(judged, 4, change=past.born(1950))
    past.like(judged.application.judgements.get(), 0)
    test = finished(admin, draft)
    assert (test.cases, test.done) == (5, 5)
    assert test.tally["flips"] == test.tally["others"] == test.tally["unread"] == 0
    assert test.tally["before"] == test.tally["after"] == {"GRANT": 1, "SUPPLEMENT": 0, "REFER": 4}


def test_no_case_is_a_result(admin: User, draft: EditionDraft) -> None:
    test = finished(admin, draft)
    assert test.cases == 0
    draft.refresh_from_db()
    assert draft.impact is not None
    assert draft.impact["needs_reason"] is False


def test_flips_are_listed_and_kept_with_the_draft(
    admin: User, judged: Judgement, draft: EditionDraft, small: None
) -> None:
    past.like(judged, 7, change=past.born(1950))
    test = finished(admin, past.age(admin, draft, 75))
    assert test.tally["moves"] == {"REFER>GRANT": 7}
    assert test.tally["amounts"]["monthly_amount"]["months"] == {"2026-11": ["100", "800"]}
    draft.refresh_from_db()
    assert draft.impact is not None
    assert draft.impact["revision"] == 2
    assert (draft.impact["cases"], draft.impact["flips"], draft.impact["to_grant"]) == (8, 7, 7)
    assert draft.impact["needs_reason"] is True


def test_only_the_last_cases_asked_for_are_held_against_it(
    admin: User, judged: Judgement, draft: EditionDraft, small: None
) -> None:
    past.like(judged, 8, change=past.born(1950))
    test = finished(admin, past.age(admin, draft, 75), wanted=5)
    assert (test.cases, test.done, test.tally["cases"]) == (5, 5, 5)
    assert test.tally["flips"] == 4  # the newest was granted before


def test_a_case_counts_once_with_its_newest_judgement(
    admin: User, judged: Judgement, draft: EditionDraft
) -> None:
    later = past.like(judged, 1, change=past.born(1950))[0]
    Judgement.objects.filter(pk=later.pk).update(application=judged.application, number=2)
    test = finished(admin, past.age(admin, draft, 75))
    assert (test.cases, test.tally["flips"]) == (1, 1)


def test_the_result_names_no_person_and_nothing_is_read_of_anybody(
    admin: User, judged: Judgement, draft: EditionDraft
) -> None:
    past.like(judged, 2, change=past.born(1950))
    uses, calls = UseRecord.objects.count(), RegisterCall.objects.count()
    entries = set(JournalEntry.objects.filter(stream=judged.application.stream).values_list("pk", flat=True))
    test = finished(admin, past.age(admin, draft, 75))
    assert (uses, calls) == (UseRecord.objects.count(), RegisterCall.objects.count())
    assert entries == set(
        JournalEntry.objects.filter(stream=judged.application.stream).values_list("pk", flat=True)
    )
    person = judged.application.person
    told = str(test.tally)
    for secret in (person.name, person.id_number, person.mobile, "1950", "1940", "长平路"):
        assert secret not in told


def test_a_dead_worker_costs_its_slice_and_nothing_is_counted_twice(
    admin: User, judged: Judgement, draft: EditionDraft, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.like(judged, 8, change=past.born(1950))
    test = asking.ask(admin, draft_id=past.age(admin, draft, 75).pk)
    keep, calls = working._keep, []

    def dies(work: Any, rows: Any) -> bool:
        calls.append(rows)
        if len(calls) == 2:
            raise ConnectionError
        return keep(work, rows)

    monkeypatch.setattr(working, "_keep", dies)
    with pytest.raises(ConnectionError):
        working.run(test.pk)
    monkeypatch.setattr(working, "_keep", keep)
    assert working.run(test.pk) is None  # its lease still runs
    assert working.left_waiting() == []
    district.stand_at(clock.now() + working.LEASE + timedelta(seconds=1))
    assert tasks.resume_back_tests() == 1
    assert working.run(test.pk) == BackTestState.DONE
    test.refresh_from_db()
    assert (test.done, test.tally["cases"], test.tally["flips"], test.attempts) == (9, 9, 8, 2)


def test_who_lost_the_lease_counts_nothing(
    admin: User, judged: Judgement, draft: EditionDraft, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.like(judged, 8)
    test = asking.ask(admin, draft_id=draft.pk)
    count = working._count

    def overtaken(*given: Any) -> None:
        BackTest.objects.filter(pk=test.pk).update(attempts=9)
        count(*given)

    monkeypatch.setattr(working, "_count", overtaken)
    assert working.run(test.pk) is None
    test.refresh_from_db()
    assert (test.done, test.tally["cases"]) == (0, 0)


def test_called_off_it_stops_and_leaves_no_trace_in_the_draft(
    admin: User, judged: Judgement, draft: EditionDraft, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.like(judged, 8)
    test = asking.ask(admin, draft_id=draft.pk)
    count = working._count

    def meanwhile(*given: Any) -> None:
        if BackTest.objects.get(pk=test.pk).done == 3:
            asking.cancel(admin, test_id=test.pk)
        count(*given)

    monkeypatch.setattr(working, "_count", meanwhile)
    assert working.run(test.pk) is None
    test.refresh_from_db()
    assert (test.state, test.done) == (BackTestState.CANCELLED, 3)
    draft.refresh_from_db()
    assert draft.impact is None
    assert working.run(test.pk) is None
    assert asking.cancel(admin, test_id=test.pk).state == BackTestState.CANCELLED


def test_a_draft_saved_meanwhile_makes_it_say_nothing(
    admin: User, judged: Judgement, draft: EditionDraft, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    past.like(judged, 8)
    test = asking.ask(admin, draft_id=draft.pk)
    assert asking.ask(admin, draft_id=draft.pk).pk == test.pk  # the same words: the same one
    past.age(admin, draft, 75)
    other = asking.ask(admin, draft_id=draft.pk)
    assert other.pk != test.pk
    test.refresh_from_db()
    assert test.state == BackTestState.OUTDATED
    drafts.save(admin, draft_id=draft.pk, revision=2, change=lambda content: content)
    assert working.run(other.pk) == BackTestState.OUTDATED
    draft.refresh_from_db()
    assert draft.impact is None


def test_what_fails_again_and_again_ends(admin: User, judged: Judgement, draft: EditionDraft) -> None:
    test = asking.ask(admin, draft_id=draft.pk)
    BackTest.objects.filter(pk=test.pk).update(attempts=working.ATTEMPTS)
    assert working.run(test.pk) == BackTestState.FAILED


def test_a_record_that_cannot_be_read_is_counted_apart(
    admin: User, judged: Judgement, draft: EditionDraft
) -> None:
    broken = past.like(judged, 1)[0]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_judgement SET record = 'no such thing' WHERE id = %s", [broken.pk])
    test = finished(admin, draft)
    assert (test.tally["cases"], test.tally["compared"], test.tally["broken"]) == (2, 1, 1)


def test_statements_do_not_grow_with_the_cases_of_a_slice(
    admin: User, judged: Judgement, draft: EditionDraft
) -> None:
    def statements() -> int:
        test = asking.ask(admin, draft_id=draft.pk)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            working.run(test.pk)
        return len(seen)

    few = statements()
    past.like(judged, 20)
    assert statements() == few
