"""The list in PostgreSQL: who publishes, what is refused, what a later one says; issued types are seen at once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from certificates.models import Certificate
from certificates.states import CertificateStatus
from common import clock
from matters.covering import publishing, reading
from matters.covering.ways import Way
from matters.models import FreeList, Matter
from records.models import JournalEntry
from tests.factories import district

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _stocked(stocked: None, noon: object) -> None:
    """The catalogue of data/, at noon; the store is empty."""


def way_of(code: str, material: str) -> Way:
    found = next(one for one in reading.coverages(on=TODAY) if one.subject.code == code)
    return next(cover.way for cover in found.covers if cover.asked.code == material)


def test_a_type_counts_once_one_of_it_is_valid_and_no_longer_when_none_is() -> None:
    assert way_of(district.ALLOWANCE, "id_card") is Way.UNISSUED
    district.citizen()
    assert way_of(district.ALLOWANCE, "id_card") is Way.CERTIFICATE
    Certificate.objects.update(
        status=CertificateStatus.REVOKED, status_changed_at=clock.now(), status_reason="依法"
    )
    assert way_of(district.ALLOWANCE, "id_card") is Way.UNISSUED


def test_publishing_numbers_dates_and_notes() -> None:
    admin = district.admin(None)
    first = publishing.publish(admin, digest=publishing.preview(on=TODAY).digest)
    assert (first.number, first.published_on, first.changes) == (1, TODAY, [])
    entry = JournalEntry.objects.get(act="free_list.published")
    assert entry.details["digest"] == first.digest
    assert entry.details["matters"] == Matter.objects.count()
    district.citizen()
    second = publishing.publish(district.supervisor(None), digest=publishing.preview(on=TODAY).digest)
    assert second.number == 2
    assert any("居民身份证" in one["text"] for one in second.changes)
    assert reading.latest() == second
    assert [one.number for one in reading.lists()] == [2, 1]


@pytest.mark.parametrize("who", ["officer", "citizen", "admin of one", "supervisor of one"])
def test_nobody_else_publishes(who: str) -> None:
    user = {
        "officer": district.officer,
        "citizen": lambda: district.citizen().user,
        "admin of one": district.admin,
        "supervisor of one": district.supervisor,
    }[who]()
    with pytest.raises(publishing.NotYourList):
        publishing.publish(user, digest=publishing.preview(on=TODAY).digest)
    assert not FreeList.objects.exists()


def test_the_same_again_and_what_was_not_looked_at_are_refused() -> None:
    admin = district.admin(None)
    seen = publishing.preview(on=TODAY).digest
    publishing.publish(admin, digest=seen)
    with pytest.raises(publishing.NothingChanged):
        publishing.publish(admin, digest=seen)
    district.citizen()
    with pytest.raises(publishing.ListMoved):
        publishing.publish(admin, digest=seen)
    assert FreeList.objects.count() == 1


def test_an_empty_list_is_not_published() -> None:
    admin = district.admin(None)
    Matter.objects.update(status=Matter.Status.SUSPENDED)
    with pytest.raises(publishing.NothingToList):
        publishing.publish(admin, digest=publishing.preview(on=TODAY).digest)


@pytest.mark.parametrize("act", ["update", "delete"])
def test_a_published_list_never_changes(act: str) -> None:
    made = publishing.publish(district.admin(None), digest=publishing.preview(on=TODAY).digest)
    rows = FreeList.objects.filter(pk=made.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(digest="x") if act == "update" else rows.delete()


def test_coverage_costs_the_same_statements_however_many_matters() -> None:
    reading.coverages(on=TODAY)  # editions are kept
    with CaptureQueriesContext(connection) as all_of_them:
        assert len(reading.coverages(on=TODAY)) > 10
    Matter.objects.exclude(code=district.ALLOWANCE).update(status=Matter.Status.SUSPENDED)
    with CaptureQueriesContext(connection) as of_one:
        assert len(reading.coverages(on=TODAY)) == 1
    assert len(all_of_them) == len(of_one) == 2


def test_which_matter_gives_a_certificate_and_which_renews_it() -> None:
    found = reading.issuing(
        ["public_place_licence", "senior_card", "resident_id"], applicant="organisation", on=TODAY
    )
    assert set(found) == {"public_place_licence"}
    renewal = found["public_place_licence"].renewal
    assert renewal is not None
    assert "延续" in renewal.name  # the change keeps the last day and lengthens nothing
    assert found["public_place_licence"].first is None
    people = reading.issuing(["senior_card"], applicant="person", on=TODAY)
    assert people["senior_card"].first is not None
    assert reading.issuing([], applicant="person", on=TODAY) == {}


def test_reading_opens_no_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    district.citizen()
    field = Certificate._meta.get_field("fields")
    monkeypatch.setattr(field, "from_db_value", lambda *_: pytest.fail("a field was read"), raising=False)
    assert publishing.preview(on=TODAY).content["matters"]
