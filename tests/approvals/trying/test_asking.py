"""Who may ask for a back-test and call it off; one at a time, whoever asks in the same moment."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from approvals import tasks
from approvals.backtesting.errors import NoSuchBackTest, TooMany
from approvals.models import BackTest
from approvals.states import BackTestState
from approvals.trying import asking
from common import clock
from matters.models import EditionDraft
from matters.writing.errors import NotYourCatalogue
from records.models import JournalEntry
from tests.approvals.backtesting import past
from tests.factories import district

pytestmark = pytest.mark.django_db
MARKET = "11440507MB2X00020L"


@pytest.fixture
def admin(stocked: None, noon: Any) -> User:
    return district.admin()


@pytest.fixture
def draft(admin: User) -> EditionDraft:
    return past.draft(admin)


def test_only_an_admin_of_the_department_asks_and_calls_off(admin: User, draft: EditionDraft) -> None:
    strangers = [district.admin(MARKET), district.officer(), district.citizen().user]
    for user in strangers:
        assert user is not None
        with pytest.raises(NotYourCatalogue):
            asking.ask(user, draft_id=draft.pk)
    test = asking.ask(admin, draft_id=draft.pk)
    for user in strangers:
        assert user is not None
        with pytest.raises(NoSuchBackTest):
            asking.cancel(user, test_id=test.pk)
    assert asking.cancel(admin, test_id=test.pk).state == BackTestState.CANCELLED
    acts = JournalEntry.objects.filter(stream=f"matter:{draft.matter_code}", act__startswith="back_test.")
    assert [entry.act for entry in acts.order_by("sequence")] == ["back_test.asked", "back_test.cancelled"]


@pytest.mark.parametrize("wanted", [0, -1, 5001])
def test_not_any_number(admin: User, draft: EditionDraft, wanted: int) -> None:
    with pytest.raises(TooMany):
        asking.ask(admin, draft_id=draft.pk, wanted=wanted)


def test_the_database_holds_one_of_a_draft_at_a_time(admin: User, draft: EditionDraft) -> None:
    test = asking.ask(admin, draft_id=draft.pk)
    values = {field.attname: getattr(test, field.attname) for field in BackTest._meta.concrete_fields[1:]}
    with pytest.raises(IntegrityError, match="one_back_test_of_a_draft_at_a_time"), transaction.atomic():
        BackTest.objects.create(**values)
    ended = values | {"state": BackTestState.DONE}
    with pytest.raises(IntegrityError, match="ended_back_tests_have_a_time"), transaction.atomic():
        BackTest.objects.create(**ended)
    BackTest.objects.create(**ended | {"ended_at": clock.now()})


def test_who_asks_in_the_same_moment_gets_the_other_ones(
    admin: User, draft: EditionDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = asking.ask(admin, draft_id=draft.pk)
    monkeypatch.setattr(asking, "_under_way", lambda _draft: None)
    assert asking.ask(admin, draft_id=draft.pk).pk == test.pk


def test_it_goes_to_its_queue_once_it_is_committed(
    admin: User, draft: EditionDraft, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(tasks.back_test, "apply_async", lambda args, **_: sent.append(args))
    with django_capture_on_commit_callbacks() as waiting:
        test = asking.ask(admin, draft_id=draft.pk)
    assert sent == []
    for wake in waiting:
        wake()
    assert sent == [(str(test.pk),)]


def test_a_broker_that_is_down_costs_nothing_but_time(
    admin: User, draft: EditionDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: Any, **__: Any) -> None:
        raise OSError

    test = asking.ask(admin, draft_id=draft.pk)
    monkeypatch.setattr(tasks.back_test, "apply_async", down)
    assert tasks.resume_back_tests() == 1
    monkeypatch.undo()
    assert tasks.back_test(str(test.pk)) == "done"
    assert tasks.resume_back_tests() == 0
