from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import Department
from certificates.models import CertificateType
from matters import editions, publishing
from matters.format.package import parse_package
from matters.models import Edition, Matter
from matters.publishing import NotPublishable, UnknownDepartment, publish
from records.models import JournalEntry
from registers.models import Register
from rules import parse_vocabulary
from rules.language.invalid import InvalidTree
from tests.matters.documents import ALLOWANCE, SHIPPED, TEST_MADE, changed, read

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("catalogue")


def put(document: dict[str, Any], *, at: datetime = AT) -> Edition:
    return publish(document, by="user:1", at=at)


def test_a_package_becomes_a_matter_with_a_first_edition():
    edition = put(read(ALLOWANCE))
    matter = Matter.objects.get()
    assert (matter.code, matter.name, matter.current_edition) == (
        read(ALLOWANCE)["code"],
        "高龄老人津贴申领",
        edition,
    )
    assert (edition.number, edition.published_by, edition.published_at) == (1, "user:1", AT)
    assert matter.department.credit_code == read(ALLOWANCE)["department"]
    entry = JournalEntry.objects.get(stream=f"matter:{matter.code}")
    assert (entry.act, entry.actor, entry.subject) == ("matter.published", "user:1", str(edition.id))


def test_the_same_content_is_the_same_edition():
    first = put(read(ALLOWANCE))
    again = put(read(ALLOWANCE), at=AT + timedelta(days=1))
    assert again == first
    assert (Edition.objects.count(), JournalEntry.objects.filter(stream__startswith="matter:").count()) == (
        1,
        1,
    )


def test_other_content_is_the_next_edition_and_the_first_stays():
    first = put(read(ALLOWANCE))
    second = put(changed(read(ALLOWANCE), "summary", "新的说明"))
    assert (second.number, Matter.objects.get().current_edition, Matter.objects.get().summary) == (
        2,
        second,
        "新的说明",
    )
    first.refresh_from_db()
    assert first.content == read(ALLOWANCE)


def test_changed_certificate_fields_make_a_new_edition_of_unchanged_content():
    first = put(read(ALLOWANCE))
    schema = CertificateType.objects.get(slug="social_card").schemas.get()
    schema.pk, schema.version = None, 2
    schema.fields = {**schema.fields, "account_tail": {"type": "text", "label": "尾号"}}
    schema.save()
    CertificateType.objects.filter(slug="social_card").update(current_schema=2)
    second = put(read(ALLOWANCE))
    assert second.number == 2
    assert second.content == first.content
    labels = [
        parse_vocabulary(edition.vocabulary).by_name["cert.social_card.account_tail"].label
        for edition in (first, second)
    ]
    assert labels == ["银行账号末四位", "尾号"]


def test_a_frozen_vocabulary_judges_as_the_files_do():
    for path in SHIPPED:
        edition = put(read(path))
        compiled = editions.compiled(edition)
        assert compiled.vocabulary.divisions["440507003"] == "珠池街道"
        assert compiled.package == parse_package(read(path))
        assert set(compiled.certificates) == {use["type"] for use in read(path)["uses"]["certificates"]}


def test_a_package_brings_its_type_and_register():
    put(read(TEST_MADE))
    assert CertificateType.objects.filter(slug="library_card").exists()
    assert Register.objects.filter(name="library_loans").exists()


def test_what_has_faults_changes_nothing():
    before = CertificateType.objects.count()
    with pytest.raises(NotPublishable) as refused:
        put(changed(read(TEST_MADE), "guide.committed.workdays", 11))
    assert [problem.path for problem in refused.value.problems] == ["guide.committed.workdays"]
    assert (
        Matter.objects.count(),
        Edition.objects.count(),
        JournalEntry.objects.filter(stream__startswith="matter:").count(),
    ) == (0, 0, 0)
    assert CertificateType.objects.count() == before


@pytest.mark.parametrize(
    ("path", "value", "at"),
    [
        ("certificate_types[0].code", "123", "certificate_types[0].code"),
        (
            "certificate_types[0].fields",
            {"name": {"type": "cloud", "label": "x"}},
            "certificate_types[0].fields.name.type",
        ),
        ("registers[0].key", {}, "registers[0].key"),
    ],
)
def test_a_wrong_type_or_register_is_named_with_its_place_in_the_package(path, value, at):
    with pytest.raises(InvalidTree) as refused:
        put(changed(read(TEST_MADE), path, value))
    assert [where for where, _ in refused.value.problems] == [at]
    assert Matter.objects.count() == 0


def test_an_unknown_department_is_refused():
    Department.objects.filter(credit_code=read(ALLOWANCE)["department"]).delete()
    with pytest.raises(UnknownDepartment):
        put(read(ALLOWANCE))
    assert Matter.objects.count() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE matters_edition SET content = '{}'",
        "UPDATE matters_edition SET number = 9",
        "UPDATE matters_edition SET published_by = 'me'",
        "DELETE FROM matters_edition",
    ],
)
def test_the_database_refuses_to_change_an_edition(statement):
    edition = put(read(ALLOWANCE))
    with (
        pytest.raises(DatabaseError, match="insert-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    edition.refresh_from_db()
    assert edition.content == read(ALLOWANCE)


def test_an_edition_is_compiled_once_a_process():
    edition = put(read(ALLOWANCE))
    first = editions.compiled(edition)
    assert editions.compiled(Edition.objects.get(pk=edition.pk)) is first
    assert (first.edition_id, first.number) == (edition.id, 1)


def test_the_digest_ignores_only_the_order_of_keys():
    document = read(ALLOWANCE)
    turned = dict(reversed(document.items()))
    assert publishing.digest_of(turned, vocabulary={}) == publishing.digest_of(document, vocabulary={})
    assert publishing.digest_of(changed(document, "name", "x"), vocabulary={}) != publishing.digest_of(
        document, vocabulary={}
    )
