from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.acting.principals import Principal
from certificates.errors import NotYours, UnknownType
from certificates.holding import authorising, using
from certificates.holding.using import Held, Missing
from certificates.issuance import lifecycle
from certificates.models import Certificate, UseRecord
from certificates.states import CertificateStatus, UseOutcome
from rules.language.values import UnknownReason as R
from tests.factories import people
from tests.factories.certificates import (
    AT,
    ISSUER,
    TODAY,
    VALUES,
    agreed,
    card_type,
    certificate,
    consent,
    need,
    reference,
)
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db
SCOPE = {"test_card": ("name", "born")}


@pytest.fixture(autouse=True)
def kind(db):
    return card_type()


def collect(*needs, on=TODAY) -> list[dict[str, Any]]:
    return using.collect(needs, on=on, actor="system", at=AT)


def prefill(asked) -> dict[str, Any]:
    return dict(using.prefill(asked, on=TODAY, at=AT))


def test_hands_out_only_the_authorised_fields_and_records_the_look():
    who = people.principal()
    held = certificate(who.person, number="A1")
    asked = agreed(who)
    ((reading,)) = collect(asked)[0].values()
    assert isinstance(reading, Held)
    assert reading.values == {"name": VALUES["name"], "born": VALUES["born"]}
    assert (reading.number, reading.version, reading.identifier) == ("A1", 1, held.identifier)
    use = UseRecord.objects.get()
    assert (use.outcome, use.certificate, use.fields, use.digest) == (
        "found",
        held,
        ["name", "born"],
        held.digest,
    )
    assert (use.case_reference, use.authorisation_id, use.at) == (
        asked.case_reference,
        asked.authorisation_id,
        AT,
    )
    assert use.holder_person == who.person


def refused(who):
    case = reference()
    told: dict[str, Any] = {
        "case_reference": case,
        "matter_code": "m",
        "matter_name": "n",
        "body": "b",
        "text_version": "1",
        "at": AT,
    }
    given = authorising.refuse(who, scope=SCOPE, until=TODAY, **told)
    return need(who, scope=SCOPE, case=case, consent=given)


def revoked(who):
    asked = agreed(who)
    authorising.revoke(who, authorisation_id=str(asked.authorisation_id), at=AT)
    return asked


def ended(who):
    asked = agreed(who)
    authorising.end_many([asked.case_reference], at=AT)
    return asked


def for_other_case(who):
    return replace(agreed(who), case_reference=reference())


def with_wider_fields(who):
    case = reference()
    given = consent(who, scope={"test_card": ["name"]}, case=case)
    return need(who, scope=SCOPE, case=case, consent=given)


def with_other_type(who):
    case = reference()
    given = consent(who, scope={"other": ["name", "born"]}, case=case)
    return need(who, scope=SCOPE, case=case, consent=given)


def by_someone_else(who):
    case = reference()
    given = consent(people.principal(name="别人"), scope=SCOPE, case=case)
    return need(who, scope=SCOPE, case=case, consent=given)


@pytest.mark.parametrize(
    "asking",
    [
        lambda who: need(who, scope=SCOPE, case=reference(), consent=None),
        refused,
        revoked,
        ended,
        for_other_case,
        with_wider_fields,
        with_other_type,
        by_someone_else,
        lambda who: agreed(who, until=TODAY - timedelta(days=1)),
    ],
    ids=[
        "none",
        "refused",
        "revoked",
        "ended",
        "other case",
        "wider fields",
        "other type",
        "someone else",
        "past",
    ],
)
def test_without_a_covering_consent_nothing_is_read(asking, monkeypatch):
    who = people.principal()
    certificate(who.person)
    asked = asking(who)
    monkeypatch.setattr("records.fields.unseal", lambda *_args, **_named: pytest.fail("a field was opened"))
    reading = collect(asked)[0]["test_card"]
    assert isinstance(reading, Missing)
    assert (reading.reason, reading.held, reading.detail) == (R.UNAUTHORISED, True, "")
    use = UseRecord.objects.get()
    assert (use.outcome, use.fields, use.certificate, use.digest) == (UseOutcome.UNAUTHORISED, [], None, "")


def test_the_last_day_of_a_consent_counts():
    who = people.principal()
    certificate(who.person)
    assert isinstance(collect(agreed(who, until=TODAY))[0]["test_card"], Held)


