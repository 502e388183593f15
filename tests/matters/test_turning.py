"""Which edition is in force follows from the day; writing it down changes nothing but the lists."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from common import clock
from matters import selectors, tasks, turning
from matters.models import Edition, Matter
from matters.publishing import AlreadyScheduled, publish
from tests.matters.documents import ALLOWANCE, changed, read

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 20), date(2026, 11, 21)
pytestmark = pytest.mark.usefixtures("catalogue")


def put(document: dict[str, Any], *, on: date | None = None, at: datetime = AT) -> Edition:
    return publish(document, by="user:1", at=at, on=on)


def other() -> dict[str, Any]:
    return changed(changed(read(ALLOWANCE), "name", "高龄津贴"), "mode", "instant_filing")


def at_day(day: date) -> None:
    clock.set_source(lambda: datetime(day.year, day.month, day.day, 4, tzinfo=UTC))


def test_the_next_edition_is_in_force_from_its_day_without_anything_running() -> None:
    first = put(read(ALLOWANCE))
    second = put(other(), on=TOMORROW)
    matter = Matter.objects.get()
    assert (matter.current_edition, matter.next_edition, matter.next_from) == (first, second, TOMORROW)
    assert [matter.edition_on(TODAY), matter.edition_on(TOMORROW)] == [first, second]
    assert matter.edition_id_on(TOMORROW) == second.pk
    assert (matter.name, matter.mode) == ("高龄老人津贴申领", "instant_approval")
    at_day(TODAY)
    assert selectors.guide(matter).edition == first
    at_day(TOMORROW)
    assert selectors.guide(matter).edition == second
    assert (first.begins, second.begins) == (TODAY, TOMORROW)


def test_writing_it_down_brings_the_lists_in_step_and_changes_no_edition_in_force() -> None:
    put(read(ALLOWANCE))
    second = put(other(), on=TOMORROW)
    assert turning.turn_all(on=TODAY) == 0
    at_day(TOMORROW)
    assert tasks.turn_editions() == 1
    matter = Matter.objects.get()
    assert (matter.current_edition, matter.next_edition, matter.next_from) == (second, None, None)
    assert (matter.name, matter.mode) == ("高龄津贴", "instant_filing")
    assert matter.edition_on(TOMORROW) == second
    assert tasks.turn_editions() == 0


def test_a_matter_whose_first_edition_lies_ahead_is_not_offered_before_its_day() -> None:
    put(read(ALLOWANCE), on=TOMORROW)
    at_day(TODAY)
    assert (list(selectors.in_force()), selectors.search("津贴")) == ([], [])
    with pytest.raises(Edition.DoesNotExist):
        selectors.guide(Matter.objects.get())
    at_day(TOMORROW)
    assert [matter.name for matter in selectors.in_force()] == ["高龄老人津贴申领"]


def test_while_one_edition_waits_no_other_is_published() -> None:
    put(read(ALLOWANCE))
    put(other(), on=TOMORROW)
    third = changed(read(ALLOWANCE), "summary", "第三版")
    for on in (None, TOMORROW + timedelta(days=9)):
        with pytest.raises(AlreadyScheduled, match="V2 已发布，2026-11-21 起生效"):
            put(third, on=on)
    assert put(read(ALLOWANCE)).number == 1  # what is in force anyway is no other
    edition = put(third, at=AT + timedelta(days=1))  # its day has come, though nothing wrote it down
    assert (edition.number, Matter.objects.get().current_edition) == (3, edition)


def test_a_next_edition_without_a_day_is_refused_by_the_database() -> None:
    edition = put(read(ALLOWANCE))
    for wrong in ({"next_edition": edition}, {"next_from": TOMORROW}):
        with pytest.raises(IntegrityError, match="the_next_edition_has_its_day"), transaction.atomic():
            Matter.objects.update(**wrong)


def test_an_old_edition_was_in_force_from_the_day_it_was_published_in_china() -> None:
    late = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)  # one in the morning there
    assert Edition(published_at=late).begins == date(2026, 11, 21)
