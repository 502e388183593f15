from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Person
from certificates import digesting
from certificates.errors import (
    AlreadyHeld,
    AlreadyIssued,
    InvalidFields,
    NothingToRenew,
    NumberTaken,
    UnknownType,
)
from certificates.issuance import issuing, lifecycle
from certificates.models import Certificate, CertificateType, NumberSeries
from certificates.states import CertificateStatus
from common.errors import DomainError
from common.identifiers import certificate_identifier, make_certificate_identifier
from records.models import JournalEntry
from tests.factories import people
from tests.factories.certificates import AT, ISSUER, TODAY, VALUES, card_type, certificate, wanted
from tests.records.threads import in_threads

pytestmark = pytest.mark.django_db
PATTERN = "LH{year}{serial:8}"


@pytest.fixture
def kind():
    return card_type()


def test_an_issued_certificate_is_numbered_sealed_and_noted(kind):
    person = people.person()
    made = certificate(person, pattern=PATTERN, number_fields=("number",), source="decision:1")
    stored = Certificate.objects.get(pk=made.pk)
    parts = certificate_identifier(stored.identifier)
    assert (parts.type_code, parts.issuer, parts.serial, parts.version) == (
        kind.code,
        ISSUER,
        "LH202600000001",
        1,
    )
    assert stored.fields == {**VALUES, "number": "LH202600000001"}
    assert (stored.holder_person, stored.exclusive, stored.schema_version) == (person, True, 1)
    assert digesting.is_whole(stored)
    entry = JournalEntry.objects.get(stream=f"certificate:{made.pk}")
    assert (entry.act, entry.subject, entry.details["digest"]) == (
        "certificate_issued",
        "decision:1",
        stored.digest,
    )


def test_fields_do_not_stand_in_clear(kind):
    made = certificate(people.person())
    with connection.cursor() as cursor:
        cursor.execute("SELECT c::text FROM certificates_certificate c WHERE id = %s", [made.pk])
        (row,) = cursor.fetchone()
    assert VALUES["card_number"] not in row
    assert "陈桂英" not in row


@pytest.mark.parametrize(
    "changed", [{"name": "别人"}, {"level": "b"}, {"card_number": "6200000000000001235"}]
)
def test_any_changed_field_breaks_the_digest(kind, changed):
    made = certificate(people.person())
    made.fields = {**made.fields, **changed}
    assert not digesting.is_whole(made)


def test_what_cannot_be_opened_is_not_whole(kind):
    made, other = certificate(people.person()), certificate(people.person())
    with connection.cursor() as cursor:
        sql = "UPDATE certificates_certificate SET fields = o.fields FROM certificates_certificate o WHERE o.id = %s"
        sql += " AND certificates_certificate.id = %s"
        cursor.execute(sql, [other.pk, made.pk])
    assert not digesting.is_whole(Certificate.objects.get(pk=made.pk))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("valid_until", date(2030, 1, 1)),
        ("number", "X"),
        ("issuer_code", "Y"),
        ("valid_from", date(2020, 1, 2)),
    ],
)
def test_any_changed_term_breaks_the_digest(kind, name, value):
    made = certificate(people.person())
    setattr(made, name, value)
    assert not digesting.is_whole(made)


def test_equal_fields_of_two_certificates_have_different_digests(kind):
    first, second = certificate(people.person(), number="A1"), certificate(people.person(), number="A1B")
    assert first.fields == second.fields
    assert first.digest != second.digest
    second.number, second.identifier, second.holder_person_id = (
        first.number,
        first.identifier,
        first.holder_person_id,
    )
    assert digesting.digest(second) != first.digest


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"nickname": "x"}, {"nickname"}),
        ({"name": 5}, {"name"}),
        ({"born": "1940-02-30"}, {"born"}),
        ({"level": "c"}, {"level"}),
        ({"amount": 1.5, "born": 7}, {"amount", "born"}),
        ({"people": {"name": "x"}}, {"people"}),
    ],
)
def test_values_that_do_not_fit_the_type_are_named(kind, values, named):
    with pytest.raises(InvalidFields) as refused:
        certificate(people.person(), values=values)
    assert set(refused.value.fields) == named
    assert not Certificate.objects.exists()


def test_a_resident_id_is_no_certificate_number(kind):
    with pytest.raises(InvalidFields):
        certificate(people.person(), number=people.id_number())


def test_unknown_types_and_holders_of_the_wrong_kind_are_refused(kind):
    person = people.person()
    with pytest.raises(UnknownType):
        certificate(person, type="nothing")
    with pytest.raises(InvalidFields):
        certificate(people.business(operator=person))


def test_a_number_with_chinese_in_it_gets_a_random_serial(kind):
    made = certificate(people.person(), number="龙民高〔2026〕1号")
    assert made.number == "龙民高〔2026〕1号"
    assert len(certificate_identifier(made.identifier).serial) == 20