def test_says_why_nothing_can_be_relied_on():
    card_type(slug="many_card", code=f"{ISSUER}904", exclusive=False)
    who = people.principal()
    scope = {"test_card": ("name",), "many_card": ("name",)}
    asked = agreed(who, scope=scope)
    assert {one.reason for one in collect(asked)[0].values()} == {R.NOT_HELD}
    held = certificate(who.person)
    certificate(who.person, type="many_card")
    certificate(who.person, type="many_card")
    lifecycle.change_status(held, CertificateStatus.SUSPENDED, reason="核查", actor="system")
    readings = collect(asked)[0]
    assert (readings["many_card"].reason, readings["many_card"].held) == (R.AMBIGUOUS, True)
    assert (readings["test_card"].reason, readings["test_card"].detail) == (R.REVOKED, "暂停使用")
    assert readings["test_card"].held is None
    outcomes = list(UseRecord.objects.order_by("type__slug", "outcome").values_list("outcome", flat=True))
    assert outcomes == ["ambiguous", "not_held", "not_held", "revoked"]


@pytest.mark.parametrize("how", ["another term", "another ciphertext"])
@pytest.mark.parametrize("read", ["collect", "prefill"])
def test_what_is_no_longer_what_was_issued_is_not_trusted(how, read):
    who = people.principal()
    held = certificate(who.person)
    asked = agreed(who)
    column, value = ("digest", "0" * 64) if how == "another term" else ("fields", "v1.k.AAAA")
    with connection.cursor() as cursor:  # as somebody with the database's own password would
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE certificates_certificate DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE certificates_certificate SET {column} = %s WHERE id = %s", [value, held.pk])
        cursor.execute("ALTER TABLE certificates_certificate ENABLE TRIGGER USER")
    reading = (collect(asked)[0] if read == "collect" else prefill(asked))["test_card"]
    assert isinstance(reading, Missing)
    assert (reading.reason, reading.held) == (R.UNREADABLE, None)
    use = UseRecord.objects.get()
    assert (use.outcome, use.certificate, use.fields, use.digest) == ("unreadable", held, [], "")
    # So that the case goes on, to a person.
    assert using.changed([{"test_card": reading}], on=TODAY) == [False]


def test_existence_is_no_use_and_needs_no_consent():
    who = people.principal()
    held = certificate(who.person)
    reading = collect(need(who, scope={"test_card": ()}, case=reference(), consent=None))[0]["test_card"]
    assert isinstance(reading, Held)
    assert (reading.certificate_id, reading.values) == (held.pk, {})
    assert not UseRecord.objects.exists()


def test_an_organisation_is_asked_for_its_own_certificates_only():
    card_type(slug="firm_card", code=f"{ISSUER}905", holder_kind="organisation")
    person = people.person()
    firm = Principal(person, people.business(operator=person))
    certificate(person)
    assert firm.organisation is not None
    mine = certificate(firm.organisation, type="firm_card")
    asked = agreed(firm, scope={"firm_card": ("name",), "test_card": ("name",)})
    readings = collect(asked)[0]
    assert (readings["firm_card"].certificate_id, readings["test_card"].reason) == (mine.pk, R.NOT_HELD)
    assert {use.holder_organisation for use in UseRecord.objects.all()} == {firm.organisation}


def test_a_batch_costs_as_many_statements_as_one(django_assert_num_queries):
    needs = []
    for _ in range(12):
        who = people.principal()
        certificate(who.person)
        needs.append(agreed(who))
    for batch in (needs[:1], needs):
        with django_assert_num_queries(
            6
        ):  # savepoint of the test, consents, types, certificates, uses, release
            readings = collect(*batch)
        assert all(isinstance(one["test_card"], Held) for one in readings)
        assert [one["test_card"].look.need for one in readings] == batch


def test_an_unknown_type_is_an_error_not_a_missing_certificate():
    with pytest.raises(UnknownType):
        collect(need(people.principal(), scope={"nothing": ("name",)}, case=reference(), consent=None))


@pytest.mark.django_db(transaction=True)
def test_values_are_handed_out_after_the_record_is_committed_only():
    who = people.principal()
    certificate(who.person)
    asked = agreed(who)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        collect(asked)
    assert not UseRecord.objects.exists()
    with transaction.atomic():
        assert not UseRecord.objects.exists()
    collect(asked)
    assert in_threads(lambda _: UseRecord.objects.count(), threads=1) == [1]


