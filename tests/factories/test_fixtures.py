"""What is loaded once stands only where a test asks for it, and stands there as the importers left it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from accounts.models import Department, Region
from matters.importing import import_packages
from matters.models import Matter
from records import journal
from records.models import JournalEntry
from tests import emptying, shelving
from tests.factories.fixtures import NOON

PACKAGES = Path(settings.DATA_DIR) / "matters"


def filled() -> set[str]:
    with connection.cursor() as cursor:
        return {table for table in emptying.tables() if shelving.holds(cursor, table)}


@pytest.fixture
def before(_catalogue: None, db: None) -> set[str]:
    return filled()


def test_who_does_not_ask_finds_nothing(before: set[str]) -> None:
    assert not before & {
        "matters_matter",
        "accounts_region",
        "records_journalentry",
        "records_journalpending",
    }


def test_who_asks_finds_what_the_importers_store(stocked: None) -> None:
    assert Matter.objects.count() == len(list(PACKAGES.glob("*.json")))
    report = import_packages(PACKAGES, by="test", at=NOON)
    assert not report.published
    assert len(report.unchanged) == Matter.objects.count()


@pytest.mark.django_db(transaction=True)
def test_it_is_committed_for_those_who_commit(stocked: None) -> None:
    assert Region.objects.exists()
    newest = JournalEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    with transaction.atomic():
        journal.note(stream="test", act="noted", actor="system")
    assert JournalEntry.objects.filter(pk__gt=newest).count() == 1


def test_after_those_who_commit_nothing_is_left(before: set[str]) -> None:
    assert "accounts_region" not in before


def test_keys_hold_for_what_is_put_back(stocked: None) -> None:
    first = Department.objects.order_by("pk")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Department.objects.create(credit_code=first.credit_code, name="x", short_name="x")


@pytest.mark.django_db(transaction=True)
def test_only_an_empty_database_is_set_aside(stocked: None) -> None:
    with pytest.raises(AssertionError, match="Not empty before mixture: accounts_region"):
        shelving.shelve("mixture", lambda: Region.objects.create(code="990000", name="x", level=1))


@pytest.mark.parametrize("turn", ["changed", "found as it was", "connection lost", "found again"])
def test_what_one_test_does_to_a_shelf_no_other_sees(stocked: None, turn: str) -> None:
    assert Matter.objects.count() == len(list(PACKAGES.glob("*.json")))
    assert Region.objects.exclude(name="").exists()
    if turn == "changed":
        Region.objects.update(name="")
        transaction.set_rollback(True)
    elif turn == "connection lost":
        connection.close()


def test_after_a_shelf_nothing_is_left(before: set[str]) -> None:
    assert "accounts_region" not in before
    assert shelving._out is None
