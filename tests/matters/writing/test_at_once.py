"""Two people at the same moment: one edition, one stop, and the other is told."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from common.errors import DomainError
from matters.models import Edition, EditionDraft, InstantStop
from matters.writing import reviewing, stopping
from matters.writing.errors import DraftClosed
from tests.factories import district
from tests.factories.editions import TOMORROW
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(work: Any) -> str:
    try:
        work()
    except DomainError as error:
        return type(error).__name__
    return "done"


def test_two_publishers_make_one_edition(writer: User, second: User, tested: EditionDraft) -> None:
    handed = reviewing.hand_in(writer, draft_id=tested.pk, revision=tested.revision)
    third = district.admin(name="周复核")
    people = [second, third]

    def publish(number: int) -> str:
        return outcome(
            lambda: reviewing.publish_draft(
                people[number], draft_id=handed.pk, revision=handed.revision, on=TOMORROW
            )
        )

    assert sorted(in_threads(publish, threads=2)) == [DraftClosed.__name__, "done"]
    assert Edition.objects.filter(matter=district.matter()).count() == 2


def test_two_who_stop_make_one_stop(writer: User, second: User) -> None:
    people, matter = [writer, second], district.matter()

    def stop(number: int) -> str:
        return outcome(lambda: stopping.stop(people[number], matter=matter, reason="金额疑似有误"))

    assert sorted(in_threads(stop, threads=2)) == [stopping.AlreadyStopped.__name__, "done"]
    assert district.matter().instant_stop == InstantStop.objects.get()