def test_a_valid_one_of_an_exclusive_type_stands_in_the_way(kind):
    person = people.person()
    certificate(person)
    with pytest.raises(AlreadyHeld, match="测试卡"):
        certificate(person)
    other = people.person()
    with pytest.raises(AlreadyHeld), transaction.atomic():
        issuing.issue_many([wanted(other), wanted(other)], at=AT)
    assert Certificate.objects.count() == 1


def test_a_suspended_one_stands_in_the_way_too(kind):
    person = people.person()
    lifecycle.change_status(certificate(person), CertificateStatus.SUSPENDED, reason="核查", actor="system")
    with pytest.raises(AlreadyHeld):
        certificate(person)


def test_one_that_begins_later_stands_in_the_way(kind):
    person = people.person()
    certificate(person, valid_from=TODAY + timedelta(days=10))
    with pytest.raises(AlreadyHeld):
        certificate(person)


def test_types_that_are_not_exclusive_can_be_held_twice():
    card_type(exclusive=False)
    person = people.person()
    assert {certificate(person).status, certificate(person).status} == {CertificateStatus.VALID}


def test_an_expired_one_is_superseded_quietly(kind):
    person = people.person()
    old = certificate(person, valid_until=TODAY - timedelta(days=1))
    new = certificate(person)
    old.refresh_from_db()
    assert (old.status, old.successor, new.version) == (CertificateStatus.SUPERSEDED, new, 1)
    acts = (
        JournalEntry.objects.filter(stream=f"certificate:{old.pk}")
        .order_by("sequence")
        .values_list("act", flat=True)
    )
    assert list(acts) == ["certificate_issued", "certificate_superseded"]


def test_one_in_its_last_day_is_not_expired(kind):
    person = people.person()
    certificate(person, valid_until=TODAY)
    with pytest.raises(AlreadyHeld):
        certificate(person)


def test_a_new_version_keeps_the_number_and_supersedes(kind):
    person = people.person()
    first = certificate(person, pattern=PATTERN)
    second = certificate(person, pattern=PATTERN, new_version=True, values={**VALUES, "level": "b"})
    first.refresh_from_db()
    assert (second.number, second.version, second.previous) == (first.number, 2, first)
    assert first.status == CertificateStatus.SUPERSEDED
    before, after = certificate_identifier(first.identifier), certificate_identifier(second.identifier)
    assert (after.serial, after.version) == (before.serial, 2)
    assert NumberSeries.objects.get().last == 1  # no number was drawn for the second


def test_a_new_version_of_nothing_or_of_two_is_refused():
    card_type(exclusive=False)
    person = people.person()
    with pytest.raises(NothingToRenew):
        certificate(person, new_version=True)
    certificate(person)
    certificate(person)
    with pytest.raises(NothingToRenew):
        certificate(person, new_version=True)


@pytest.mark.parametrize("until", [None, TODAY, TODAY + timedelta(days=400)])
def test_a_change_does_not_lengthen_a_licence(kind, until):
    person = people.person()
    certificate(person, valid_until=until)
    other = TODAY + timedelta(days=9999)
    kept = certificate(person, new_version=True, valid_as_held=True, valid_until=other)
    assert kept.valid_until == until
    renewed = certificate(person, new_version=True, valid_until=other)
    assert (renewed.valid_until, renewed.version) == (other, 3)


def test_what_ran_out_is_not_changed_within_its_term(kind):
    person = people.person()
    held = certificate(person, valid_from=TODAY - timedelta(days=9), valid_until=TODAY - timedelta(days=1))
    with pytest.raises(NothingToRenew):
        certificate(person, new_version=True, valid_as_held=True)
    held.refresh_from_db()
    assert held.status == CertificateStatus.VALID
    assert certificate(person, new_version=True).previous == held  # a renewal with a term of its own


def test_only_a_new_version_keeps_a_validity(kind):
    assert certificate(people.person(), valid_as_held=True, valid_until=TODAY).valid_until == TODAY


def test_a_decision_issues_once(kind):
    certificate(people.person(), source="decision:7")
    with pytest.raises(AlreadyIssued):
        certificate(people.person(), source="decision:7")


def test_a_number_is_taken_once(kind):
    certificate(people.person(), number="A1")
    with pytest.raises(NumberTaken):
        certificate(people.person(), number="A1")


def test_a_batch_is_issued_in_order_with_few_statements(kind, django_assert_num_queries):
    holders = [people.person() for _ in range(50)]
    expired = certificate(holders[7], valid_until=TODAY - timedelta(days=1))
    issues = [wanted(holder, pattern=PATTERN, source=f"decision:{at}") for at, holder in enumerate(holders)]
    with transaction.atomic(), django_assert_num_queries(9):  # seals and their uses are two
        made = issuing.issue_many(issues, at=AT)
    assert [one.number for one in made] == [f"LH2026{serial:08d}" for serial in range(1, 51)]
    assert [one.holder_person for one in made] == holders
    assert made[7].previous_id == expired.pk


