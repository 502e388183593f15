from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta

import pytest
from django.db import connection, transaction

from certificates import checking
from certificates.checking import CheckState, Newest
from certificates.issuance import lifecycle
from certificates.models import Certificate
from certificates.states import CertificateStatus as S
from tests.factories import people
from tests.factories.certificates import ISSUER, TODAY, VALUES, card_type, certificate

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def kind(db):
    return card_type()


@contextmanager
def bent(made, change):
    """Change a row past the trigger that forbids it, and back."""
    kept = {name: getattr(made, name) for name in change}
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE certificates_certificate DISABLE TRIGGER USER"
        )
    Certificate.objects.filter(pk=made.pk).update(**change)
    yield
    Certificate.objects.filter(pk=made.pk).update(**kept)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE certificates_certificate ENABLE TRIGGER USER"
        )


def move(made, to):
    with transaction.atomic():
        lifecycle.change_status(made, to, reason="依法", actor="system")


@pytest.mark.parametrize(
    ("terms", "to", "state", "label"),
    [
        ({}, None, "valid", "有效"),
        ({"valid_until": TODAY}, None, "valid", "有效"),
        ({"valid_until": TODAY - DAY}, None, "expired", "已过期"),
        ({"valid_from": TODAY + DAY}, None, "not_yet_valid", "尚未生效"),
        ({}, S.SUSPENDED, "suspended", "暂停使用"),
        ({"valid_until": TODAY - DAY}, S.SUSPENDED, "expired", "已过期"),
        ({}, S.REVOKED, "revoked", "吊销"),
        ({}, S.ANNULLED, "revoked", "撤销"),
        ({}, S.WITHDRAWN, "revoked", "撤回"),
        ({}, S.CANCELLED, "revoked", "注销"),
        ({"valid_until": TODAY - DAY}, S.CANCELLED, "revoked", "注销"),
    ],
)
def test_states_and_the_legal_endings_are_told_apart(terms, to, state, label):
    made = certificate(people.person(), **terms)
    if to:
        move(made, to)
    for text in (made.identifier, made.check_token, f" {made.identifier} "):
        found = checking.check(text, on=TODAY)
        assert (found.state, found.label, found.type_name) == (state, label, "测试卡")


def test_a_superseded_one_names_the_version_after_it():
    person = people.person()
    first = certificate(person)
    certificate(person, new_version=True)
    found = checking.check(first.identifier, on=TODAY)
    assert (found.state, found.successor_version) == ("superseded", 2)


def test_the_newest_of_a_line_is_told_with_its_own_state():
    person = people.person()
    first = certificate(person)
    for version in (2, 3):
        last = certificate(person, new_version=True)
        found = checking.check(first.check_token, on=TODAY)
        assert found.newest == Newest(version, CheckState.VALID, "有效")
        assert found.successor_version == 2
    move(last, S.REVOKED)
    found = checking.check(first.check_token, on=TODAY)
    assert (found.state, found.newest) == ("superseded", Newest(3, CheckState.REVOKED, "吊销"))
    assert checking.check(last.check_token, on=TODAY).newest is None


def test_tells_as_little_as_possible():
    person = people.person(name="陈桂英")
    made = certificate(person)
    found = checking.check(made.check_token, on=TODAY)
    assert found.masked_holder == "陈*英"
    told = str(asdict(found))
    for secret in (
        "陈桂英",
        person.id_number,
        VALUES["card_number"],
        VALUES["born"],
        made.number,
        str(made.pk),
    ):
        assert secret not in told


def test_a_business_is_named():
    card_type(slug="firm_card", code=f"{ISSUER}905", holder_kind="organisation")
    firm = people.business(operator=people.person(), name="龙湖区桂英小食店")
    made = certificate(firm, type="firm_card")
    assert checking.check(made.identifier, on=TODAY).masked_holder == "龙湖区桂英小食店"


def test_what_does_not_exist_is_unknown_and_says_nothing():
    made = certificate(people.person())
    wrong = made.identifier[:-1] + ("0" if made.identifier[-1] != "0" else "1")
    missing = "1.2.156.3005.2.11440507MB2X00012R001.11440507MB2X00012R.LH202600000001.001.O"
    for text in (
        wrong,
        missing,
        "",
        "x",
        "x" * 33,
        made.check_token[:-1],
        "1.2.3",
        made.number,
        "'; --",
        "\0.",
    ):
        found = checking.check(text, on=TODAY)
        assert (found.state, found.type_name, found.masked_holder, found.valid_until) == (
            "unknown",
            "",
            "",
            None,
        )


def test_costs_one_look_and_says_who_sealed_it(django_assert_num_queries):
    made = certificate(people.person())
    with django_assert_num_queries(1):
        found = checking.check(made.identifier, on=TODAY)
    assert (found.state, found.signature) == ("valid", "完好，2026年11月20日由测试局签章")


def test_what_was_changed_in_the_store_is_never_called_valid():
    made = certificate(people.person())
    other = certificate(people.person(), values=VALUES | {"level": "b"})
    for change in (
        {"number": "别的编号"},
        {"valid_until": TODAY + DAY},
        {"digest": other.digest},
        {"signature": other.signature},
        {"seal": None, "signature": "", "algorithm": "", "signed_at": None, "digest": "0" * 64},
    ):
        with transaction.atomic(), bent(made, change):
            found = checking.check(made.check_token, on=TODAY)
        assert (found.state, found.label) == ("broken", "不可信"), change


def test_one_of_an_older_store_says_that_nobody_sealed_it():
    made = certificate(people.person())
    unsigned = {"seal": None, "signature": "", "algorithm": "", "signed_at": None}
    with transaction.atomic(), bent(made, unsigned):
        found = checking.check(made.check_token, on=TODAY)
    assert (found.state, found.signature) == ("valid", "没有电子签名")


def test_a_file_that_says_something_else_is_told_apart():
    made = certificate(people.person())
    assert checking.check(made.identifier, on=TODAY, digest=made.digest).state == "valid"
    assert checking.check(made.identifier, on=TODAY, digest="0" * 64).state == "broken"
