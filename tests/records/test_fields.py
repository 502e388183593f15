from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from pytest_django import Settings

from records.fields import EncryptedJSONField, EncryptedTextField, Sealed, Tampered

NUMBER = "440507194608209980"
PHONE = "13800138000"
ANSWERS = {"address": "金霞街道示例路 1 号", "items": [1, None, True, {"account": "6222000011112222"}]}


@pytest.fixture
def patient(db: None) -> Iterator[Any]:
    """A model with encrypted fields, its table made for this test only."""
    with isolate_apps("records"):

        class Patient(models.Model):
            id = models.UUIDField(primary_key=True, default=uuid.uuid4)
            number = EncryptedTextField()
            mobile = EncryptedTextField(blank=True, default="")
            answers = EncryptedJSONField(null=True)

            class Meta:
                app_label = "records"

            def __str__(self) -> str:
                return str(self.pk)

        with connection.schema_editor() as editor:
            editor.create_model(Patient)
        yield Patient


def dump(table: str = "records_patient") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT row_to_json(t)::text FROM {table} t")
        return "\n".join(row[0] for row in cursor.fetchall())


def change(sql: str, *parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_values_come_back(patient: Any) -> None:
    made = patient.objects.create(number=NUMBER, mobile=PHONE, answers=ANSWERS)
    assert (made.number, made.mobile, made.answers) == (NUMBER, PHONE, ANSWERS)
    found = patient.objects.get(pk=made.pk)
    assert (found.number, found.mobile, found.answers) == (NUMBER, PHONE, ANSWERS)


@pytest.mark.parametrize("text", ["", " ", "龙湖", "𠮷", "a:b:c", "x" * 100_000])
def test_any_text_comes_back(patient: Any, text: str) -> None:
    made = patient.objects.create(number=text)
    assert patient.objects.get(pk=made.pk).number == text


@pytest.mark.parametrize("value", [None, {}, [], "", 0, False, {"a": {"b": [1.5, "龙"]}}])
def test_any_json_comes_back(patient: Any, value: Any) -> None:
    made = patient.objects.create(number="1", answers=value)
    found = patient.objects.get(pk=made.pk).answers
    assert found == value
    assert type(found) is type(value)


def test_none_stays_null_and_can_be_asked_for(patient: Any) -> None:
    patient.objects.create(number="1")
    patient.objects.create(number="2", answers={})
    assert patient.objects.filter(answers__isnull=True).count() == 1


def test_bulk_create_and_partial_loads(patient: Any) -> None:
    patient.objects.bulk_create(patient(number=f"{i}", answers={"i": i}) for i in range(50))
    assert {row.number for row in patient.objects.only("id")} == {str(i) for i in range(50)}
    assert {row.answers["i"] for row in patient.objects.defer("number")} == set(range(50))


def test_the_table_holds_neither_value_nor_plain_hash(patient: Any) -> None:
    patient.objects.create(number=NUMBER, mobile=PHONE, answers=ANSWERS)
    held = dump().lower()
    for secret in (NUMBER, PHONE, "6222000011112222", "金霞街道示例路 1 号"):
        plain = secret.encode()
        shapes = [
            secret,
            plain.hex(),
            *(hashlib.new(name, plain).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")),
        ]
        assert not [shape for shape in shapes if shape.lower() in held]
    assert json.loads(dump())["number"].startswith("t1:")


def test_equal_values_do_not_look_equal(patient: Any) -> None:
    patient.objects.bulk_create(patient(number=NUMBER, mobile=NUMBER) for _ in range(5))
    rows = [json.loads(row) for row in dump().splitlines()]
    assert len({row[name] for row in rows for name in ("number", "mobile")}) == 10


@pytest.mark.parametrize(
    "move",
    [
        "UPDATE records_patient SET number = (SELECT number FROM records_patient WHERE id = %s) WHERE id = %s",
        "UPDATE records_patient SET number = (SELECT mobile FROM records_patient WHERE id = %s) WHERE id = %s",
    ],
    ids=["from another row", "from another row and column"],
)
def test_a_ciphertext_moved_to_another_row_is_refused(patient: Any, move: str) -> None:
    one, other = patient.objects.create(number=NUMBER), patient.objects.create(number="1")
    change(move, one.pk, other.pk)
    with pytest.raises(Tampered, match=f"records_patient:{other.pk}:number"):
        _ = patient.objects.get(pk=other.pk).number


def test_a_ciphertext_moved_to_another_column_is_refused(patient: Any) -> None:
    made = patient.objects.create(number=NUMBER, mobile=PHONE)
    change("UPDATE records_patient SET mobile = number")
    found = patient.objects.get(pk=made.pk)
    assert found.number == NUMBER
    with pytest.raises(Tampered):
        _ = found.mobile


def test_plain_text_put_into_the_table_is_refused(patient: Any) -> None:
    made = patient.objects.create(number=NUMBER)
    change("UPDATE records_patient SET number = %s", NUMBER)
    with pytest.raises(Tampered):
        _ = patient.objects.get(pk=made.pk).number


def test_values_gives_something_sealed(patient: Any) -> None:
    patient.objects.create(number=NUMBER, answers=ANSWERS)
    row = patient.objects.values("number", "answers").get()
    assert isinstance(row["number"], Sealed)
    assert NUMBER not in f"{row!r} {row['number']}"
    assert repr(row["answers"]) == "<Sealed by t1>"


def test_saving_again_keeps_what_was_not_read_and_seals_what_was_changed(patient: Any) -> None:
    made = patient.objects.create(number=NUMBER, mobile=PHONE)
    before = json.loads(dump())
    found = patient.objects.get(pk=made.pk)
    found.mobile = "13900139000"
    found.save()
    after = json.loads(dump())
    assert after["number"] == before["number"]
    assert after["mobile"] != before["mobile"]
    assert patient.objects.get(pk=made.pk).mobile == "13900139000"


def test_json_changed_in_place_is_saved(patient: Any) -> None:
    made = patient.objects.create(number="1", answers={"items": []})
    found = patient.objects.get(pk=made.pk)
    found.answers["items"].append(1)
    found.save(update_fields=["answers"])
    found.refresh_from_db()
    assert found.answers == {"items": [1]}


def test_a_new_active_key_seals_on_the_next_write(patient: Any, settings: Settings) -> None:
    made = patient.objects.create(number=NUMBER)
    settings.FIELD_KEYS = {**settings.FIELD_KEYS, "t2": b"2" * 32}
    settings.FIELD_KEY_ACTIVE = "t2"
    found = patient.objects.get(pk=made.pk)
    assert found.number == NUMBER
    found.save()
    assert json.loads(dump())["number"].startswith("t2:")
    assert patient.objects.get(pk=made.pk).number == NUMBER


@pytest.mark.parametrize(
    "condition",
    [{"number": NUMBER}, {"number__contains": "4405"}, {"number__in": [NUMBER]}, {"answers__address": "x"}],
)
def test_a_search_on_a_ciphertext_is_refused(patient: Any, condition: dict[str, Any]) -> None:
    with pytest.raises(FieldError):
        patient.objects.filter(**condition).exists()


def test_writing_past_the_row_is_refused(patient: Any) -> None:
    made = patient.objects.create(number=NUMBER)
    with pytest.raises(FieldError, match="save"), transaction.atomic():
        patient.objects.update(number="1")
    made.number = "1"
    with pytest.raises(FieldError, match="save"), transaction.atomic():
        patient.objects.bulk_update([made], ["number"])
    assert patient.objects.get(pk=made.pk).number == NUMBER


def test_text_is_text(patient: Any) -> None:
    with pytest.raises(TypeError, match="str"):
        patient.objects.create(number=440507)


def test_dumpdata_gives_the_ciphertext(patient: Any) -> None:
    patient.objects.create(number=NUMBER, answers=ANSWERS)
    text = serializers.serialize("json", patient.objects.all())
    assert NUMBER not in text
    assert "6222000011112222" not in text


@isolate_apps("records")
def test_a_row_without_identity_is_refused() -> None:
    class Counted(models.Model):
        number = EncryptedTextField()

        class Meta:
            app_label = "records"

        def __str__(self) -> str:
            return ""

    assert "records.E002" in {message.id for message in Counted.check()}
    with pytest.raises(ImproperlyConfigured, match="primary key"):
        Counted._meta.get_field("number").pre_save(Counted(number=NUMBER), add=True)


@pytest.mark.parametrize("option", ["unique", "db_index", "primary_key"])
def test_an_index_on_a_ciphertext_is_refused(option: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="keyed hash"):
        EncryptedTextField(**{option: True})


def test_a_form_does_not_offer_it(patient: Any) -> None:
    assert not patient._meta.get_field("number").editable