def test_a_batch_is_issued_whole_or_not_at_all(kind):
    holder = people.person()
    certificate(holder)
    with pytest.raises(AlreadyHeld), transaction.atomic():
        issuing.issue_many([wanted(people.person(), pattern=PATTERN), wanted(holder)], at=AT)
    assert Certificate.objects.count() == 1
    assert not NumberSeries.objects.exists()


@pytest.mark.parametrize("column", ["holder_person", "holder_organisation"])
def test_the_database_refuses_two_valid_ones(kind, column):
    person = people.person()
    holder = person if column == "holder_person" else people.business(operator=person)
    card_type(slug="firm_card", code=f"{ISSUER}902", holder_kind="organisation")
    slug = "test_card" if column == "holder_person" else "firm_card"
    first = certificate(holder, type=slug, number="A1")
    copy = Certificate.objects.get(pk=first.pk)
    copy.pk, copy.fields = None, {}
    copy.identifier, copy.number, copy.check_token, copy._state.adding = "x", "A2", "t", True
    copy.id = Certificate._meta.get_field("id").default()
    with pytest.raises(IntegrityError, match="one_valid_certificate"), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("threads", [2, 4])
def test_of_many_at_once_one_gets_the_certificate(threads):
    card_type()
    person = people.person()

    def attempt(number: int) -> str:
        try:
            with transaction.atomic():
                issuing.issue(wanted(person, pattern=PATTERN, source=f"decision:{number}"), at=AT)
        except DomainError as error:
            return type(error).__name__
        return "issued"

    assert sorted(in_threads(attempt, threads=threads)) == ["AlreadyHeld"] * (threads - 1) + ["issued"]
    assert NumberSeries.objects.get().last == 1  # what was refused took no number with it


@pytest.mark.django_db(transaction=True)
def test_of_many_for_one_decision_one_is_issued():
    card_type()
    holders = [people.person() for _ in range(3)]

    def attempt(number: int) -> str:
        try:
            with transaction.atomic():
                issuing.issue(wanted(holders[number], source="decision:1"), at=AT)
        except DomainError as error:
            return type(error).__name__
        return "issued"

    assert sorted(in_threads(attempt, threads=3)) == ["AlreadyIssued", "AlreadyIssued", "issued"]


@pytest.mark.django_db(transaction=True)
def test_batches_that_draw_from_the_same_series_get_every_number_once():
    card_type()
    card_type(slug="other_card", code=f"{ISSUER}903")
    holders = [[people.person() for _ in range(6)] for _ in range(3)]

    def attempt(number: int) -> list[str]:
        kinds = ["test_card", "other_card"] if number % 2 else ["other_card", "test_card"]
        issues = [wanted(holder, type=kind, pattern=PATTERN) for holder in holders[number] for kind in kinds]
        with transaction.atomic():
            return [one.identifier for one in issuing.issue_many(issues, at=AT)]

    made = [identifier for batch in in_threads(attempt, threads=3) for identifier in batch]
    assert len(set(made)) == 36
    assert set(NumberSeries.objects.values_list("last", flat=True)) == {18}


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@given(name=texts, text=texts, born=st.dates().map(date.isoformat))
def test_the_digest_speaks_of_every_field_and_only_of_its_certificate(name, text, born):
    terms = {"issued_on": TODAY, "valid_from": TODAY, "identifier": "i", "number": "n"}
    one = Certificate(fields={"name": name, "born": born}, **terms)
    same = Certificate(id=one.id, fields={"born": born, "name": name}, **terms)
    other = Certificate(id=one.id, fields={"name": name + text, "born": born}, **terms)
    alien = Certificate(fields={"name": name, "born": born}, **terms)
    assert digesting.digest(one) == digesting.digest(same)
    assert len({digesting.digest(one), digesting.digest(other), digesting.digest(alien)}) == 3


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXYZ", min_size=1, max_size=40), st.integers(1, 999))
def test_identifiers_of_any_serial_and_version_can_be_read_back(serial, version):
    plan = issuing._Plan(wanted(Person()), type=_kind(), number=serial)
    if version > 1:
        plan.issue = wanted(Person(), new_version=True)
        held = make_certificate_identifier(f"{ISSUER}901", issuer=ISSUER, serial=serial, version=version - 1)
        plan.replaces = Certificate(identifier=held, version=version - 1)
    parts = certificate_identifier(issuing._identifier(plan))
    assert (parts.serial, parts.version, parts.issuer) == (serial, version, ISSUER)


def _kind():
    return CertificateType(code=f"{ISSUER}901", slug="test_card", current_schema=1)
