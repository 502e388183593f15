"""A select worded once says the same as Django's own, row by row, in any number of threads; an insert likewise."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.db.models import Model
from django.db.transaction import TransactionManagementError

from accounts.models import Message
from approvals import selectors
from approvals.applying import drafting, submission
from approvals.errors import NoSuchApplication, NoSuchDraft
from approvals.models import Application, Draft
from common.statements.worded import Insert, Select
from matters.models import Matter
from tests.factories import district
from tests.factories.fixtures import NOON
from tests.factories.standin import Standin

pytestmark = pytest.mark.django_db


def values(row: Model) -> dict[str, Any]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_objects_and_what_is_joined_are_what_django_makes_of_them(city: Standin) -> None:
    """Encrypted text, JSON, days and moments, a relation that is empty: each through its field's own conversion."""
    citizen = district.citizen(city)
    draft = drafting.start(citizen.principal, matter=district.matter(), consent=True)
    joined = ("matter__department", "authorisation", "person", "agent")
    worded = Select(lambda: Draft.objects.select_related(*joined))
    for _ in range(2):  # worded, and as it was worded
        found = worded.first("WHERE approvals_draft.id = %s", [draft.pk])
        wanted = Draft.objects.select_related(*joined).get(pk=draft.pk)
        assert found is not None
        assert values(found) == values(wanted)
        assert found.agent is None
        for one, other in [
            (found.person, wanted.person),
            (found.matter.department, wanted.matter.department),
        ]:
            assert values(one) == values(other)
        assert found.person.id_number == citizen.person.id_number
        assert not found._state.adding


def test_joined_rows_cost_one_statement(city: Standin, django_assert_num_queries: Any) -> None:
    draft = drafting.start(district.citizen(city).principal, matter=district.matter(), consent=True)
    worded = Select(lambda: Draft.objects.select_related("matter__department", "person"))
    with django_assert_num_queries(1):
        (found,) = worded.rows("WHERE approvals_draft.reference = %s", [draft.reference])
        assert found.matter.department.name
        assert found.person.name


def test_nothing_found_is_none(city: Standin) -> None:
    assert Select(Matter.objects.all).first("WHERE matters_matter.code = %s", ["x"]) is None


def test_a_condition_in_the_queryset_is_refused() -> None:
    with pytest.raises(AssertionError, match="conditions"):
        Select(lambda: Matter.objects.filter(code="x")).rows("", [])


def test_what_is_inserted_is_what_django_would_have_inserted(city: Standin) -> None:
    """Encrypted text, JSON, moments, a relation that is empty: read back, every value is the object's own."""
    person = district.citizen(city).person
    made = [message(person.pk, str(number)) for number in range(3)]
    assert Insert(Message).rows(made) == made
    Message.objects.bulk_create([message(person.pk, "by Django")])
    for one in made:
        assert values(Message.objects.get(pk=one.pk)) == values(one)
        assert not one._state.adding
    ours, theirs = Message.objects.get(pk=made[0].pk), Message.objects.get(occasion="by Django")
    assert {**values(ours), "id": 0, "occasion": 0} == {**values(theirs), "id": 0, "occasion": 0}


def test_what_is_encrypted_is_sealed_for_its_row(city: Standin) -> None:
    """An application goes in by an insert of this kind."""
    owner = district.citizen(city).principal
    draft = drafting.start(owner, matter=district.matter(), consent=True)
    case = submission.submit(owner, reference=draft.reference, key=str(draft.pk))
    stored = Application.objects.get(pk=case.pk)
    assert stored.answers == draft.answers
    assert values(stored) == values(case)
    with connection.cursor() as cursor:
        cursor.execute("SELECT answers FROM approvals_application WHERE id = %s", [case.pk])
        assert cursor.fetchone()[0].count(":") == 2, "key, nonce, ciphertext"


def test_many_rows_are_one_statement_and_none_is_no_statement(
    city: Standin, django_assert_num_queries: Any
) -> None:
    person = district.citizen(city).person
    with django_assert_num_queries(1):
        Insert(Message).rows([message(person.pk, str(number)) for number in range(20)])
    with django_assert_num_queries(0):
        Insert(Message).rows([])


def test_a_conflict_is_an_error_unless_it_is_said_what_follows(city: Standin) -> None:
    person = district.citizen(city).person
    Insert(Message).rows([message(person.pk, "once")])
    Insert(Message, conflicts="ON CONFLICT DO NOTHING").rows([message(person.pk, "once")])
    assert Message.objects.filter(occasion="once").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Insert(Message).rows([message(person.pk, "once")])
    assert Message.objects.filter(occasion="once").count() == 1


def test_a_caught_conflict_does_not_let_the_transaction_go_on(city: Standin) -> None:
    person = district.citizen(city).person
    Insert(Message).rows([message(person.pk, "once")])
    with transaction.atomic():
        with pytest.raises(IntegrityError):
            Insert(Message).rows([message(person.pk, "once")])
        with pytest.raises(TransactionManagementError):
            Message.objects.exists()


def message(person: UUID, occasion: str) -> Message:
    told = {"matter": "高龄津贴", "whose": "您申请的"}
    return Message(
        person_id=person,
        kind="granted",
        occasion=occasion,
        title="办好了",
        body="龙湖区，请查收",
        values=told,
        created_at=NOON,
    )


@pytest.mark.django_db(transaction=True)
def test_threads_share_the_words_and_not_the_connection(stocked: None) -> None:
    codes = list(Matter.objects.order_by("code").values_list("code", flat=True))
    worded = Select(lambda: Matter.objects.select_related("department"))

    def name(code: str) -> str:
        try:
            found = worded.first("WHERE matters_matter.code = %s", [code])
            return found.code if found else ""
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(name, codes * 5)) == codes * 5


def test_a_stranger_finds_neither_case_nor_draft(city: Standin) -> None:
    """What the condition no longer says, the verb still asks."""
    owner, stranger = district.citizen(city), district.citizen(city)
    draft = drafting.start(owner.principal, matter=district.matter(), consent=True)
    with pytest.raises(NoSuchDraft):
        selectors.own_draft(stranger.principal, reference=draft.reference)
    assert selectors.own_draft(owner.principal, reference=draft.reference) == draft
    submission.submit(owner.principal, reference=draft.reference, key=str(draft.pk))
    with pytest.raises(NoSuchApplication):
        selectors.own_application(stranger.principal, reference=draft.reference)
    assert selectors.own_application(owner.principal, reference=draft.reference).person == owner.person