def test_the_database_refuses_a_use_without_consent():
    who = people.principal()
    held = certificate(who.person)
    told = {
        "certificate": held,
        "type": held.type,
        "version": 1,
        "holder_person": who.person,
        "body": "b",
        "at": AT,
    }
    told |= {"actor": "system", "case_reference": "c", "matter_code": "m", "purpose": "p", "outcome": "found"}
    with pytest.raises(IntegrityError, match="no_authorised_use_without_authorisation"), transaction.atomic():
        UseRecord.objects.create(mode="authorised", **told)
    with pytest.raises(IntegrityError, match="use_has_one_holder"), transaction.atomic():
        UseRecord.objects.create(mode="statutory", post="officer", **told | {"holder_person": None})
    with pytest.raises(IntegrityError, match="a_look_by_duty_says_why"), transaction.atomic():
        UseRecord.objects.create(mode="statutory", **told)
    with pytest.raises(IntegrityError, match="no_presented_use_without_a_scan"), transaction.atomic():
        UseRecord.objects.create(mode="presented", **told)


def test_prefilling_is_recorded_once_however_often_a_page_is_shown():
    who = people.principal()
    held = certificate(who.person)
    asked = agreed(who)
    for _ in range(3):
        assert prefill(asked)["test_card"].values["name"] == VALUES["name"]
    use = UseRecord.objects.get()
    assert (use.purpose, use.certificate) == ("预填", held)
    certificate(who.person, new_version=True)
    assert prefill(asked)["test_card"].version == 2
    authorising.revoke(who, authorisation_id=str(asked.authorisation_id), at=AT)
    for _ in range(2):
        assert prefill(asked)["test_card"].reason == R.UNAUTHORISED
    outcomes = UseRecord.objects.order_by("outcome", "version").values_list("outcome", "version")
    assert list(outcomes) == [("found", 1), ("found", 2), ("unauthorised", None)]


def test_one_may_look_at_ones_own_only():
    who = people.principal()
    held = certificate(who.person)
    assert using.own_values(held, viewer=who) == VALUES
    assert not UseRecord.objects.exists()
    firm = Principal(who.person, people.business(operator=who.person))
    for other in (people.principal(name="别人"), firm):
        with pytest.raises(NotYours):
            using.own_values(held, viewer=other)


def nothing(who, asked):
    return


def new_version(who, asked):
    certificate(who.person, new_version=True)


def ended_by_law(who, asked):
    held = Certificate.objects.get(holder_person=who.person)
    lifecycle.change_status(held, CertificateStatus.REVOKED, reason="违法", actor="system")


def consent_withdrawn(who, asked):
    authorising.revoke(who, authorisation_id=str(asked.authorisation_id), at=AT)


def other_type_issued(who, asked):
    certificate(who.person, type="rare_card")


@pytest.mark.parametrize(
    ("happens", "on", "is_changed"),
    [
        (nothing, TODAY, False),
        (new_version, TODAY, True),
        (ended_by_law, TODAY, True),
        (consent_withdrawn, TODAY, True),
        (other_type_issued, TODAY, True),  # it was relied on that none is held
        (nothing, TODAY + timedelta(days=5), False),
        (nothing, TODAY + timedelta(days=11), True),  # the certificate ran out since
        (nothing, TODAY + timedelta(days=31), True),
    ],
)
def test_notices_what_changed_since_it_was_read(happens, on, is_changed):
    card_type(slug="rare_card", code=f"{ISSUER}906")
    bystander, who = people.principal(name="旁人"), people.principal()
    certificate(bystander.person)
    certificate(who.person, valid_until=TODAY + timedelta(days=10))
    scope = {"test_card": ("name",), "rare_card": ()}
    needs = [agreed(bystander, until=TODAY + timedelta(days=99)), agreed(who, scope=scope)]
    readings = collect(*needs)
    happens(who, needs[1])
    with transaction.atomic():
        assert using.changed(readings, on=on) == [False, is_changed]
    assert using.changed([], on=on) == []


def test_the_record_says_who_looked_and_who_acted_for_the_holder():
    who, daughter = people.principal(), people.person(name="林佳")
    certificate(who.person)
    collect(agreed(who))
    assert (UseRecord.objects.get().post, UseRecord.objects.get().agent) == ("系统核验", None)
    agent = Principal(who.person, agent=daughter, mandate="delegation:1")
    asked = agreed(agent)
    collect(asked)
    assert UseRecord.objects.get(case_reference=asked.case_reference).agent == daughter
    filled = agreed(who)
    using.prefill(filled, on=TODAY, at=AT, actor=f"person:{daughter.pk}")
    seen = UseRecord.objects.get(case_reference=filled.case_reference)
    assert (seen.agent, seen.post) == (daughter, "")
